#!/usr/bin/env bash
# doc/PROMISES.md is what the program has: whoever takes a name away finds it here.
. "${srcdir:-$(dirname "$0")/../..}/tests/lint/law.bash"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
page=doc/PROMISES.md

# What stands between backquotes in the paragraphs that begin with this, up to the next that begins in bold; in order.
promised() {
    awk -v begin="**$1" '
        /^\*\*/ { on = index($0, begin) == 1 }
        on' "$page" | tr '\n' ' ' | grep -oE '`[^`]*`' | tr -d '`'
}

# compare KIND: what the program has comes on standard input, what is promised on descriptor 3; in this order.
compare() {
    diff - /dev/fd/3 | sed -n "
        s|^< \(.*\)|$page: $1 \1 isn't promised, or not at this place|p
        s|^> \(.*\)|$page: $1 \1 is promised, and not there, or elsewhere|p"
}

{
    awk -F'"' '/^    \.name = "/ { print $2 }' filter/command/*.c
    printf 'completion\nhelp\n'
} | sort -u | compare command 3< <(promised Commands. | grep -E '^[a-z]+$' | sort -u) | law "every command is promised"

{
    awk -F'"' '
        /\[METRIC_/ { end() }
        /^ *\.name = / { name = $2 }
        /^ *\.labels = / { labels = "{" $2 "}"; gsub(/ /, ", ", labels) }
        function end() { if (name != "") print name labels; name = labels = "" }
        END { end() }' filter/count/metrics.c
} | sort | compare metric 3< <(promised Metrics. | grep ^postern_ | sort) |
    law "every metric is promised, with its labels"

sed -n '/^static const struct audit_form fields/,/^};/p' filter/audit_form.c | tr -s '\n ' ' ' |
    grep -oE '\[AUDIT_[A-Z_]+\] = \{"[a-z_]+"' | sed 's/.*{"//; s/"//' |
    compare field 3< <(promised "The log." | awk '/^accept$/ { exit } 1') |
    law "every field of the log is promised, in order"

sed -n '/^static const struct audit_verb verbs/,/^};/s/^    {"\([a-z-]*\)".*/\1/p' filter/audit_form.c | sort |
    compare verb 3< <(promised "The log." | awk '/^accept$/ { on = 1 } on' | grep -vE '^audit-$|^-also$' | sort) |
    law "every verb of the log is promised"

sed -n '/^\.Sh EXIT STATUS/,/^\.Sh EXAMPLES/s/^\.It \([0-9 ,]*\)$/\1/p' doc/postern.8 | sed 's/ , /, /' |
    compare "exit status" 3< <(sed -n 's/^| \([0-9, ]*\) | .*/\1/p' "$page") | law "every exit status is promised"

awk '/^Postern [0-9]/ { seen = 1 } seen && /^---/ { print before; exit } { before = $0 }' NEWS |
    grep -vx 'What changes for a policy' | law "NEWS says first what changes for a policy"

laws_done
