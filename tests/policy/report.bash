# For scripts to read in, which try the program's commands in a folder of their own: `out` and `err`
# are what one said, `wanted` may be what it should.

postern=${POSTERN:?POSTERN must name the program}
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
srcdir=$(cd "$srcdir" && pwd)
cd "$scratch" || exit 1
number=0
failed=0

report() { # OK NAME
    number=$((number + 1))
    if (($1)); then
        echo "ok $number - $2"
        return
    fi
    failed=$((failed + 1))
    echo "not ok $number - $2"
    sed 's/^/#   /' wanted out err 2>/dev/null
}
