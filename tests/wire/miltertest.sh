#!/usr/bin/env bash
# Both engines, judged by an MTA's side that others wrote.
set -u
: "${srcdir:?}" "${POSTERN:?}"
if ! command -v miltertest >/dev/null; then
    echo "1..0 # SKIP miltertest isn't installed"
    exit 0
fi
exec python3 -B "$srcdir/tests/wire/miltertest.py"
