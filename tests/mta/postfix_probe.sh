#!/usr/bin/env bash
# `postern probe` asks real Postfixes, which offer now this and now that.
. "${srcdir:?}/tests/mta/postfix.bash"
postfix_cases probe
