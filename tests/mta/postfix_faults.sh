#!/usr/bin/env bash
# Postern behind a real Postfix: killed, stopped, away, started again; and large messages.
. "${srcdir:?}/tests/mta/postfix.bash"
postfix_cases faults
