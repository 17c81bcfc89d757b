#!/usr/bin/env bash
# A daemon that root starts: whom it becomes, and whose its socket is.
. "${srcdir:?}/tests/root.bash"

if reason=$(root_missing); then
    echo "1..0 # SKIP $reason"
    exit 0
fi
root_exec python3 -B "$srcdir/tests/wire/cases_privileges.py"
