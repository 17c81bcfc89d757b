#!/usr/bin/env bash
# usage: run.sh [SUITE...]: what the README promises, on a fresh Debian of each (bookworm, trixie):
# ./bootstrap try and ./bootstrap check pass for a user with sudo, check passes for root, and for root
# who may neither mount nor make namespaces; no service is started. What is tested is the last commit,
# as a clone without anything beside it.
#
# Outside of `make check`: it needs root, debootstrap and the mirror of this machine's apt, and takes
# half an hour. Fresh roots are kept in $POSTERN_ROOTS (builddir/tests/distro), their logs beside them.
set -u

srcdir=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
builddir=${builddir:-$srcdir/build/debug}
. "$srcdir/tests/must.bash"
. "$srcdir/tests/distro/roots.bash"
[ $# -gt 0 ] || set -- bookworm trixie

# What a newcomer does; a line "=== WHAT STATUS LAST-LINE" after each step.
steps='
step() {
    what=$1
    shift
    "$@" 2>&1 | tee /tmp/said
    echo "=== $what ${PIPESTATUS[0]} $(tail -n 1 /tmp/said)"
}
as_stranger() {
    su stranger -c "cd /home/stranger/postern && $*"
}
printf "127.0.0.1 localhost\n127.0.1.1 %s\n" "$(hostname)" >/etc/hosts
useradd -m -s /bin/bash stranger
echo "stranger ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/stranger
cp -r /source /home/stranger/postern
chown -R stranger /home/stranger/postern
step try as_stranger ./bootstrap try
step user as_stranger ./bootstrap check
cp -r /source /root/postern && cd /root/postern || exit
step root ./bootstrap check
step bounded setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin ./bootstrap check
step services sh -c "! grep -lx master /proc/[0-9]*/comm && ! ls /usr/sbin/policy-rc.d"
'

# ended WHAT [LAST-LINE]: as well as it should.
ended() {
    grep -q "^=== $1 0 ${2-}" "$log"
}

for suite in "$@"; do
    log=$roots/$suite.log
    must "$suite: there is a fresh one" make_root "$suite" || continue
    in_root "$suite" "$steps" >"$log" 2>&1
    must "$suite: a user with sudo tries it" ended try
    for who in user root bounded; do
        must "$suite: check passes for $who" ended $who '[1-9][0-9]* passed, 0 failed$'
    done
    must "$suite: who may not mount is told so" grep -q 'who may mount$' "$log"
    must "$suite: no service runs" ended services
done
must_end
