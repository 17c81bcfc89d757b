#!/bin/bash
# message.no-ascii-form is there exactly where `downgrade utf8` refuses a message, and message.no-7bit-form where
# `downgrade utf8` and `downgrade 8bit` together do, for the reason that the refusal names: of our own messages, of
# those that others wrote, where $POSTERN_CORPORA has them, and of random ones.
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 1
if ! command -v python3 >/dev/null; then
    echo "1..0 # SKIP no python3"
    exit 0
fi
count=4000
[ "${POSTERN_LONG:-0}" != 1 ] || count=40000
results=${results:-${builddir:?}/tests/results}/policy/no_ascii_form
exec python3 -B "$here/no_ascii_form.py" "${builddir:?}/tests/policy/author_batch" "$results" \
    "${POSTERN_CORPORA:-${srcdir:?}/../shared/corpora}" $count
