#!/usr/bin/env bash
# As postfix_submission.sh, with the engine native.
export POSTERN_ENGINE=native
. "${srcdir:?}/tests/mta/postfix_submission.sh"
