#!/usr/bin/env bash
# The commands, their options, their help, the manual and the completion of shells say the same. TAP.
exec python3 "$(dirname "$0")/command_words.py"
