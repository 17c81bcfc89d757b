#!/usr/bin/env bash
# The sites of doc/examples/sites, offline: each policy is right, and its own tests reach all of it. TAP.
exec python3 "$(dirname "$0")/sites.py"
