#!/usr/bin/env bash
# Makefile.am lists what is there.
. "${srcdir:-$(dirname "$0")/../..}/tests/lint/law.bash"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The list under a name, a word a line.
list_of() {
    awk -v name="$1" '
        $1 == name && $2 ~ /^\+?=$/ { inside = 1; sub(/^[^=]*=/, "") }
        inside {
            more = /\\$/
            sub(/\\$/, "")
            count = split($0, word)
            for (i = 1; i <= count; i++) print word[i]
            inside = more
        }' Makefile.am
}

# compare NAME: what is there comes on standard input.
compare() {
    sort >"$work/there"
    list_of "$1" >"$work/listed"
    sort "$work/listed" | comm -23 "$work/there" - | sed "s/\$/ is there, but not in $1/"
    sort "$work/listed" | comm -13 "$work/there" - | sed "s/\$/ is in $1, but not there/"
    sort -c "$work/listed" 2>&1 | sed "s/.*disorder/$1: not sorted/"
}

files '*.c' lib rules filter | grep -v '^filter/main\.c$' | compare libpostern_a_SOURCES |
    law "libpostern_a_SOURCES is the tree"
files '*.h' include lib rules filter | compare noinst_HEADERS | law "noinst_HEADERS is the tree"
units='tests/matrix tests/mime tests/unit tests/walk'
# shellcheck disable=SC2086
{
    files 'test_*.c' $units
    files '*.c' tests/policy
} | sed 's/\.c$//' | compare check_PROGRAMS |
    law "check_PROGRAMS is the tree"
# shellcheck disable=SC2086
files '*.[ch]' $units | grep -v '/test_[a-z0-9_]*\.c$' | compare tests_unit_libtest_a_SOURCES |
    law "tests_unit_libtest_a_SOURCES is the tree"
files '*.[1-8]' doc | compare dist_man_MANS | law "dist_man_MANS is the tree"
files '*.rules' rules/policies | compare dist_policies_DATA | law "dist_policies_DATA is the tree"

find tests -mindepth 2 -type f | cut -d/ -f1,2 | sort -u | grep -vxE "${units// /|}" >"$work/folders"
list_of EXTRA_DIST | grep '^tests/' | sort | comm -23 "$work/folders" - |
    sed 's/$/ is not in EXTRA_DIST/' |
    law "every folder of tests is packed"

laws_done
