#!/usr/bin/env bash
# A name finds one thing: in a debugger, in a profile, with grep.
. "${srcdir:-$(dirname "$0")/../..}/tests/lint/law.bash"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# static|export FILE NAME of each function that a source defines: its type stands on a line of its
# own. declared FILE NAME of each function and object that a header tells of.
product_sources | code_of | awk -F: '
    {
        code = $0
        sub(/^[^:]*:[^:]*:/, "", code)
        if (gsub(/__attribute__ *\(\([^)]*(\([^)]*\))?\)\)/, "", code)) sub(/^ +/, "", code)
        sub(/ +$/, "", code)
        if ($1 != file) { file = $1; before = ""; braces = 0 }
        top = braces == 0
        braces += gsub(/{/, "{", code) - gsub(/}/, "}", code)
        if (!top || code == "" || code ~ /^#/) next
        if (file ~ /\.c$/ && code ~ /^[a-z_][a-z0-9_]*\(/ && before ~ /^[a-z][A-Za-z0-9_ *]*$/) {
            name = code
            sub(/\(.*/, "", name)
            print before ~ /^static/ ? "static" : "export", file, name
        } else if (file ~ /\.h$/ && code ~ /^extern .*;/) {
            gsub(/^extern |\[.*|;.*/, "", code)
            sub(/.*[ *]/, "", code)
            print "declared", file, code
        } else if (file ~ /\.h$/ && code ~ /^[a-z].*[ *][a-z_][a-z0-9_]*\(/ &&
                   code !~ /^(static|typedef)/) {
            sub(/\(.*/, "", code)
            sub(/.*[ *]/, "", code)
            print "declared", file, code
        }
        before = code
    }' | sort -u >"$work/names"

awk '$1 == "static" { count[$3]++; files[$3] = files[$3] " " $2 }
    END {
        for (name in count)
            if (count[name] > 2) print name "() stands in " count[name] " files:" files[name]
    }' "$work/names" | sort | law "no static name stands in more than two files"

awk '$1 == "static" && $3 ~ /^(fail|build|release|text_of|ask|refuse|add|apply|take_off)$/ {
        print $2 ": " $3 "() of what?" }' "$work/names" |
    law "no static is a bare verb that every file has"

awk '$1 == "static" { count[$3]++; files[$3] = files[$3] " " $2; all++ }
    END {
        for (name in count)
            if (count[name] > 1) {
                shared += count[name]
                told[name] = name "() stands in" files[name]
            }
        if (shared * 20 > all)
            for (name in told) print told[name]
    }' "$work/names" | sort | law "at most 5 of 100 statics share their name with another file's"

# The words of a path are those of its folders below the floor, and of the file. A word is another
# form of one with which it shares four letters or more, and but two at the end of each are its own:
# parse, parser, parsed. What stands before a function of the C library must be called as it is.
awk -v before_libc='^filter\/gate\.c (accept|close|sigwait)$' '
    function is_near(a, b,   n) {
        if (a == b) return 1
        while (n < length(a) && substr(a, 1, n + 1) == substr(b, 1, n + 1)) n++
        return n >= 4 && length(a) - n <= 2 && length(b) - n <= 2
    }
    function bears(name, path,   word, part, words, parts, i, j) {
        sub(/^(lib\/(base|mail)|include|rules|filter)\//, "", path)
        sub(/\.[ch]$/, "", path)
        words = split(path, word, /[\/_]/)
        parts = split(name, part, "_")
        for (i = 1; i <= words; i++)
            for (j = 1; j <= parts; j++)
                if (word[i] != "inside" && is_near(word[i], part[j])) return 1
        return 0
    }
    $1 == "declared" { header[$3] = $2 }
    $1 == "export" { file[$3] = $2 }
    END {
        for (name in file)
            if (name != "main" && (file[name] " " name) !~ before_libc &&
                !bears(name, file[name]) && !(name in header && bears(name, header[name])))
                print file[name] ": " name "() bears neither its file'\''s nor its family'\''s word"
    }' "$work/names" | sort | law "an export bears its file's or its family's word"

# A private header is told of by the source of its name. One that has none, or that is read by the
# sources of its name alone (x.c, x_*.c), is a family's own. command.h is the door of its folder.
product_sources | includes_of | awk -F: '$3 !~ /^</ { print $1, $3 }' >"$work/includes"
files '*.[ch]' lib rules filter >"$work/there"
awk -v door='^filter/command/command\.h$' '
    FILENAME ~ /there$/ { there[$1] = 1; next }
    FILENAME ~ /names$/ { if ($1 == "declared") tells[$2] = 1; next }
    {
        folder = $1
        sub(/\/[^\/]*$/, "/", folder)
        top = $1
        sub(/\/.*/, "/", top)
        path = (folder $2) in there ? folder $2 : (top $2) in there ? top $2 : top "mail/" $2
        stem = path
        sub(/\.h$/, "", stem)
        if ($1 == stem ".c") next
        if (index($1, stem "_") == 1 && $1 ~ /\.c$/) family[path]++
        else others[path]++
    }
    END {
        for (path in there) {
            stem = path
            sub(/\.h$/, "", stem)
            if (path !~ /\.h$/ || path ~ /_inside\.h$/ || path ~ door) continue
            if (!((stem ".c") in there) && path in tells)
                print path ": a family'\''s own, and no source of that name: call it _inside.h"
            else if (family[path] && !others[path])
                print path ": read by its family alone: call it _inside.h"
        }
    }' "$work/there" "$work/names" "$work/includes" | sort |
    law "what a family shares inside is X_inside.h"

laws_done
