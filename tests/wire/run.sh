#!/usr/bin/env bash
# The daemon against a fake MTA that speaks the milter protocol by itself.
set -u
: "${srcdir:?}" "${POSTERN:?}"
exec python3 -B "$srcdir/tests/wire/all.py"
