#!/usr/bin/env bash
# `postern resend` beside a program that stands for sendmail(1): what it is given, and what becomes
# of a message when something fails.
if ! command -v python3 >/dev/null; then
    echo "1..0 # SKIP python3 is not installed"
    exit 0
fi
export PYTHONPATH=${srcdir:?}/tests/wire
exec python3 -B "$srcdir/tests/mta/cases_resend.py"
