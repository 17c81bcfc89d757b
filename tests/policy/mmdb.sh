#!/usr/bin/env bash
# Databases in MaxMind's format: what mmdblookup(1) finds, and what becomes of damaged ones. TAP.
command -v mmdblookup >/dev/null || { echo "1..0 # SKIP there is no mmdblookup"; exit 0; }
exec python3 "$(dirname "$0")/mmdb.py"
