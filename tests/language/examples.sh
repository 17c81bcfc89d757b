#!/usr/bin/env bash
# The examples of postern.conf(5): each is checked without a word of complaint, passes the tests in it, and
# stands in the page as it was tested.
set -u
: "${srcdir:=.}" "${POSTERN:?the program to be tested}"
POSTERN=$(realpath "$POSTERN")
page=$(realpath "$srcdir/doc/postern.conf.5.in")
built=$(realpath "${builddir:-$srcdir/build}")/doc/postern.conf.5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
failed=0

report() { # OK? TEXT; what was said comes on standard input
    count=$((count + 1))
    if [ "$1" = 0 ]; then
        echo "ok $count - $2"
    else
        echo "not ok $count - $2"
        sed 's/^/# /'
        failed=$((failed + 1))
    fi
}

cd "$srcdir/doc/examples" || exit 1
for file in *.rules; do
    said=$("$POSTERN" check -c "$file" 2>&1)
    status=$?
    [ "$status" = 0 ] && [ "$(wc -l <<<"$said")" = 1 ]
    report $? "$file is fine" <<<"$said"
    said=$("$POSTERN" test -c "$file" 2>&1)
    status=$?
    [ "$status" = 0 ] && grep -q '^ok' <<<"$said"
    report $? "$file passes its tests" <<<"$said"
    [ "$(grep -c "^\.\\\\\" @example $file@\$" "$page")" = 1 ]
    report $? "$file stands in the manual once" <<<""
done

marks=$(grep -c '^\.\\" @example ' "$page")
[ "$marks" -ge 10 ] && [ "$marks" = "$(ls -- *.rules | wc -l)" ]
report $? "the manual has ten examples or more, and no other than these" <<<"$marks in the manual"

# The page is set as it would be shown; its text is indented by five.
if [ -e "$built" ] && command -v mandoc >/dev/null; then
    mandoc -T utf8 "$built" | sed 's/^     //' >"$work/shown"
    cat -- *.rules | grep . | grep -vxF -f "$work/shown" >"$work/missing"
    ! [ -s "$work/missing" ]
    report $? "the page shows them to the letter" <"$work/missing"
else
    count=$((count + 1))
    echo "ok $count - the page shows them to the letter # SKIP no page was built, or no mandoc"
fi
echo "1..$count"
[ "$failed" = 0 ]
