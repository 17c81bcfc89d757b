#!/usr/bin/env bash
# Mistakes in a .mc file: what a real Sendmail makes of each, and what `import --check` says.
. "${srcdir:?}/tests/mta/sendmail.bash"
sendmail_cases mistakes_sendmail
