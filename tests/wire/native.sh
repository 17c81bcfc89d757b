#!/usr/bin/env bash
# All of run.sh with the engine native.
set -u
: "${srcdir:?}" "${POSTERN:?}"
export POSTERN_ENGINE=native
exec python3 -B "$srcdir/tests/wire/all.py"
