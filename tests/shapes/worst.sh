#!/usr/bin/env bash
# Plays each shape as large as the limits let it be, under three policies, and prints those that take
# most CPU and those that take most memory. `make bench-limits` calls it; other work on the machine
# shows in what it prints.
set -u

: "${srcdir:?}" "${builddir:?}"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

for policy in standard submission facts; do
    "$builddir/tests/shapes/shapes" "$srcdir/tests/shapes" time $policy >>"$work/said" || exit 1
done
echo "most CPU:"
sort -k1,1rn "$work/said" | head -n 10
echo "most memory:"
sort -k3,3rn "$work/said" | head -n 10
