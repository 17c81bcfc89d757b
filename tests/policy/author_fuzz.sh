#!/bin/bash
# 2,000 author fields (20,000 with POSTERN_LONG=1) that a login writes to be taken for another: none that Postern
# accepts is read as another's by Python's email, GMime, Mail::Address and Mail::Message.
# usage, to see one again: author_fuzz.sh SEED NUMBER
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 1
batch=${builddir:?}/tests/policy/author_batch
seed=${1:-20261128}
count=2000
[ "${POSTERN_LONG:-0}" = 1 ] && count=20000
if ! command -v python3 >/dev/null; then
    echo "1..0 # SKIP no python3"
    exit 0
fi
exec python3 -B "$here/author_fuzz.py" "$batch" "${results:-$builddir/tests/results}/policy/author_fuzz" \
    "$seed" "$count" ${2:+"$2"}
