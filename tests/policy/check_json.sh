#!/usr/bin/env bash
# What `postern check --json` prints is as its schema says. TAP.
exec python3 "$(dirname "$0")/check_json.py"
