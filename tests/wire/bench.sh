#!/usr/bin/env bash
# What tests/bench measures with works: a few messages through each filter, no time judged.
set -u
: "${srcdir:?}" "${builddir:?}" "${POSTERN:?}"

made=$(make -s -C "$builddir" tests/bench/load tests/bench/bare_filter tests/bench/null_filter 2>&1) || {
    echo "$made"
    echo "Bail out! the programs of tests/bench can't be built"
    exit 1
}
exec python3 -B "$srcdir/tests/wire/cases_bench.py"
