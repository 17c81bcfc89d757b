#!/usr/bin/env bash
# usage: instructions.sh [--against BUILD [--at-most PERCENT]]
#
# Counts the instructions that 200 messages (mail.py) take under the shipped policies (shipped.rules)
# inside the dialogue, from the first word of a session to its last, ICU and the loading of the
# policy left out: the same to one in a thousand on each run, whatever else the machine does. It needs
# valgrind, and a build with --disable-lto and without --enable-debug, in which functions are what they
# are called.
#
# $POSTERN is the program, else postern in $builddir, else in build/release. --against: the folder of
# another build, of another commit, is counted under the same policies, and compared; with --at-most it
# fails when ours takes more than so many percent of what that one does ("102": at most 2 % more).
set -u
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd) || exit 1
top=$here/../..
program=${POSTERN:-${builddir:-$top/build/release}/postern}
messages=200
# What include/filter/dialogue.h has for those that play a session. None of them calls another.
calls="new free macro connect helo mail rcpt data header header_end body end forget unknown abort"

give_up() {
    echo "instructions.sh: $*" >&2
    exit 1
}

# The tests inside the policies would be played too.
without_tests() {
    awk '/^test "/ { inside = 1; next } inside && /^([ \t]|$)/ { next } { inside = 0; print }' "$1"
}

prepare() {
    local file

    mkdir "$work/policies" || exit 1
    for file in "$top"/rules/policies/*.rules; do
        without_tests "$file" >"$work/policies/${file##*/}"
    done
    cp "$here/shipped.rules" "$work/"
    python3 -B "$here/policy.py" owners 1001 >"$work/owners" &&
        python3 -B "$here/mail.py" --messages $messages --owners 1000 --expect >"$work/mail" || exit 1
}

# count PROGRAM
count() {
    local call toggles=()

    for call in $calls; do
        toggles+=("--toggle-collect=dialogue_$call")
    done
    valgrind --tool=callgrind "${toggles[@]}" --callgrind-out-file=/dev/null \
        "$1" test -c "$work/shipped.rules" "$work/mail" >"$work/said" 2>"$work/counted" || {
        cat "$work/said" "$work/counted" >&2
        give_up "$1 didn't play them"
    }
    awk '/Collected *:/ { count = $NF } END { print count + 0; exit count < 1000000 }' "$work/counted" ||
        give_up "$1 has no dialogue that can be counted: is it stripped, or built without --disable-lto?"
}

against=
most=
while [ $# -gt 0 ]; do
    case $1 in
    --against) against=${2:?a folder}/postern ;;
    --at-most) most=${2:?a number} ;;
    *) give_up "usage: instructions.sh [--against BUILD [--at-most PERCENT]]" ;;
    esac
    shift 2
done
command -v valgrind >/dev/null || give_up "valgrind isn't installed"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
prepare

ours=$(count "$program") || exit 1
echo "$ours instructions, $((ours / messages)) a message: $program"
[ -n "$against" ] || exit 0
theirs=$(count "$against") || exit 1
echo "$theirs instructions, $((theirs / messages)) a message: $against"
awk -v ours="$ours" -v theirs="$theirs" -v most="$most" 'BEGIN {
    percent = 100 * ours / theirs
    printf "%.2f %%\n", percent
    exit most != "" && percent > most
}'
