#!/usr/bin/env bash
# One transaction has one verdict, whichever way the client says it: DATA or BDAT, pipelined, encrypted.
. "${srcdir:?}/tests/mta/postfix.bash"
postfix_cases extensions
