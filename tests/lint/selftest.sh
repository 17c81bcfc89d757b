#!/usr/bin/env bash
# A lint that can't fail is none: each law is broken once in a small copy of the tree, and must notice.
. "${srcdir:-$(dirname "$0")/../..}/tests/lint/law.bash"

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy"/{filter,lib,rules,tests}
cp -R Makefile.am doc include "$copy"
cp -R tests/lint "$copy/tests"
chmod -R u+w "$copy"

# planted FILE LINT LAW-PATTERN: what is to be planted in FILE comes on standard input, and is taken
# out again. Quiet if the lint then names FILE below a law of that text.
planted() {
    local file=$copy/$1 before=

    mkdir -p "${file%/*}"
    [ -e "$file" ] && before=$(mktemp -p "$copy") && cp "$file" "$before"
    cat >>"$file"
    srcdir=$copy bash "$copy/tests/lint/$2.sh" >"$copy/said" 2>&1
    awk -v law="$3" -v file="${1%.[ch]}" '
        /^(not )?ok/ { here = /^not ok/ && index($0, law) }
        here && /^#/ && index($0, file) { found = 1 }
        END { exit !found }' "$copy/said" || echo "$2 doesn't see it ($3)"
    if [ -n "$before" ]; then
        mv "$before" "$file"
    else
        rm "$file"
    fi
}

# plant FILE LINT LAW-PATTERN TEXT: TEXT below a source's opening comment, escapes read.
plant() {
    printf "/* Planted. */\n$4\n" | planted "$1" "$2" "$3" | law "$2 sees: ${5:-$3}"
}

plant lib/base/planted.c layers "higher floor" '#include "mail/address.h"' "base that knows mail"
plant lib/mail/planted.c layers "higher floor" \
    '#include "policy/value.h"' "mail that knows policies"
plant rules/planted.c layers "higher floor" \
    '#include "filter/dialogue.h"' "rules that know the filter"
plant include/mail/planted.h layers "higher floor" \
    '#include "policy/value.h"' "a header above its floor"
plant filter/planted.c layers "public or of the same folder" \
    '#include "tree.h"' "another folder's private header"
plant lib/mail/planted.c layers "doesn't log" '#include "base/log.h"'
plant rules/tables/planted.c layers "nothing of a transaction" '#include "policy/record.h"'
plant filter/count/planted.c layers "counters know nothing" '#include "filter/dialogue.h"'
printf '#include <pcre2.h>\n' >"$copy/filter/other_planted.c"
plant filter/planted.c layers "foreign header is in one file" '#include <pcre2.h>'
printf '#include <openssl/ssl.h>\n' >"$copy/filter/other_planted.c"
plant filter/planted.c layers "foreign header is in one file" '#include <openssl/rand.h>' \
    "one library in two files by two headers"
rm "$copy/filter/other_planted.c"
plant filter/planted.c layers "milter*.c alone" '#include <libmilter/mfapi.h>'
plant rules/tables/planted.c layers "Berkeley DB is known to tests" '#include <db.h>'
plant filter/planted.c layers "has alone" '#include <sys/epoll.h>' "a header of Linux"
plant rules/planted.c layers "has alone" '    file = memfd_create("a", 0);' "a call of Linux"
plant lib/base/planted.c layers "has alone" '    return strerrordesc_np(1);' "a call of one C library"
plant filter/planted.c layers "has alone" '    open(".", O_TMPFILE);' "a flag of Linux"
plant filter/planted.c layers "/proc and /sys" 'const char *a = "/proc/self/maps";'
plant rules/planted.h layers "no header brings" '#include <idn2.h>'
plant lib/mail/planted.c layers "no files, sockets" '#include <sys/socket.h>'
plant lib/mail/planted.c layers "no variables" 'static int counter;'
plant lib/mail/planted.c layers "no variables" \
    'void\nf(void)\n{\n    static int n = 1;\n}' "a static in a function"
plant rules/planted.c layers "no sockets" '#include <sys/socket.h>'
plant rules/planted.c layers "lib/base alone" 'char *a = malloc(5);' "malloc"
plant filter/planted.c layers "lib/base alone" '    free (a);' "free"
printf '#include "planted.h"\n' >"$copy/rules/planted2.h"
plant rules/planted.h layers "headers don't" '#include "planted2.h"'
printf '#include "planted.h"\n' >"$copy/rules/planted2.c"
touch "$copy/rules/planted.h"
plant rules/planted.c layers "private headers in a circle" '#include "planted2.h"'
rm "$copy"/rules/planted*
plant lib/mail/planted.c layers "reads and writes nothing" '    printf("x");'

for call in strcpy sprintf atoi strtok alloca system localtime strerror rand longjmp; do
    plant filter/planted.c banned "no " "    $call(a);" "$call"
