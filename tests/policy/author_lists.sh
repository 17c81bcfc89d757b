#!/bin/bash
# Known ways to write an author field for another's, each refused, and good ones that look odd, each accepted.
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 1
if ! command -v python3 >/dev/null; then
    echo "1..0 # SKIP no python3"
    exit 0
fi
exec python3 -B "$here/author_lists.py" "${builddir:?}/tests/policy/author_batch" \
    "${results:-$builddir/tests/results}/policy/author_lists"
