#!/usr/bin/env bash
# The tests of the shipped policies reach all of their rules, and most parts of the conditions. TAP.
exec python3 "$(dirname "$0")/coverage.py"
