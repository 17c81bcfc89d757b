#!/usr/bin/env bash
# `postern report`: of logs in every form, as text and as a page.
set -u
: "${srcdir:?}" "${builddir:?}" "${POSTERN:?}"
exec python3 -B "$srcdir/tests/wire/cases_report.py"
