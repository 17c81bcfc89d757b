#!/usr/bin/env bash
# The dashboard asks for what there is; with POSTERN_LONG=1 all of it of a real Prometheus, which asks the milter.
set -u
: "${srcdir:?}" "${POSTERN:?}"
exec python3 -B "$srcdir/tests/wire/prometheus.py"
