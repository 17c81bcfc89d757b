#!/usr/bin/env bash
# usage: run.sh PROGRAM...: prints what things cost, ours and a reference in turns, and fails where
# ours costs too much. Outside of `make check`, since it takes a machine that does nothing else.
set -u

slow=0
said=$(mktemp)
trap 'rm -f "$said"' EXIT

# ratios_of NAME: "WHAT RATIO LEAST MOST" of each that is held, from what the program said. Lookups
# in lmdb among a million logins cost at most twice a bare get for each key that is asked. Looking at
# mail goes at a quarter of the speed of memcpy at least, converting it at a twentieth; with dashes
# and short lines all over it a scan is as quick as a conversion.
ratios_of() {
    case $1 in
    bench_table) sed -n 's/.*, lmdb [^(]*(ratio \([0-9.]*\)).*/lmdb \1 0 2/p' "$said" ;;
    bench_mime)
        sed -n 's/^\([^ ]*\) .*(ratio \([0-9.]*\)).*/\1 \2/p' "$said" |
            awk '{ print $0, $1 == "scan" ? 0.25 : 0.05, 1000 }'
        ;;
    esac
}

# What else this machine does is no cost of ours, so that one run of three is enough.
is_quick() {
    local try

    for try in 1 2 3; do
        "$1" >"$said" || return
        cat "$said"
        ratios_of "${1##*/}" | awk '$2 < $3 || $2 > $4 { print "too slow: " $1; slow++ } END { exit slow > 0 }' &&
            return
    done
    return 1
}

for program in "$@"; do
    is_quick "$program" || slow=1
done
exit $slow
