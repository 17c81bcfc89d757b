#!/usr/bin/env bash
# What vim shows of rule files, with contrib/vim. TAP.
vim --version 2>/dev/null | grep -q '+syntax' || { echo "1..0 # SKIP no vim that knows syntax"; exit 0; }
exec python3 "$(dirname "$0")/vim.py"
