#!/usr/bin/env bash
# `postern probe` against made-up next hops, honest and hostile.
set -u
: "${srcdir:?}" "${POSTERN:?}"
exec python3 -B "$srcdir/tests/wire/cases_probe.py"
