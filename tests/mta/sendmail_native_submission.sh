#!/usr/bin/env bash
# As sendmail_submission.sh, with the engine native.
export POSTERN_ENGINE=native
. "${srcdir:?}/tests/mta/sendmail_submission.sh"
