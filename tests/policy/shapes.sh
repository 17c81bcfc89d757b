#!/usr/bin/env bash
# What a message costs grows as the message does, judged by counting: shapes of messages (tests/shapes)
# are played empty, at some size and at twice that, under callgrind. Beyond what the empty one costs,
# twice the size may take 2.2 times the instructions, and 2.2 times the memory, at most. A few shapes
# of each family; with POSTERN_LONG=1 all of them, and larger.
set -u

: "${srcdir:?}" "${builddir:?}"
few="names-colliding from-hidden from-group from-comment-nest from-labels
    to-many words-utf-8-b words-broken pieces parameters parts-named nested nested-deep boundaries-near
    body-8bit 8bit-subject mail-parameters recipients"
octets=3000
if [ "${POSTERN_LONG:-0}" = 1 ]; then
    few=
    octets=8000
fi

if ! command -v valgrind >/dev/null || [ ! -e /usr/include/valgrind/callgrind.h ]; then
    echo "1..0 # SKIP valgrind isn't installed"
    exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
if ! make -s -C "$builddir" tests/shapes/shapes >"$work/made" 2>&1; then
    cat "$work/made"
    echo "Bail out! tests/shapes/shapes can't be built"
    exit 1
fi

# count POLICY: leaves what the program says in $work/POLICY, and its complaints beside it.
count() {
    # shellcheck disable=SC2086
    SHAPES_DUMPS="$work/dump.$1" valgrind -q --tool=callgrind --dump-line=no \
        --callgrind-out-file="$work/dump.$1" "$builddir/tests/shapes/shapes" \
        "$srcdir/tests/shapes" count "$1" $octets $few >"$work/$1" 2>"$work/$1.errors" ||
        echo "$1 broke - - - down" >>"$work/$1"
}

# One line of TAP for each shape. Less than these says nothing: a block of an arena of each kind, and
# what tables of hashes and buffers take when they grow.
judge() {
    awk '
        BEGIN { most = 2.2; few_instructions = 200000; few_octets = 512 * 1024 }
        function grew(of, slack) { return of[3] - of[1] <= most * (of[2] - of[1]) + slack }
        {
            instructions[++lines] = $4
            memory[lines] = $5
            if ($6 == "" && lines < 3)
                next
            good = $6 == "" && grew(instructions, few_instructions) && grew(memory, few_octets)
            printf "%s %d - %s: %s\n", good ? "ok" : "not ok", ++count, $1, $2
            if (!good)
                for (i = 1; i <= 3; i++)
                    printf "#   %.0f instructions, %.0f octets\n", instructions[i], memory[i]
            failed += !good
            lines = 0
        }
        END {
            print "1.." count
            exit failed > 0
        }' "$@"
}

for policy in standard submission facts; do
    count $policy &
done
wait
judge "$work"/{standard,submission,facts}
status=$?
cat "$work"/*.errors | grep -v 'Using source line as position' | sed 's/^/# /'
exit $status
