#!/usr/bin/env bash
# What clients were told, Postfix's log, ours, and `postern report`: the same figures, also over reloads.
. "${srcdir:?}/tests/mta/postfix.bash"
postfix_cases figures
