#!/usr/bin/env bash
# usage: run.sh SECONDS [NAME...]: lets libFuzzer look for what breaks, for so long each. Needs clang.
# What it found stays in tests/fuzz/NAME/. `make fuzz` calls it in the folder of the build, with srcdir,
# and with the build's own DEFS, CPPFLAGS and LIBS.
set -eu

corpora=${POSTERN_CORPORA:-${srcdir:?}/../shared/corpora}
seconds=$1
shift
[ $# -gt 0 ] || set -- "$srcdir"/tests/fuzz/fuzz_*.c
if ! command -v clang >/dev/null; then
    echo "clang is not installed"
    exit 1
fi

read -ra libraries <<<"${LIBS:?}"
# shellcheck disable=SC2054
flags=(-std=gnu17 -O1 -g -pthread '-DPOSTERN_DEFAULT_POLICY="/nonexistent"'
    '-DPOSTERN_DATADIR="/nonexistent"' -fsanitize=address,undefined -fno-sanitize-recover=all)
eval "flags+=(${DEFS:?} ${CPPFLAGS:?})"

# The library once, with what libFuzzer counts; nothing of a source that is gone.
objects=$PWD/tests/fuzz/objects
rm -rf "$objects"
mkdir -p "$objects"
export fuzz_flags="${flags[*]@Q}"
{
    find "$srcdir"/{lib,rules,filter} -name '*.c' ! -path '*/filter/main.c' -print0
    printf '%s\0' "$srcdir"/tests/unit/mime_*.c
} | objects=$objects xargs -0 -n 1 -P "$(nproc)" bash -c '
    name=${1#"$srcdir/"}
    eval clang "$fuzz_flags" -fsanitize=fuzzer-no-link -c "$1" -o "$objects/${name//\//_}.o"
' bash

broken=0
for name in "$@"; do
    name=$(basename "$name" .c)
    home=$PWD/tests/fuzz/$name
    mkdir -p "$home/corpus"
    clang "${flags[@]}" -fsanitize=fuzzer "$srcdir/tests/fuzz/$name.c" "$objects"/*.o \
        "${libraries[@]}" -o "$home/$name"
    echo "$name: $seconds s"
    material=("$home/corpus")
    case $name in
    fuzz_policy) material+=("$srcdir/rules/policies" "$srcdir/tests/language/good") ;;
    fuzz_mime_scan | fuzz_downgrade)
        python3 -B "$srcdir/tests/policy/own_messages.py" "$home/own"
        material+=("$home/own")
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
