#!/usr/bin/env bash
# What administrators are told of their mistakes, to the letter. TAP.
exec python3 "$(dirname "$0")/mistakes.py"
