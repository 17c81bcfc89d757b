#!/bin/bash
# Honest mail without a login, under all policies that we ship: what of it is refused, and why, is a table.
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 1
if ! command -v python3 >/dev/null; then
    echo "1..0 # SKIP no python3"
    exit 0
fi
if "${POSTERN:?}" check -c "$here/../../rules/policies/lookalike.rules" 2>&1 | grep -q 'this build has no ICU'; then
    echo "1..0 # SKIP no ICU"
    exit 0
fi
exec python3 -B "$here/honest.py" "${builddir:?}/tests/policy/author_batch" \
    "${results:-$builddir/tests/results}/policy/honest" "${POSTERN_CORPORA:-${srcdir:?}/../shared/corpora}"
