#!/usr/bin/env bash
# What a real Sendmail makes of mail for a next hop without extensions, with and without Postern.
. "${srcdir:?}/tests/mta/sendmail.bash"
sendmail_cases sendmail_next_hop
