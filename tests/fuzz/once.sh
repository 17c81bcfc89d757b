#!/usr/bin/env bash
# Builds each target with driver.c in the place of libFuzzer, and gives it some random inputs, so that none can rot.
# `make fuzz-once` calls it in the folder of the build, with srcdir and the flags of that build in CC, CPPFLAGS, CFLAGS,
# LDFLAGS and LIBS.
set -u

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# shellcheck disable=SC2086
compile() { # NAME
    ${CC:?} ${CPPFLAGS-} ${CFLAGS-} -c "${srcdir:?}/tests/fuzz/$1.c" -o "$scratch/$1.o"
}

# shellcheck disable=SC2086
try() { # NAME
    compile "$1" &&
        $CC ${CFLAGS-} ${LDFLAGS-} -o "$scratch/$1" "$scratch"/{"$1",driver,printable,tight_policy}.o \
            tests/unit/libtest.a libpostern.a ${LIBS-} &&
        "$scratch/$1" -r 100 1 >"$scratch/out" 2>&1 && return
    tail -n 20 "$scratch/out" 2>/dev/null
    echo "$1 fails"
    false
}

compile driver && compile printable && compile tight_policy || exit 1
broken=0
tried=0
for target in "$srcdir"/tests/fuzz/fuzz_*.c; do
    try "$(basename "$target" .c)" || broken=$((broken + 1))
    tried=$((tried + 1))
done
echo "$tried targets, $broken broken"
[ $broken -eq 0 ]
