#!/usr/bin/env bash
# Every example of doc/HOWTO-*.md is run. TAP.
exec python3 "$(dirname "$0")/howtos.py"
