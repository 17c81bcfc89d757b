#!/usr/bin/env bash
# Messages that others wrote, before a next hop that takes 7 bits: Postfix's own conversion beside Postern's.
. "${srcdir:?}/tests/mta/postfix.bash"
if [ ! -d "${POSTERN_CORPORA:-}/mime/msgs" ] || [ ! -d "$POSTERN_CORPORA/eai/msgs" ]; then
    echo "1..0 # SKIP no messages in POSTERN_CORPORA (${POSTERN_CORPORA:-not set})"
    exit 0
fi
postfix_cases downgrade
