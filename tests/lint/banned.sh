#!/usr/bin/env bash
# Functions that no file may call, words that no file may keep, and white space.
. "${srcdir:-$(dirname "$0")/../..}/tests/lint/law.bash"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
all_sources | code_of >"$work/code"

# never NAMES WHY
never() {
    grep -E "(^|[^a-zA-Z0-9_.>])($1) *\\(" "$work/code" | law "no $1: $2"
}

never 'strcpy|stpcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets|scanf|fscanf' \
    "no bounds, or none that help"
never 'atoi|atol|atoll|atof|strtok' "errors unseen, state hidden"
never 'alloca' "the stack is not ours to fill"
never 'system|popen' "no shell between us and a program"
never 'localtime|gmtime|ctime|asctime|strerror|inet_ntoa|gethostbyname|readdir_r|tmpnam|mktemp' \
    "not for threads"
never 'rand|srand|random|srandom|drand48' "tests bring their own sequence"
grep -vE '^filter/service/privileges\.c:' "$work/code" |
    grep -E '(^|[^a-zA-Z0-9_.>])(getpwnam|getgrnam|getpwuid|getgrgid) *\(' |
    law "users and groups are asked for where privileges are given up, before there are threads"
grep -vE '^lib/base/(arena|guard)\.c:' "$work/code" |
    grep -E '(^|[^a-zA-Z0-9_.>])(setjmp|longjmp|siglongjmp) *\(' |
    law "no way out but return, and arena_guard() where memory ends"

grep -vE '^(doc|tests)/' "$work/code" |
    grep -E '(^|[^a-zA-Z0-9_.>])(printf|puts|putchar|perror|exit|_exit) *\(' |
    grep -vE '^(filter/(main|service/(generation|service_settings))|filter/command/[a-z_]*)\.c:' |
    law "only commands print and end the program"

grep -vE '^(tests|lib)/' "$work/code" | grep -E '(^|[^a-zA-Z0-9_.>])(abort|assert) *\(' |
    law "nothing above lib/ aborts"

# Labels stand in the first column, functions end with a brace there.
awk -F: '{
        code = $0
        sub(/^[^:]*:[^:]*:/, "", code)
        if (code ~ /^}/) split("", labels)
        if (match(code, /^ ? ? ? ?[a-z_]+:( |$)/)) {
            name = code
            gsub(/[ :].*/, "", name)
            if (name != "default") labels[name] = 1
        }
        if (match(code, /(^|[^a-z_])goto +[a-z_]+/)) {
            name = substr(code, RSTART, RLENGTH)
            sub(/.*goto +/, "", name)
            if (name in labels) print $1 ":" $2 ": goto " name " goes back"
        }
    }' "$work/code" | law "goto goes forward"

grep -E '(^|[^a-zA-Z0-9_])typedef (struct|enum|union)[^(]*$' "$work/code" |
    law "structs and enums are called so"

# The words stand here in two pieces, or this file would break its own law.
words="T""ODO|FIX""ME|\bX""XX\b|not ""implemented|\bst""ub(s|bed)?\b"
{
    files '*.[ch]' include lib rules filter doc tests
    files '*.rules' rules
    files '*.awk' tests
    files '*.sh' tests
    files '*.bash' tests
    files '*.py' tests
    files '*.[1-8]' doc
    files '*.in' doc
    files '*.md' doc
    ls configure.ac Makefile.am bootstrap README NEWS .ci/run tests/run
} >"$work/texts" 2>/dev/null

xargs grep -nE "$words" <"$work/texts" | law "nothing is left undone under a word that says so"

xargs grep -nE '[[:blank:]]$' <"$work/texts" | sed 's/$/$/' |
    law "no white space at the end of a line"

grep -v '^Makefile\.am$' "$work/texts" | xargs grep -n $'\t' | law "tabs in Makefile.am alone"

while read -r file; do
    [ -z "$(tail -c 1 "$file")" ] || echo "$file: no line end at its end"
    [ -n "$(tail -n 1 "$file")" ] || echo "$file: an empty line at its end"
done <"$work/texts" | law "every file ends with one line end"

all_sources | xargs -r awk '
    FNR == 1 && !/^\/\*/ { print FILENAME ":1: says nothing of what it knows" }' |
    law "every source opens with a comment"

files '*.h' include lib rules filter tests | while read -r file; do
    grep -qE '^#ifndef POSTERN_[A-Z0-9_]+_H$' "$file" || echo "$file: no guard"
    [ "$(grep -cE '^#(ifndef|define) POSTERN_[A-Z0-9_]+_H$' "$file")" = 2 ] ||
        echo "$file: guard of two names"
done | sort -u | law "every header is guarded"

laws_done
