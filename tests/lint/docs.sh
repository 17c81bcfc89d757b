#!/usr/bin/env bash
# What is there is written down: contracts in headers, and every word of the program in its manuals.
. "${srcdir:-$(dirname "$0")/../..}/tests/lint/law.bash"

# Paragraphs are told of that begin with a comment, and paragraphs of prototypes right behind one of
# these: a group. The comment that opens the header tells of the header.
files '*.h' include | xargs -r awk '
    function end_paragraph() {
        if (!lines) return
        told = told || commented
        if (!told && prototype != "") print prototype
        told = told && !types
        lines = commented = types = 0
        prototype = ""
    }
    FNR == 1 { end_paragraph(); told = 0; opening = 1 }
    /^\/\*/ { inside = 1; if (!lines && !opening) commented = 1 }
    inside || deep { if (/\*\//) { inside = 0; if (!deep) { opening = 0; lines++; next } } }
    inside { next }
    /^[ \t]*$/ && !deep { end_paragraph(); next }
    { lines++ }
    /\{[ \t]*$/ { deep = 1; types = 1 }
    /^\}/ { deep = 0 }
    deep { next }
    /^#/ { types = 1 }
    /^[a-z][a-z_0-9 ]*[ *]+[a-z_0-9]+\(/ && prototype == "" {
        prototype = FILENAME ":" FNR ": " substr($0, 1, 70)
    }
    END { end_paragraph() }' | law "every public function is told of"

# Pages with tables made from the program's own are among what was built.
manuals=$(files '*.[1-8]' doc "${builddir:-build}/doc")
if [ -z "$manuals" ]; then
    law_skipped "manuals are well formed" "no manuals"
    law_skipped "every word is in the manuals" "no manuals"
    laws_done
fi
if command -v mandoc >/dev/null; then
    # shellcheck disable=SC2086
    mandoc -T lint -W warning $manuals | law "manuals are well formed"
else
    law_skipped "manuals are well formed" "no mandoc"
fi

marked=$(mktemp)
trap 'rm -f "$marked" "$marked.facts"' EXIT

# What is in quotes first in each match of the pattern: named PATTERN FILE...
named() {
    local pattern=$1

    shift
    cat "$@" | grep -oE "$pattern" | sed 's/^[^"]*"//; s/".*//' | sort -u
}

# words KIND: each word that comes must stand on a line of mdoc, not in running text.
grep -h '^\.' $manuals | sed 's/\\&//g; s/\\-/-/g; s/"/ /g' >"$marked"
words() {
    local kind=$1 word seen=

    while read -r word; do
        seen=yes
        grep -qE -- "(^|[ ,(])$(sed 's/[.{}]/\\&/g' <<<"$word")([] ,)[]|\$)" "$marked" ||
            echo "$kind $word is in no manual"
    done
    [ -n "$seen" ] || echo "no $kind is to be found in the sources"
}
named '^    \.name = "[a-z]+"' filter/command/*.c | words command | law "every command is in the manuals"
named '^    \{[A-Z_0-9 +]+, "[a-z0-9-]+", ("|NULL)' filter/command/*.c | sed 's/^/-/' | words option |
    law "every option is in the manuals"
sed -n '/^const char \*const statement_words/,/;/p' rules/language/parse_token.c | grep -o '"[a-z]*"' |
    tr -d '"' | words statement | law "every statement is in the manuals"
named '\[ACTION_[A-Z_]+\] = \{"[a-z-]+"' rules/values/action.c | words action |
    law "every action is in the manuals"
named '\[STAGE_[A-Z]+\] = \{"[a-z]+"' rules/values/stage.c | words stage |
    law "every stage is in the manuals"
named '^         *\.name = "[a-z_]+"' filter/count/metrics.c | words metric | law "every metric is in the manuals"
named '^        \.name = "[a-z0-9-]+"' rules/values/settings.c | words setting | law "every setting is in the manuals"
grep -L 'struct fact_part parts' rules/facts/*.c | xargs cat >"$marked.facts"
named '\{"[a-z0-9.-]+", *TYPE_' "$marked.facts" | words fact | law "every fact is in the manuals"
named '^    \{"[a-z]+", +STEP_' rules/language/scenario.c | words "line of a test" |
    law "every line of a test is in the manuals"
named '^    \.type = "[a-z]+"' rules/tables/*.c | words "type of table" |
    law "every type of table is in the manuals"
sed -n '/macro_stages\[\]/,/^};/p' rules/facts/moment.c | grep -oE '\{[a-z_]+\}|"[a-z]"' |
    tr -d '"' | sort -u | words macro | law "every macro is in the manuals"
sed -n 's/^rule \([a-z0-9-]*\).*/\1/p' rules/policies/*.rules | words "rule that we ship" |
    law "every rule that we ship is in the manuals"

laws_done
