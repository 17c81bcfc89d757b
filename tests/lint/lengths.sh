#!/usr/bin/env bash
# How long, how wide, how deep.
. "${srcdir:-$(dirname "$0")/../..}/tests/lint/law.bash"

# longer_than LINES [MORE-FOR FILE LINES]: reads names of files.
longer_than() {
    while read -r file; do
        local most=$1

        [ "$file" = "${2-}" ] && most=$3
        lines=$(wc -l <"$file")
        [ "$lines" -le "$most" ] || echo "$file: $lines lines, at most $most"
    done
}

product_sources | grep '\.c$' | longer_than 500 | law "no source above 500 lines"
files '*.[ch]' tests | longer_than 800 | law "no source of a test above 800 lines: tables are long"
product_sources | grep '\.h$' | longer_than 120 rules/language/tree.h 300 |
    law "no header above 120 lines (the tree: 300)"

# wider_than COLUMNS: reads names of files. Octets that continue a character of UTF-8 don't count.
wider_than() {
    xargs -r awk -v most="$1" '{
        line = $0
        gsub(/[\200-\277]/, "", line)
        if (length(line) > most)
            print FILENAME ":" FNR ": " length(line) " columns, at most " most
    }'
}

all_sources | wider_than 100 | law "no line of C above 100 columns"
{
    files '*.rules' rules
    files '*.sh' tests
    ls bootstrap tests/run
} | wider_than 120 | law "no line of a script or a policy above 120 columns"

# A function's body stands between braces in the first column. In tests it may hold a table.
product_sources | code_of | awk -F: '
    {
        code = $0
        sub(/^[^:]*:[^:]*:/, "", code)
        if ($1 != file) { file = $1; begun = 0; before = "" }
        if (code ~ /^{/ && before ~ /\)[ ]*$|__attribute__/) begun = $2
        if (code ~ /^}/ && begun) {
            if ($2 - begun + 1 > 80)
                print $1 ":" begun ": a function of " $2 - begun + 1 " lines, at most 80"
            begun = 0
        }
        if (code !~ /^[ \t]*$/) before = code
    }' | law "no function above 80 lines"

# Four columns a level; continued lines begin with no such word.
all_sources | code_of | awk -F: '{
        code = $0
        sub(/^[^:]*:[^:]*:/, "", code)
        if (match(code, /^ +(if|for|while|do|switch|} else if)[ (]/)) {
            match(code, /^ +/)
            if (RLENGTH > 16) print $1 ":" $2 ": nested " RLENGTH / 4 " deep, at most 4"
        }
    }' | law "nothing nested deeper than 4"

laws_done
