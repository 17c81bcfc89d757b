#!/usr/bin/env bash
# The language from outside: every good file prints as it should and what is printed prints itself; every
# bad file gets its messages to the letter; anything else gets a message and never a crash.
# good/NAME.rules stands beside good/NAME.out, bad/NAME.rules beside bad/NAME.err with the exit status.
set -u
: "${srcdir:=.}" "${POSTERN:?the program to be tested}"
POSTERN=$(realpath "$POSTERN")
[ -x "$POSTERN" ] || { echo "Bail out! there is no $POSTERN"; exit 1; }
here=$(realpath "$srcdir/tests/language")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0

report() { # OK? TEXT
    count=$((count + 1))
    if [ "$1" = 0 ]; then
        echo "ok $count - $2"
    else
        echo "not ok $count - $2"
    fi
}

show_difference() {
    sed 's/^/# /'
}

for file in "$here"/good/*.rules; do
    name=$(basename "$file" .rules)
    (cd "$here/good" && "$POSTERN" check --print -c "$name.rules") >"$work/out" 2>"$work/errors"
    diff "${file%.rules}.out" "$work/out" >"$work/diff"
    report $? "$name prints in its normal form"
    show_difference <"$work/diff"
    cp "$work/out" "$here/good/.printed.$$"
    (cd "$here/good" && "$POSTERN" check --print -c ".printed.$$") >"$work/again" 2>>"$work/errors"
    rm -f "$here/good/.printed.$$"
    diff "$work/out" "$work/again" >"$work/diff"
    report $? "$name, printed, prints itself"
    show_difference <"$work/diff"
done

for file in "$here"/bad/*.rules; do
    name=$(basename "$file" .rules)
    (cd "$here/bad" && "$POSTERN" check -c "$name.rules" 2>&1; echo "exit $?") >"$work/err"
    diff "${file%.rules}.err" "$work/err" >"$work/diff"
    report $? "$name is answered to the letter"
    show_difference <"$work/diff"
done

# Octets that were never meant to be a policy.
failed=0
for i in $(seq 1 40); do
    case $((i % 4)) in
    0) head -c $((i * 40)) /dev/urandom ;;
    1) head -c $((i * 40)) /dev/urandom | base64 ;;
    2) head -c $((i * 25)) "$here/good/"*.rules 2>/dev/null | tr -d '\n' | head -c $((i * 90)) ;;
    3) cat "$here/good/"*.rules 2>/dev/null | tr 'a-e{}"' '"{}a-e' | head -c $((i * 120)) ;;
    esac >"$work/random.rules"
    "$POSTERN" check -c "$work/random.rules" >"$work/out" 2>&1
    status=$?
    if [ $status != 65 ] && [ $status != 0 ] || ! [ -s "$work/out" ]; then
        failed=1
        cp "$work/random.rules" "$work/kept.rules"
        echo "# exit status $status for:"
        od -c "$work/kept.rules" | head -3 | show_difference
    fi
done
report $failed "octets that are no policy get a message and status 65"
echo "1..$count"
