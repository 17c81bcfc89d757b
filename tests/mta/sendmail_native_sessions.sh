#!/usr/bin/env bash
# As sendmail_sessions.sh, with the engine native.
export POSTERN_ENGINE=native
. "${srcdir:?}/tests/mta/sendmail_sessions.sh"
