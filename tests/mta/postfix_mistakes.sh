#!/usr/bin/env bash
# Mistakes in main.cf and master.cf: what a real Postfix says of each, and what `import --check` says.
. "${srcdir:?}/tests/mta/postfix.bash"
postfix_cases mistakes
