#!/usr/bin/env bash
# Addresses end to end through a Postfix with SMTPUTF8: what the client is told.
. "${srcdir:?}/tests/mta/postfix.bash"
postfix_cases addresses
