#!/usr/bin/env bash
# The law of the language is told once and written once: each numbered sentence of postern.conf(5),
# "What decides", is a branch of the pass over the rules, and each branch has its sentence.
. "${srcdir:-$(dirname "$0")/../..}/tests/lint/law.bash"

told=$(awk '/^\.Sh / { inside = /WHAT DECIDES/ } inside' doc/postern.conf.5.in |
    grep -oE '^\([0-9]+\)' | tr -d '()')
written=$(grep -oE '/\*.*\*/|^ \*.*' rules/walk/pass.c | grep -oE '\([0-9]+\)' | tr -d '()' | sort -nu)

diff <(seq "$(wc -l <<<"$told")") - <<<"$told" | grep '^[<>]' |
    sed 's/^</doc\/postern.conf.5.in: missing or out of its place:/; s/^>/doc\/postern.conf.5.in: out of its place:/' |
    law "the sentences that decide are numbered from 1 on"
diff <(echo "$told") - <<<"$written" | grep '^[<>]' |
    sed 's/^</rules\/walk\/pass.c: no branch names sentence/; s/^>/rules\/walk\/pass.c: there is no sentence/' |
    law "every sentence that decides has its branch, and every branch its sentence"
laws_done
