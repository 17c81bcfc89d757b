#!/bin/bash
# Fields Authentication-Results of every form, as another reader of them takes them.
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 1
if ! command -v python3 >/dev/null; then
    echo "1..0 # SKIP no python3"
    exit 0
fi
exec python3 -B "$here/auth_results.py" "${builddir:?}/tests/policy/results_batch"
