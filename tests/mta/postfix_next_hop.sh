#!/usr/bin/env bash
# 8-bit and SMTPUTF8 mail to a next hop that offers neither extension: it arrives in 7 bits and equal,
# or the client is told why not; nothing bounces.
. "${srcdir:?}/tests/mta/postfix.bash"
if ! command -v swaks >/dev/null; then
    echo "1..0 # SKIP swaks is not installed"
    exit 0
fi
postfix_cases postfix_next_hop
