#!/usr/bin/env bash
# The service: its supervisor, and the generations that serve under a policy as it was read.
set -u
: "${srcdir:?}" "${POSTERN:?}"
exec python3 -B "$srcdir/tests/wire/cases_service.py"
