# For the lints to read in: what a law is, and the sources as they are looked at.

srcdir=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd) || exit 1
cd "$srcdir" || exit 1
export LC_ALL=C
shopt -s lastpipe # law, at the end of a pipe, counts in this shell

laws=0
broken=0

# law TEXT: standard input names what breaks it, a line each ("file:line: what").
law() {
    local found

    found=$(cat)
    laws=$((laws + 1))
    if [ -z "$found" ]; then
        printf 'ok %d - %s\n' "$laws" "$1"
    else
        printf 'not ok %d - %s\n' "$laws" "$1"
        printf '%s\n' "$found" | sed 's/^/#   /'
        broken=$((broken + 1))
    fi
}

# law_skipped TEXT REASON
law_skipped() {
    laws=$((laws + 1))
    printf 'ok %d - %s # SKIP %s\n' "$laws" "$1" "$2"
}

laws_done() {
    printf '1..%d\n' "$laws"
    [ "$broken" -eq 0 ]
    exit
}

# files PATTERN FOLDER...: sorted, of folders that are there.
files() {
    local pattern=$1 folder there=()

    shift
    for folder in "$@"; do
        [ -d "$folder" ] && there+=("$folder")
    done
    [ ${#there[@]} -eq 0 ] || find "${there[@]}" -type f -name "$pattern" | sort
}

# The product's sources, and with the tests' own.
product_sources() {
    files '*.[ch]' include lib rules filter
}

all_sources() {
    files '*.[ch]' include lib rules filter doc tests
}

# Reads names of C files; prints file:line:code, without comments and without what is in quotes.
code_of() {
    xargs -r awk -f "$srcdir/tests/lint/code.awk"
}

# Reads names of C files; prints file:line:header, system headers as <header>.
includes_of() {
    xargs -r awk '
        /^[ \t]*#[ \t]*include/ {
            header = $0
            sub(/^[ \t]*#[ \t]*include[ \t]*/, "", header)
            sub(/[ \t]*(\/[*\/].*)?$/, "", header)
            gsub(/"/, "", header)
            print FILENAME ":" FNR ":" header
        }'
}
