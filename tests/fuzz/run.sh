#!/usr/bin/env bash
# usage: run.sh [SECONDS [NAME...]]: lets libFuzzer look for what breaks, for so long (60) each.
# Outside of `make check`; needs clang. What it found stays in builddir/tests/fuzz/NAME/.
set -eu

srcdir=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
builddir=${builddir:-$srcdir/build/fuzz}
corpora=${POSTERN_CORPORA:-$srcdir/../shared/corpora}
seconds=${1:-60}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- "$srcdir"/tests/fuzz/fuzz_*.c

flags=(-std=gnu17 -O1 -g -D_GNU_SOURCE -pthread '-DPACKAGE_VERSION="fuzz"'
    '-DPOSTERN_DEFAULT_POLICY="/nonexistent"' '-DPOSTERN_DATADIR="/nonexistent"'
    -I"$srcdir/include" -iquote "$srcdir/rules" -iquote "$srcdir/filter"
    -fsanitize=address,undefined -fno-sanitize-recover=all)
cd "$srcdir"
libraries=(-lmilter -lpcre2-8 -lidn2 -lunistring)

# The library once, with what libFuzzer counts.
objects=$builddir/tests/fuzz/objects
mkdir -p "$objects"
export fuzz_flags="${flags[*]@Q}"
find lib rules filter tests/unit \( -path 'tests/unit/*' ! -name 'mime_*.c' \) -o -name '*.c' \
    ! -path filter/main.c -print0 |
    objects=$objects xargs -0 -n 1 -P "$(nproc)" bash -c '
        eval clang "$fuzz_flags" -fsanitize=fuzzer-no-link -c "$1" -o "$objects/${1//\//_}.o"
    ' bash

broken=0
for name in "$@"; do
    name=$(basename "$name" .c)
    home=$builddir/tests/fuzz/$name
    mkdir -p "$home/corpus"
    clang "${flags[@]}" -fsanitize=fuzzer "$srcdir/tests/fuzz/$name.c" "$objects"/*.o \
        "${libraries[@]}" -o "$home/$name"
    echo "$name: $seconds s"
    material=("$home/corpus")
    case $name in
    fuzz_mime_scan | fuzz_downgrade)
        for more in "$corpora"/{mime,eai}/msgs; do
            [ ! -d "$more" ] || material+=("$more")
        done
        more=$corpora/fuzz/fuzz-message-parser.dict
        [ ! -e "$more" ] || material+=(-dict="$more")
        ;;
    esac
    "$home/$name" -max_total_time="$seconds" -artifact_prefix="$home/" -close_fd_mask=1 \
        "${material[@]}" 2>"$home/log" || {
        broken=1
        tail -n 30 "$home/log"
    }
    grep -a '^Done\|DONE' "$home/log" || true
done
exit $broken
