#!/usr/bin/env bash
# usage: package.sh [SUITE...]: Debian's package on a fresh Debian of each (bookworm, trixie). It is built of the last
# commit, in two folders, and of an earlier one; where nothing was built and systemd runs, debian/tests install it
# behind a chrooted Postfix, use, upgrade, remove and purge it. What they saw is printed.
#
# Outside of `make check`: it needs root, debootstrap, the mirror of this machine's apt and a kernel that lets systemd
# run in namespaces, and takes a quarter of an hour for each. Roots and logs lie where run.sh has them.
# POSTERN_EARLIER names the earlier commit, if not the first one that has debian/tests.
set -u

srcdir=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
builddir=${builddir:-$srcdir/build/debug}
. "$srcdir/tests/must.bash"
. "$srcdir/tests/distro/roots.bash"
[ $# -gt 0 ] || set -- bookworm trixie
commit=$(git -C "$srcdir" rev-parse --short HEAD) || exit
earlier=${POSTERN_EARLIER:-$(git -C "$srcdir" log --diff-filter=A --format=%h -- debian/tests/control | tail -n 1)}
handed=$(mktemp -d)
trap 'rm -rf "$handed"' EXIT

# A line "=== WHAT" after each step that went well.
building='
step() {
    what=$1
    shift
    "$@" && echo "=== $what"
}
prepare() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update && apt-get -qy --no-install-recommends install build-essential lintian &&
        apt-get -qy --no-install-recommends build-dep /source
}
unpack() {
    mkdir "/$1" && git -C /source archive --prefix=postern/ "$2" | tar -xC "/$1"
}
build() {
    (cd "/$1/postern" && dpkg-buildpackage -us -uc -b)
}
# It says so in its number, and its policy is another one, so that dpkg has to choose.
age() {
    cd /earlier/postern && sed -i "1s/)/~earlier)/" debian/changelog && echo "# As it was." >>doc/postern.conf.in
}
is_same() {
    local package

    for package in /first/*.deb; do
        cmp "$package" "/second/${package##*/}" || return
    done
}
step prepared prepare || exit
export DEB_BUILD_OPTIONS="parallel=$(nproc)"
step built eval "unpack first '$commit' && build first" || exit
step lintian lintian --fail-on error,warning --allow-root /first/*.changes
DEB_BUILD_OPTIONS="$DEB_BUILD_OPTIONS nocheck"
step same eval "unpack second '$commit' && build second && is_same"
DEB_BUILD_OPTIONS="$DEB_BUILD_OPTIONS noopt"
step earlier eval "unpack earlier '$earlier' && age && build earlier"
cp /first/postern_*.deb /handed/new.deb && cp /earlier/postern_*.deb /handed/earlier.deb
'

# Nothing is fetched once there is no network, so all that the tests may want is there.
furnishing='
hook=/usr/sbin/policy-rc.d
export DEBIAN_FRONTEND=noninteractive
printf "#!/bin/sh\nexit 101\n" >$hook && chmod 755 $hook || exit
echo mail.example.com >/etc/hostname
printf "127.0.0.1 localhost\n127.0.1.1 mail.example.com mail\n" >/etc/hosts
debconf-set-selections <<END
postfix postfix/main_mailer_type select Internet Site
postfix postfix/mailname string example.com
END
apt-get -q update && apt-get -qy --no-install-recommends install systemd-sysv autopkgtest dpkg-dev \
    $(sed -n "s/^Depends: @//p" /source/debian/tests/control | tr -d ,) &&
    apt-get -qy --no-install-recommends --download-only install /handed/new.deb && rm $hook
'

telling='
echo "#   Debian $(cat /etc/debian_version), $(systemctl --version | head -n 1), Postfix $(postconf -h mail_version)"
cd /tmp && autopkgtest --ignore-restrictions=isolation-container --env=POSTERN_EARLIER=/handed/earlier.deb \
    /handed/new.deb /source -- null
'

# What the story said, beside what must be.
is_told() {
    in_root "$1" "$furnishing" "$telling" >"$log.tests" 2>&1
    sed -nE 's/^#   /#       /p
        s/^(ok|not ok) [0-9]+ - /#     \1: /p
        s/^autopkgtest .*: test ([a-z]+): \[-+$/#   \1/p' "$log.tests"
    cat "$log.tests" >>"$log"
    grep -q '^autopkgtest.* summary$' "$log"
}

ended() {
    grep -q "^=== $1\$" "$log"
}

for suite in "$@"; do
    log=$roots/$suite-package.log
    must "$suite: there is a fresh one" make_root "$suite" || continue
    in_root "$suite" "$building" >"$log" 2>&1
    must "$suite: the package is built of $commit, with what it needs" ended built
    must "$suite: lintian has nothing to say" ended lintian
    must "$suite: a build in another folder is the same file" ended same
    must "$suite: an earlier one is built of $earlier" ended earlier || continue
    must "$suite: systemd runs, and the tests of the package" is_told "$suite"
    for name in $(sed -n 's/^Tests: //p' "$srcdir/debian/tests/control"); do
        must "$suite: debian/tests/$name" grep -q "^$name  *PASS" "$log"
    done
    rm -f "$log.tests" "$handed"/*
done
must_end
