#!/usr/bin/env bash
# As postfix_reload.sh, with the engine native.
export POSTERN_ENGINE=native
. "${srcdir:?}/tests/mta/postfix_reload.sh"
