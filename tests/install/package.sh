#!/usr/bin/env bash
# Debian's package: it is built from what is packed, lintian has nothing to say, its units are well made, and it is
# installed, upgraded and purged where there is none. In the long form two builds in two folders are the same file.
set -u
: "${srcdir:?}" "${builddir:?}"
. "$srcdir/tests/must.bash"

unset MAKEFLAGS MFLAGS MAKELEVEL CFLAGS LDFLAGS
work=$(mktemp -d)
must_said=$work/said
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

for tool in dpkg-buildpackage dh lintian systemd-analyze; do
    command -v $tool >/dev/null || { echo "1..0 # SKIP no $tool"; exit 0; }
done

# build FOLDER
build() {
    mkdir "$work/$1" && make -s -C "$builddir" distdir distdir="$work/$1/postern" >"$must_said" 2>&1 || return
    (cd "$work/$1/postern" && chmod -R u+w . &&
        DEB_BUILD_OPTIONS="nocheck parallel=2" dpkg-buildpackage -us -uc -b -d) >"$must_said" 2>&1
}

package() {
    echo "$work/$1"/postern_*_*.deb
}

lintian_is_silent() {
    lintian --fail-on error,warning --allow-root "$work"/first/postern_*.changes >"$must_said" 2>&1
}

has_files() {
    dpkg-deb -c "$(package first)" >"$must_said"
    for path in etc/postern/postern.conf usr/sbin/postern lib/systemd/system/postern.service \
        usr/share/man/man8/postern.8.gz usr/share/postern/policies/submission.rules \
        usr/share/bash-completion/completions/postern usr/lib/sysusers.d/postern.conf; do
        grep -q "/$path\$" "$must_said" || { echo "lacks $path" >>"$must_said"; return 1; }
    done
    ! grep -E '^-[^ ]*s' "$must_said"
}

keeps_conffile() {
    dpkg-deb -I "$(package first)" conffiles >"$must_said" && grep -qx /etc/postern/postern.conf "$must_said"
}

# The exposure that systemd itself counts, 0 to 10.
is_shut_in() {
    local unit

    unit=$(find "$work/first/postern/debian/postern" -name postern.service)
    systemd-analyze security --offline=true --no-pager "$unit" >"$must_said" 2>&1
    awk '/Overall exposure level/ { for (i = 1; i <= NF; i++) if ($i ~ /^[0-9.]+$/) exit !($i <= 1.5) }' "$must_said"
}

# What isn't installed here, programs and manuals, is left aside.
is_a_unit() {
    local unit

    for unit in $(find "$work/first/postern/debian/postern" -name 'postern*.service'); do
        systemd-analyze verify "$unit" 2>&1
    done | grep -vE "is not executable|Command 'man " >"$must_said"
    [ ! -s "$must_said" ]
}

same_again() {
    build second && cmp "$(package first)" "$(package second)" >"$must_said" 2>&1
}

quiet_dpkg() {
    dpkg "$@" >"$must_said" 2>&1
}

is_installed() {
    postern --version >"$must_said" 2>&1 && getent passwd postern >>"$must_said" &&
        postern check --no-host >>"$must_said" 2>&1 && postern test -q >>"$must_said" 2>&1 &&
        if [ -d /var/spool/postfix ] && getent group postfix >/dev/null; then
            stat -c '%a %U %G' /var/spool/postfix/postern >>"$must_said"
            grep -qx '2750 postern postfix' "$must_said"
        fi
}

# An edited policy stays at an upgrade, and at a removal.
keeps_edits() {
    echo 'set drain-time 21s' >>/etc/postern/postern.conf
    quiet_dpkg --force-confdef --force-confold -i "$(package first)" && grep -q 21s /etc/postern/postern.conf &&
        quiet_dpkg -r postern && grep -q 21s /etc/postern/postern.conf && [ ! -e /usr/sbin/postern ]
}

purges() {
    quiet_dpkg -P postern && [ ! -e /etc/postern ] && [ ! -e /var/spool/postfix/postern ]
}

# No service is started by what is installed meanwhile.
without_services() {
    local hook=/usr/sbin/policy-rc.d made=

    [ -e $hook ] || { printf '#!/bin/sh\nexit 101\n' >$hook && chmod 755 $hook && made=yes; }
    must "it is installed" quiet_dpkg -i "$(package first)"
    must "what is installed works" is_installed
    must "an edited policy stays at an upgrade and at a removal" keeps_edits
    must "a purge leaves nothing" purges
    [ -z "$made" ] || rm -f $hook
}

must "the package is built" build first
must "lintian has nothing to say" lintian_is_silent
must "it has what belongs into it" has_files
must "the policy is a file of the administrator's" keeps_conffile
must "its units are well made" is_a_unit
must "its service is shut in" is_shut_in
if [ "${POSTERN_LONG:-0}" = 1 ]; then
    must "a build in another folder is the same file" same_again
fi
if [ "${POSTERN_REQUIRE_ALL:-0}" = 1 ] && [ "$(id -u)" = 0 ] && ! dpkg -s postern >/dev/null 2>&1; then
    without_services
fi
must_end
