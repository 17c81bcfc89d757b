#!/usr/bin/env bash
# What `postern import` makes of the configurations of different sites. TAP.
exec python3 "$(dirname "$0")/import_sites.py"
