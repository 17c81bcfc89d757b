#!/usr/bin/env bash
# The runner of the tests counts what went well, and sees whatever went wrong.
. "${srcdir:-$(dirname "$0")/../..}/tests/lint/law.bash"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
runner=$srcdir/tests/run
export srcdir=$work builddir=$work

# A tree with one test, whose script comes on standard input.
mkdir -p "$work/tests/wire"

# counts EXPECTED WHAT [REQUIRED]
counts() {
    local expected=$1 what=$2 got status

    export POSTERN_REQUIRE_ALL=${3:-0}
    { echo '#!/bin/bash' && cat; } >"$work/tests/wire/one.sh"
    bash "$runner" wire/one >"$work/said" 2>&1
    status=$?
    got="$(tail -n 1 "$work/said"), status $status"
    [ "$got" = "$expected" ] || echo "$what: $got, not $expected"
}

laws_of_the_runner() {
    counts "2 passed, 0 failed, status 0" "two that pass" \
        <<<'echo "ok 1 - a"; echo "ok 2 - b"; echo 1..2'
    counts "1 passed, 1 failed, status 1" "one that fails" \
        <<<'echo "ok 1"; echo "not ok 2 - b"; echo 1..2; exit 1'
    counts "0 passed, 1 failed, status 1" "no word" <<<':'
    counts "1 passed, 1 failed, status 1" "no plan" <<<'echo "ok 1 - a"'
    counts "1 passed, 1 failed, status 1" "fewer than planned" <<<'echo 1..3; echo "ok 1 - a"'
    counts "1 passed, 1 failed, status 1" "a bad end" <<<'echo "ok 1 - a"; echo 1..1; exit 3'
    counts "1 passed, 1 failed, status 1" "a crash" <<<'echo "ok 1 - a"; echo 1..1; kill -SEGV $$'
    counts "0 passed, 0 failed, status 1" "all skipped" <<<'echo "1..0 # SKIP no MTA"'
    counts "0 passed, 1 failed, status 1" "skipped, but required" 1 <<<'echo "1..0 # SKIP no MTA"'
    counts "1 passed, 0 failed, status 0" "one skipped" \
        <<<'echo "ok 1 - a"; echo "ok 2 - b # SKIP"; echo 1..2'
    counts "1 passed, 1 failed, status 1" "one skipped, but required" 1 \
        <<<'echo "ok 1 - a"; echo "ok 2 - b # SKIP"; echo 1..2'
}

laws_of_the_runner | law "what tests say is counted, whatever they say"

# What one test leaves out stands at the end, a line for each reason, before the sums.
names_what_is_skipped() {
    cat >"$work/expected" <<'END'
skipped:
    wire/one: b: no disk
    wire/one: 2 tests: no MTA
    wire/two: no root
4 skipped
1 passed, 0 failed
END
    cat >"$work/tests/wire/one.sh" <<'END'
echo "ok 1 - a"; echo "ok 2 - b # SKIP no disk"; echo "ok 3 - c # SKIP no MTA"
echo "ok 4 - d # SKIP no MTA"; echo 1..4
END
    echo 'echo "1..0 # SKIP no root"' >"$work/tests/wire/two.sh"
    POSTERN_REQUIRE_ALL=0 bash "$runner" wire/one wire/two 2>&1 | sed -n '/^skipped:/,$p' |
        diff "$work/expected" -
}

names_what_is_skipped | law "what was skipped, and why, stands at the end"

rm -r "$work/tests/wire"
POSTERN_REQUIRE_ALL=1 bash "$runner" 2>&1 |
    grep -cE '^FAILED +(mta|wire|install|language|policy|lint|unit)/run' |
    sed '/^7$/d; s/$/ kinds of 7 were missed/' |
        law "where all are required, no kind of test may be missing"

laws_done
