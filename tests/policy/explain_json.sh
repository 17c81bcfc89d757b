#!/usr/bin/env bash
# What `postern explain --json` prints is as its schema says. TAP.
exec python3 "$(dirname "$0")/explain_json.py"
