#!/bin/bash
# Messages of our own, and those of others where $POSTERN_CORPORA names a folder that has them: converted
# without loss, or refused for a reason. Prints what becomes of each that isn't 7-bit.
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 1
if ! command -v python3 >/dev/null; then
    echo "1..0 # SKIP no python3"
    exit 0
fi
exec python3 -B "$here/downgrade_corpora.py" "${POSTERN_CORPORA:-${srcdir:?}/../shared/corpora}"
