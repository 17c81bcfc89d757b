#!/usr/bin/env bash
# Every kind of line of the log, beside the manual that tells of it, and who else reads it.
set -u
: "${srcdir:?}" "${builddir:?}" "${POSTERN:?}"
exec python3 -B "$srcdir/tests/wire/cases_log_form.py"
