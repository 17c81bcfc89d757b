#!/usr/bin/env bash
# Each target of tests/fuzz builds and runs, also where nobody has clang and looks with it.
. "${srcdir:-$(dirname "$0")/../..}/tests/lint/law.bash"

unset MAKEFLAGS MFLAGS MAKELEVEL
said=$(make -s -C "${builddir:?}" fuzz-once 2>&1)
status=$?
{
    [ $status -eq 0 ] || echo "make fuzz-once: status $status"
    [[ $said =~ [0-9]+\ targets,\ 0\ broken$ ]] || echo "$said"
} | law "each target of make fuzz takes some inputs"

laws_done
