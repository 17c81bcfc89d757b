#!/usr/bin/env bash
# The sites of doc/examples/sites behind a real Sendmail, put in place as their READMEs say.
. "${srcdir:?}/tests/mta/sites.bash"
if reason=$(sendmail_missing "${builddir:?}/tests/sendmail/root"); then
    echo "1..0 # SKIP $reason"
    exit 0
fi
sites_cases sendmail_sites
