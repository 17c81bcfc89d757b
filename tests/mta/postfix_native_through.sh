#!/usr/bin/env bash
# As postfix_through.sh, with the engine native.
export POSTERN_ENGINE=native
. "${srcdir:?}/tests/mta/postfix_through.sh"