done
plant rules/planted.c banned "only commands print" '    printf("x");'
plant rules/planted.c banned "only commands print" '    exit(1);' "an exit in mid-program"
plant rules/planted.c banned "nothing above" '    abort();'
plant rules/planted.c banned "goto goes forward" 'int\nf(void)\n{\nagain:\n    goto again;\n}'
plant rules/planted.c banned "structs and enums" 'typedef struct a a;'
plant rules/planted.c banned "left undone" "/* T""ODO */"
plant rules/planted.c banned "white space" 'int a; '
plant rules/planted.c banned "tabs" '\tint a;'
plant rules/planted.c banned "one line end" 'int a;\n' "an empty line at the end"
printf '/* Planted. */\nint a;' | planted rules/planted.c banned "one line end" |
    law "banned sees: a missing line end"
printf 'int a;\n' | planted rules/planted.c banned "opens with a comment" |
    law "banned sees: a source that says nothing"
plant include/base/planted.h banned "guarded" 'int a;'

plant rules/planted.c rooms "stands in a room" 'int a;'
mkdir -p "$copy"/rules/{values,language} "$copy/build/rules"/{values,language}
touch "$copy/rules/language/tree.h"
plant rules/values/planted.c rooms "includes a header of a higher one" '#include "language/tree.h"'
printf 'int b(void);\nint a(void) { return b(); }\n' >"$copy/rules/values/planted.c"
printf 'int a(void);\nint b(void) { return a(); }\n' >"$copy/rules/language/other.c"
for file in values/planted language/other; do
    ${CC:-cc} -c "$copy/rules/$file.c" -o "$copy/build/rules/$file.o"
done
touch "$copy/build/libpostern.a"
for law in "needs a higher one" "need each other in a circle"; do
    printf '\n' | builddir=$copy/build planted rules/values/planted.c rooms "$law" |
        law "rooms sees: $law"
done
rm -r "$copy"/rules/{values,language} "$copy/build"

many() {
    awk -v n="$1" -v text="$2" 'BEGIN { while (n--) print text }'
}

many 501 "int a;" | planted rules/planted.c lengths "500 lines" | law "lengths sees: a long file"
many 121 "int a;" | planted rules/planted.h lengths "120 lines" | law "lengths sees: a long header"
many 101 x | tr -d '\n' | planted rules/planted.c lengths "100 columns" |
    law "lengths sees: a long line"
many 100 'ü' | tr -d '\n' | planted rules/planted.c lengths "100 columns" |
    grep -q "doesn't see" || echo "it counts octets" |
        law "lengths lets 100 characters of two octets pass"
{
    printf 'int\nf(void)\n{\n'
    many 79 "    a();"
    printf '}\n'
} | planted rules/planted.c lengths "80 lines" | law "lengths sees: a long function"
plant rules/planted.c lengths "nested deeper" '                    if (a)'

# The law without one of its branches, and the manual with a sentence too many.
mkdir -p "$copy/rules/walk"
grep -v '/\* (2) \*/' rules/walk/pass.c >"$copy/rules/walk/pass.c"
printf '\n' | planted rules/walk/pass.c sentences "has its branch" |
    law "sentences sees: a sentence without branch"
cp rules/walk/pass.c "$copy/rules/walk/pass.c"
printf '.Sh WHAT DECIDES\n(1) Twice.\n' | planted doc/postern.conf.5.in sentences "numbered from 1 on" |
    law "sentences sees: a number given twice"
rm -r "$copy/rules/walk"

shared='static int\nsame_word(void)\n{\n    return 1;\n}'
# shellcheck disable=SC2059
printf "$shared\n" | tee "$copy/filter/planted2.c" >"$copy/rules/planted3.c"
plant rules/planted.c names "more than two files" "$shared"
rm "$copy/filter/planted2.c"
plant rules/planted.c names "5 of 100" "$shared"
rm "$copy/rules/planted3.c"
plant rules/planted.c names "bare verb" 'static const char *\ntext_of(int a)\n{\n    return "";\n}'
plant rules/planted.c names "family's word" 'const char *\nother_word(int a)\n{\n    return "";\n}'
plant rules/planted.h names "X_inside.h" 'void planted_word(void);' "a header without its source"
printf '#include "planted.h"\n' | tee "$copy/rules/planted.c" >"$copy/rules/planted_more.c"
plant rules/planted.h names "X_inside.h" 'void planted_word(void);' "a header of a family alone"
rm "$copy"/rules/planted*

printf '**Metrics.** `postern_planted_total`\n' | planted doc/PROMISES.md promises "every metric is promised" |
    law "promises sees: a metric that isn't there"

plant include/base/planted.h docs "told of" '\nstruct a {\n    int b;\n};\n\nint f(void);'
plant lib/base/planted.c sources "libpostern_a_SOURCES" 'int a;'
plant tests/unit/test_planted.c sources "check_PROGRAMS" 'int a;'
if [ -n "$(files '*.[1-8]' doc)" ] && command -v mandoc >/dev/null; then
    printf '.Xx what\n' | planted "$(files '*.[1-8]' doc | head -n 1)" docs "well formed" |
        law "docs sees: a macro that mdoc doesn't have"
else
    law_skipped "docs sees: a macro that mdoc doesn't have" "no manuals or no mandoc"
fi

laws_done
