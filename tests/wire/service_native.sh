#!/usr/bin/env bash
# All of service.sh with the engine native.
set -u
: "${srcdir:?}" "${POSTERN:?}"
export POSTERN_ENGINE=native
exec python3 -B "$srcdir/tests/wire/cases_service.py"
