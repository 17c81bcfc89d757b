# For scripts to read in: their assertions as TAP. Who has a file of what was said names it in
# must_said, and its end is shown where one fails.

tests=0
failed=0

# must TEXT COMMAND...: false when that failed.
must() {
    local text=$1

    shift
    tests=$((tests + 1))
    if "$@"; then
        echo "ok $tests - $text"
        return
    fi
    echo "not ok $tests - $text"
    failed=$((failed + 1))
    [ -z "${must_said-}" ] || tail -n 40 "$must_said" | sed 's/^/#   /'
    return 1
}

# must_end: the end of the script.
must_end() {
    echo "1..$tests"
    [ "$failed" = 0 ]
    exit
}
