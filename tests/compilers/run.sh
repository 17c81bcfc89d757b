#!/usr/bin/env bash
# usage: run.sh [BUILD...]: builds everything with each of these, without a warning, and runs the unit tests and
# those of the language and of the shipped policies. A build is COMPILER-LEVEL[-lto], as in clang-O3-lto.
#
# Outside of `make check`, since it takes half an hour. What passed is taken away, what failed is left in
# builddir/tests/compilers. `make compilers` calls it, or `make compilers COMPILERS=clang-O3`.
set -u

srcdir=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
builddir=${builddir:-$srcdir/build/debug}
. "$srcdir/tests/must.bash"
[ $# -gt 0 ] || set -- {gcc,clang}-O{2,3}{,-lto}
unset MAKEFLAGS MFLAGS MAKELEVEL CFLAGS LDFLAGS CC POSTERN
folder=$builddir/tests/compilers

# What configure is told. It knows by itself how gcc optimizes the program as a whole; clang does so here, and with
# the tests too.
options_of() {
    case $1 in
    gcc-*-lto) echo "CC=gcc" ;;
    clang-*-lto) echo "--disable-lto CC=clang AR=llvm-ar RANLIB=llvm-ranlib LDFLAGS=-fuse-ld=lld" ;;
    *) echo "--disable-lto CC=${1%%-*}" ;;
    esac
}

flags_of() {
    local level=${1#*-}

    echo "-g -${level%-lto} $([[ $1 == clang-*-lto ]] && echo -flto=thin)"
}

quietly() {
    "$@" >"$must_said" 2>&1
}

configure() {
    # shellcheck disable=SC2046
    mkdir -p "$folder/$1" && cd "$folder/$1" &&
        "$srcdir/configure" -q --enable-werror $(options_of "$1") CFLAGS="$(flags_of "$1")"
}

tests_of_units() {
    (cd "$srcdir/tests" && ls unit/test_*.c walk/test_*.c mime/test_*.c matrix/test_*.c) | sed 's/\.c$//'
    echo language/run policy/run
}

run_tests() {
    make -s -C "$folder/$1" -j"$(nproc)" check ONLY="$(tests_of_units | tr '\n' ' ')"
}

for build in "$@"; do
    mkdir -p "$folder"
    must_said=$folder/$build.log
    if ! command -v "${build%%-*}" >/dev/null; then
        tests=$((tests + 1))
        echo "ok $tests - $build # SKIP no ${build%%-*}"
        continue
    fi
    must "$build: it can be configured" quietly configure "$build" &&
        must "$build: the program is built" quietly make -s -C "$folder/$build" -j"$(nproc)" &&
        must "$build: the tests pass" quietly run_tests "$build" &&
        rm -rf "${folder:?}/$build"
done
must_end
