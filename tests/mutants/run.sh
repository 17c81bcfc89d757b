#!/bin/bash
# Breaks a copy of the evaluator in one named way after another, and expects the property test of the
# walk to notice each. Prints a table; fails when one is missed, or when the place that it breaks isn't
# found just once. `make mutants` calls it in the folder of the build, with the build's own flags in
# CC, CPPFLAGS, CFLAGS, LDFLAGS and LIBS, since a mutant is one object more before the library. POLICIES
# says how many random policies each is tried with, and words on the command line which mutants (all).
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 1
root=$(cd "$here/../.." && pwd) || exit 1
policies=${POLICIES:-5000}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
wanted=("$@")
missed=0
tried=0

# Builds the test from it and from these sources, which stand before the same ones in the library.
# shellcheck disable=SC2086
build() { # FILE...
    local file objects=()

    for file; do
        objects+=("${file%.c}.o")
        ${CC:?} -iquote "$scratch/rules" ${CPPFLAGS-} ${CFLAGS-} -w -c "$file" -o "${objects[-1]}" || return 1
    done
    $CC ${CFLAGS-} ${LDFLAGS-} -o "$scratch/test" tests/walk/test_walk_property.o "${objects[@]}" \
        tests/unit/libtest.a libpostern.a ${LIBS-}
}

prepare() {
    cp -r "$root/rules" "$scratch/" && chmod -R u+w "$scratch" && build || exit 1
    if ! "$scratch/test" -n "$policies" >"$scratch/output" 2>&1; then
        cat "$scratch/output"
        echo "the evaluator fails as it stands; there is nothing to mutate"
        exit 1
    fi
}

is_wanted() {
    local word

    ((${#wanted[@]} == 0)) && return 0
    for word in "${wanted[@]}"; do
        [[ $1 == *"$word"* ]] && return 0
    done
    return 1
}

# The law that the first failure names, or how the test died.
noticed_by() {
    local law

    law=$(sed -n 's/^# against "\(.*\)", with.*/\1/p' "$scratch/output" | head -n 1)
    echo "${law:-it broke down}"
}

mutant() { # NAME FILE OLD NEW
    local file="$scratch/$2" text rest sources

    is_wanted "$1" || return 0
    tried=$((tried + 1))
    text=$(<"$root/$2") || exit 1
    rest=${text#*"$3"}
    if [[ $text != *"$3"* || $rest == *"$3"* ]]; then
        printf '%-62s the place in %s is not there just once\n' "$1" "$2"
        missed=$((missed + 1))
        return
    fi
    printf '%s\n' "${text%%"$3"*}$4$rest" >"$file"
    sources=("$file")
    [[ $file == *.h ]] && mapfile -t sources < <(find "$scratch/rules" -name '*.c')
    if ! build "${sources[@]}" >"$scratch/output" 2>&1; then
        printf '%-62s does not compile\n' "$1"
        head -n 5 "$scratch/output"
        missed=$((missed + 1))
    elif timeout 300 "$scratch/test" -n "$policies" -1 >"$scratch/output" 2>&1; then
        printf '%-62s MISSED\n' "$1"
        missed=$((missed + 1))
    else
        printf '%-62s noticed: %s\n' "$1" "$(noticed_by)"
    fi
    cp "$root/$2" "$file" || exit 1
}

prepare
# shellcheck source=tests/mutants/list.sh
source "$here/list.sh"
echo "$tried mutants, $((tried - missed)) noticed"
((missed == 0 && tried > 0))
