#!/usr/bin/env bash
# Random sessions through both engines, which are to answer alike.
set -u
: "${srcdir:?}" "${POSTERN:?}"
exec python3 -B "$srcdir/tests/wire/engines.py"
