#!/usr/bin/env bash
# Looks for races between threads: the engine native under ThreadSanitizer, which knows what libmilter does
# too little. First the test of the loop, then the whole program with 12 connections at once, while a table is
# replaced. `make races` calls it in the folder of the build, with srcdir and the build's own CC, DEFS,
# CPPFLAGS and LIBS.
set -eu

read -ra libraries <<<"${LIBS:?}"
# shellcheck disable=SC2054
flags=(-std=gnu17 -O1 -g -pthread -fsanitize=thread '-DPOSTERN_DEFAULT_POLICY="/nonexistent"'
    '-DPOSTERN_DATADIR="/nonexistent"' '-DPOSTERN_RUNSTATEDIR="/nonexistent"')
eval "flags+=(${DEFS:?} ${CPPFLAGS:?})"

objects=$PWD/tests/races/objects
rm -rf "$objects"
mkdir -p "$objects"
export races_flags="${flags[*]@Q}"
find "${srcdir:?}"/{lib,rules,filter} -name '*.c' -print0 |
    objects=$objects xargs -0 -n 1 -P "$(nproc)" bash -c '
    name=${1#"$srcdir/"}
    eval $CC "$races_flags" -c "$1" -o "$objects/${name//\//_}.o"
' bash
main=$objects/filter_main.c.o
mapfile -t library < <(find "$objects" -name '*.o' ! -path "$main")

# shellcheck disable=SC2086
build() { # NAME OBJECT...
    ${CC:?} "${flags[@]}" -iquote "$srcdir/tests/unit" "${@:2}" "${library[@]}" "${libraries[@]}" \
        -o "tests/races/$1"
}

build postern "$main"
build test_loop "$srcdir"/tests/unit/{test_loop,tap}.c
# The process ends without waiting for its threads.
export TSAN_OPTIONS="suppressions=$srcdir/tests/races/known report_thread_leaks=0"
tests/races/test_loop
# Inside the sandbox no file can be opened that would name the functions of a report.
export POSTERN_SANDBOX=no
POSTERN_ENGINE=native POSTERN=$PWD/tests/races/postern PYTHONPATH=$srcdir/tests/wire \
    python3 -B "$srcdir/tests/races/races.py"
