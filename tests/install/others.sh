#!/usr/bin/env bash
# What is there for systems other than Debian (contrib): a spec of RPM, an APKBUILD, a Containerfile, scripts of OpenRC
# and of FreeBSD's rc. Each can be read, and agrees with what the rest of the tree says. In the long form the packages
# are built, from what is packed; what the Containerfile does, tests/distro tries.
set -u
: "${srcdir:?}" "${builddir:?}" "${POSTERN:?}"
. "$srcdir/tests/must.bash"

unset MAKEFLAGS MFLAGS MAKELEVEL CFLAGS LDFLAGS
program=$POSTERN # what is built here is tried by its own tests
unset POSTERN
work=$(mktemp -d)
must_said=$work/said
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
spec=$srcdir/contrib/rpm/postern.spec
container=$srcdir/contrib/container/Containerfile
version=$(sed -n 's/^AC_INIT(\[postern\], \[\(.*\)\])$/\1/p' "$srcdir/configure.ac")

quietly() {
    "$@" >"$must_said" 2>&1
}

# must_with TOOL TEXT COMMAND...
must_with() {
    local tool=$1

    shift
    command -v "$tool" >/dev/null && { must "$@" || :; } && return
    tests=$((tests + 1))
    echo "ok $tests - $1 # SKIP no $tool"
}

spec_is_read() {
    rpmspec -P "$spec" >"$must_said" 2>&1 && grep -qx "Version: *$version" "$must_said"
}

# In a shell of its own, since it sets what it likes.
apkbuild_says() {
    sh -euc ". '$srcdir/contrib/alpine/APKBUILD' && type build check package && echo \"\$pkgname \$pkgver\"" \
        >"$must_said" 2>&1 && grep -qx "postern $version" "$must_said"
}

# Its own words: what abuild and OpenRC have besides is theirs.
scripts_are_read() {
    local script

    for script in contrib/alpine/{APKBUILD,postern.initd,postern.pre-install} contrib/freebsd/postern; do
        sh -n "$srcdir/$script" >"$must_said" 2>&1 || return
    done
}

# What rc.subr(8) does with the variables of a script, as far as this one needs it.
make_rc() {
    cat >"$work/rc.subr" <<'END'
load_rc_config() {
    postern_policy=$RC_POLICY
}
run_rc_command() {
    case $1 in
    start) $start_precmd && echo "$command $command_args" ;;
    reload) $reload_precmd && echo "HUP to $procname of $pidfile" ;;
    checkpolicy) $checkpolicy_cmd ;;
    esac
}
END
    sed "s|/etc/rc\.subr|$work/rc.subr|; s|/usr/local/sbin/postern|$program|" "$srcdir/contrib/freebsd/postern" \
        >"$work/rc"
    printf 'set socket "inet:18000@127.0.0.1"\nrule a reject\n' >"$work/good.conf"
    echo 'rule rule' >"$work/bad.conf"
}

# rc POLICY WORD
rc() {
    RC_POLICY=$work/$1.conf sh -eu "$work/rc" "$2" >"$must_said" 2>&1
}

rc_serves() {
    rc good start &&
        grep -qxF "/usr/sbin/daemon -f -p /var/run/postern.pid $program serve -c $work/good.conf " "$must_said" &&
        rc good reload && grep -qxF "HUP to $program of /var/run/postern.pid" "$must_said" && rc good checkpolicy
}

rc_minds_the_policy() {
    ! rc bad start && ! rc bad reload && ! rc bad checkpolicy && ! grep HUP "$must_said"
}

# The words behind "install" of the first or second call of apt-get.
container_installs() {
    sed -n 's/.*--no-install-recommends \([^&]*\).*/\1/p' "$container" | sed -n "$1p" | tr ' ' '\n' | grep . | sort
}

container_builds_what_bootstrap_does() {
    sed -n '/^to_build="/,/"$/p' "$srcdir/bootstrap" | sed 's/to_build=//; s/"//g' | tr ' ' '\n' | grep . |
        grep -v '^publicsuffix$' | sort | diff - <(container_installs 1) >"$must_said"
}

# It is nobody's root, and has no instruction but those that tests/distro knows.
container_is_plain() {
    ! grep -vE '^(#|$|(FROM|RUN|COPY|USER|VOLUME|ENTRYPOINT|CMD) )' "$container" >"$must_said" &&
        [ "$(grep '^USER' "$container" | tail -n 1)" = "USER postern" ] && grep -q '^VOLUME' "$container" &&
        grep -qxF 'CMD ["serve", "-f"]' "$container"
}

unpack_dist() {
    make -s -C "$builddir" distdir distdir="$work/postern-$version" && chmod -R u+w "$work/postern-$version"
}

rpm_is_built() {
    mkdir -p "$work/rpm/SOURCES" &&
        tar -C "$work" -cJf "$work/rpm/SOURCES/postern-$version.tar.xz" "postern-$version" &&
        rpmbuild -bb --nodeps --define "_topdir $work/rpm" "$spec"
}

# It says what it has, and of whom.
rpm_has_all() {
    local package

    package=$(find "$work/rpm/RPMS" -name 'postern-[0-9]*.rpm')
    rpm -qpl "$package" >"$must_said" 2>&1 || return
    for path in /usr/sbin/postern /usr/share/man/man8/postern.8 /usr/share/postern/policies/submission.rules \
        /etc/postern/postern.conf /usr/lib/systemd/system/postern.service; do
        grep -q "^$path" "$must_said" || { echo "lacks $path" >>"$must_said"; return 1; }
    done
    [ "$(rpm -qpc "$package" 2>/dev/null)" = /etc/postern/postern.conf ] &&
        mkdir "$work/unpacked" && (cd "$work/unpacked" && rpm2cpio "$package" | cpio -idm 2>/dev/null) &&
        "$work/unpacked/usr/sbin/postern" --version | grep -qx "postern $version"
}

apk_is_built() {
    (
        export srcdir=$work pkgdir=$work/apk
        cp contrib/alpine/postern.initd "$work"
        cd "$work/postern-$version" && sh -euc '. ./contrib/alpine/APKBUILD && build && check && package'
    ) >"$must_said" 2>&1
}

apk_has_all() {
    (cd "$work/apk" && ls usr/sbin/postern etc/init.d/postern etc/postern/postern.conf \
        usr/share/postern/policies/standard.rules usr/share/man/man5/postern.conf.5) >"$must_said" 2>&1
}

cd "$srcdir" || exit
must_with rpmspec "the spec can be read, and is of this version" spec_is_read
must "the APKBUILD can be read, and is of this version" apkbuild_says
must "scripts can be read" scripts_are_read
make_rc
must "FreeBSD's script starts the service, and reloads it" rc_serves
must "and does neither with a policy that is wrong" rc_minds_the_policy
must "the Containerfile installs what bootstrap does" container_builds_what_bootstrap_does
must "it is plain, and not root's" container_is_plain
if [ "${POSTERN_LONG:-0}" = 1 ]; then
    must "what is packed is unpacked" quietly unpack_dist || must_end
    must_with rpmbuild "the RPM is built" quietly rpm_is_built
    must_with rpmbuild "it has what belongs into it" rpm_has_all
    must "the APKBUILD builds, checks and packs" apk_is_built
    must "what it packs is there" apk_has_all
fi
must_end
