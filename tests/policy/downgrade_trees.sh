#!/bin/bash
# 20,000 random messages (200,000 with POSTERN_LONG=1), nested and broken in every way that their maker
# knows, keep what they say when they are converted (RFC 2045, RFC 2046, RFC 2047), or are refused for a
# reason that holds.
# usage, to see one again: downgrade_trees.sh SEED NUMBER
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 1
batch=${builddir:?}/tests/policy/downgrade_batch
seed=${1:-20261126}
if ! command -v python3 >/dev/null; then
    echo "1..0 # SKIP no python3"
    exit 0
fi
count=20000
[ "${POSTERN_LONG:-0}" != 1 ] || count=200000
exec python3 -B "$here/downgrade_trees.py" "$batch" "${results:-$builddir/tests/results}/policy/downgrade_trees" \
    "$seed" "$count" ${2:+"$2"}
