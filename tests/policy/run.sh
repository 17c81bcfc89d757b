#!/bin/bash
# Plays deciding.cases, the tests inside the policies that we ship, and those of this folder, through
# `$POSTERN test`. One line of TAP for each case; what failed is shown below it.
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 1
postern=${POSTERN:?POSTERN must name the program}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
shopt -s nullglob
number=0
failed=0

# play NAME FILE
play() {
    local output status

    output=$("$postern" test -c "$2" 2>&1 </dev/null)
    status=$?
    number=$((number + 1))
    if ((status == 0)) && grep -q '^ok' <<<"$output"; then
        echo "ok $number - $1"
        return
    fi
    if grep -q 'this build has no' <<<"$output"; then
        echo "ok $number - $1 # SKIP $(grep -o -m 1 'this build has no[^,]*' <<<"$output")"
        return
    fi
    failed=$((failed + 1))
    echo "not ok $number - $1"
    sed 's/^/#   /' <<<"$output"
    ((status == 0)) || echo "#   exit status $status"
}

awk -v scratch="$scratch" '
    /^===/ { close(file); file = sprintf("%s/%03d.rules", scratch, ++count); print "# " substr($0, 5) >file; next }
    file { print >file }' "$here/deciding.cases"

for file in "$scratch"/*.rules; do
    play "$(sed -n '1s/^# //p' "$file")" "$file"
done
for file in "$here"/../../rules/policies/*.rules "$here"/*.rules; do
    play "$(basename "$file")" "$file"
done
echo "1..$number"
((failed == 0))
