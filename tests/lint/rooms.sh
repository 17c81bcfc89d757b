#!/usr/bin/env bash
# The rooms of rules/ and lib/mail: which of them may know which. And files, by what each needs of another
# when they are linked: no two need each other.
. "${srcdir:-$(dirname "$0")/../..}/tests/lint/law.bash"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The height of each room; of one height neither knows the other.
cat >"$work/rooms" <<'END'
rules/values 1
rules/facts 2
rules/language 2
rules/tables 2
rules/compile 3
rules/walk 4
lib/mail/text 1
lib/mail/address 2
lib/mail/header 3
lib/mail/smtp 3
lib/mail/mime 4
lib/mail/convert 5
END

# Recursions of one grammar: a condition has operands, and an operand may stand for a condition.
cat >"$work/stays" <<'END'
rules/compile/resolve_operand.c rules/compile/resolve.c
END

files '*.[ch]' rules lib/mail | awk '
    NR == FNR { is_room[$1] = 1; next }
    { room = $1; sub(/\/[^\/]*$/, "", room); if (!(room in is_room)) print }' "$work/rooms" - |
    law "every source of rules and lib/mail stands in a room"

# FILE needs FILE, of two rooms of one house.
arrows_up() {
    awk '
        function room(path) { sub(/\/[^\/]*$/, "", path); return path }
        function house(path) { return path ~ /^rules/ ? "rules" : "mail" }
        NR == FNR { height[$1] = $2; next }
        {
            from = room($1)
            to = room($2)
            if (from == to || !(from in height) || !(to in height) || house(from) != house(to)) next
            if (height[to] >= height[from]) print $1 ": " $2 ($3 ? " (" $3 ")" : "")
        }' "$work/rooms" -
}

# Private headers stand beside the file or below rules/ and lib/mail.
files '*.[ch]' rules lib/mail | includes_of | grep -v '<' | while IFS=: read -r file _ header; do
    for path in "${file%/*}/$header" "rules/$header" "lib/mail/$header"; do
        [ -e "$path" ] && echo "$file $path" && break
    done
done | arrows_up | law "no room includes a header of a higher one, or of one beside it"

built=${builddir:-build}
if ! [ -e "$built/libpostern.a" ]; then
    law_skipped "no room needs a higher one" "nothing is built"
    law_skipped "no two files need each other" "nothing is built"
    laws_done
fi

# FILE FILE SYMBOL: the first needs it, the second has it.
files '*.c' lib rules filter | while read -r file; do
    [ -e "$built/${file%.c}.o" ] && nm "$built/${file%.c}.o" | sed "s|^|$file |"
done | awk '
    $(NF - 1) ~ /^[TDBR]$/ { has[$NF] = $1 }
    $(NF - 1) == "U" { needs[$1 " " $NF] }
    END {
        for (pair in needs) {
            split(pair, word)
            if (word[2] in has && has[word[2]] != word[1])
                print word[1], has[word[2]], word[2]
        }
    }' | sort >"$work/needs"

arrows_up <"$work/needs" | law "no room needs a higher one, or one beside it"

awk '{ print $1, $2 }' "$work/needs" | sort -u | grep -vxFf "$work/stays" | tsort 2>&1 >/dev/null |
    sed 's/^tsort: -: //; s/^tsort: //' | law "no files need each other in a circle"

{ [ "$(wc -l <"$work/stays")" -le 3 ] || wc -l <"$work/stays"; } |
    law "at most three recursions stay"
awk '{ print $1, $2 }' "$work/needs" | sort -u | grep -xFf "$work/stays" | sort |
    comm -13 - <(sort "$work/stays") | law "every recursion that may stay is one"

laws_done
