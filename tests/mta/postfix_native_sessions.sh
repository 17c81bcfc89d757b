#!/usr/bin/env bash
# As postfix_sessions.sh, with the engine native.
export POSTERN_ENGINE=native
. "${srcdir:?}/tests/mta/postfix_sessions.sh"
