#!/usr/bin/env bash
# Messages of our own, and those of others, before a next hop that takes 7 bits: Postfix's own conversion
# beside Postern's.
. "${srcdir:?}/tests/mta/postfix.bash"
postfix_cases downgrade
