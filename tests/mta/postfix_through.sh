#!/usr/bin/env bash
# A policy's own tests are played through a real Postfix, and none of their messages gets out.
. "${srcdir:?}/tests/mta/postfix.bash"
postfix_cases postfix_through
