#!/usr/bin/env bash
# The units of systemd, where none runs: see restricted.py.
set -u
: "${srcdir:?}" "${POSTERN:?}"
command -v systemd-analyze >/dev/null || { echo "1..0 # SKIP no systemd-analyze"; exit 0; }
python3 -c 'import ctypes; ctypes.CDLL("libseccomp.so.2")' 2>/dev/null || { echo "1..0 # SKIP no libseccomp"; exit 0; }
export PYTHONPATH=$srcdir/tests/wire
exec python3 -B "$srcdir/tests/install/restricted.py"
