#!/usr/bin/env bash
# The sites of doc/examples/sites behind a real Postfix, put in place as their READMEs say.
. "${srcdir:?}/tests/mta/sites.bash"
if reason=$(postfix_missing); then
    echo "1..0 # SKIP $reason"
    exit 0
fi
sites_cases postfix_sites
