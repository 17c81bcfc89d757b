#!/usr/bin/env bash
# What clients of a real Postfix are told, what is logged, and what arrives.
. "${srcdir:?}/tests/mta/postfix.bash"
postfix_cases sessions
