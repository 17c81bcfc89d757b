#!/usr/bin/env bash
# 360 combinations of sender, recipient, header and body for a next hop without extensions, with each
# recipe of the manual and with none: refused while the client is there, or delivered and equal.
. "${srcdir:?}/tests/mta/postfix.bash"
postfix_cases postfix_combinations
