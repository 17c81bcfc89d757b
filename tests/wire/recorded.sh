#!/usr/bin/env bash
# Recorded sessions of real MTAs through both engines.
set -u
: "${srcdir:?}" "${POSTERN:?}"
exec python3 -B "$srcdir/tests/wire/recorded.py"
