#!/usr/bin/env bash
# A policy's own tests are played through a real Sendmail, and none of their messages gets out.
. "${srcdir:?}/tests/mta/sendmail.bash"
sendmail_cases sendmail_through
