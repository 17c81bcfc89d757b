#!/usr/bin/env bash
# What clients of a real Sendmail are told, what is logged, and what arrives.
. "${srcdir:?}/tests/mta/sendmail.bash"
sendmail_cases sendmail
