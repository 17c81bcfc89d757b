#!/usr/bin/env bash
# A handful of what `make mutants` breaks, at least one of each source, so that these can't rot.
. "${srcdir:-$(dirname "$0")/../..}/tests/lint/law.bash"

few="'every of nothing' 'later is taken' 'at STAGE' 'tempfail is as strict' 'added twice' 'on-error'"

unset MAKEFLAGS MFLAGS MAKELEVEL
said=$(make -s -C "${builddir:?}" mutants MUTANTS="$few" 2>&1)
status=$?
{
    [ $status -eq 0 ] || echo "make mutants: status $status"
    [[ $said == *"6 mutants, 6 noticed" ]] || echo "$said"
} | law "the random test of the walk notices mutants"

laws_done
