#!/usr/bin/env bash
# A clone with nothing beside it, as others run its tests: a user with sudo, a user without, and root
# who may not mount. What passes for us passes for them, or is skipped and named. They get what is
# built, and some of the tests. Neither the user nor his clone is ever seen by this machine.
set -u
: "${srcdir:?}" "${builddir:?}"
. "$srcdir/tests/must.bash"
. "$srcdir/tests/root.bash"

if reason=$(root_missing); then
    echo "1..0 # SKIP $reason"
    exit 0
fi
for program in sudo setpriv git; do
    if ! command -v $program >/dev/null; then
        echo "1..0 # SKIP $program is not installed"
        exit 0
    fi
done
if ! root_run unshare --mount true 2>/dev/null; then
    echo "1..0 # SKIP this needs root, who may mount"
    exit 0
fi
if [ "${1-}" != --alone ]; then
    root_exec unshare --mount bash "$srcdir/tests/install/stranger.sh" --alone
fi

work=$(mktemp -d)
must_said=$work/said
trap 'umount -q "$work/build" /etc; rm -rf "$work"' EXIT
chmod 755 "$work"

# The user stands in an /etc that no other process has.
make_user() {
    mount --make-rprivate / && cp -a /etc "$work/etc" && mount --bind "$work/etc" /etc || return
    echo "stranger:x:54321:54321::$work/home:/bin/bash" >>/etc/passwd
    echo "stranger:*:19000::::::" >>/etc/shadow
    echo "stranger:x:54321:" >>/etc/group
    mkdir -p /etc/sudoers.d
    echo "stranger ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/stranger
    mkdir -m 700 "$work/home"
}

# The sources as a clone would have them, and the programs from wherever they were built.
make_clone() {
    local mine=$work/home/build

    mkdir -p "$work/home/postern" "$mine/tests" "$work/build" &&
        git -C "$srcdir" -c safe.directory='*' ls-files -z |
        tar -C "$srcdir" -c --null -T - --ignore-failed-read 2>/dev/null |
            tar -C "$work/home/postern" -x --no-same-owner &&
        mount --bind "$builddir" "$work/build" &&
        ln -s "$work/build/postern" "$mine/postern" &&
        ln -s "$work"/build/tests/{unit,policy} "$mine/tests" &&
        chown -R stranger:stranger "$work/home"
}

# tests_of NAME...: in the environment of somebody who has just come.
tests_of() {
    echo env -i "PATH=$PATH" "HOME=$work/home" "srcdir=$work/home/postern" \
        "builddir=$work/home/build" bash "$work/home/postern/tests/run" "$@"
}

as_user() {
    setpriv --reuid stranger --regid stranger --clear-groups $(tests_of "$@") >"$work/said" 2>&1
}

as_bounded_root() {
    setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin $(tests_of "$@") >"$work/said" 2>&1
}

# names REGEX: at the end, among what was skipped.
names() {
    sed -n '/^skipped:$/,$p' "$work/said" | grep -qE "^    $1"
}

counts() {
    tail -n 1 "$work/said" | grep -qE '^[1-9][0-9]* passed, 0 failed$'
}

make_user && make_clone || exit 1

must "a user with sudo" as_user unit/test_spool unit/test_corpus_idn policy/downgrade_corpora \
    wire/privileges mta/resend mta/postfix_sessions mta/sendmail_sessions
must "his tests are counted" counts
must "what needs root is tested" eval '! names ".*needs root"'
must "what isn't in the clone is named" names 'mta/sendmail_sessions: .*check --all'

must "root who may not mount" as_bounded_root unit/test_spool wire/privileges mta/resend \
    mta/postfix_sessions mta/sendmail_sessions
must "his tests are counted" counts
must "a full disk can't be made, and is named" names 'mta/resend: a full disk: .*may mount$'
must "and Sendmail's namespaces" names 'mta/sendmail_sessions: .*may make namespaces'

rm /etc/sudoers.d/stranger
chown -R stranger:stranger "$work/home/build/tests"
must "a user without sudo" as_user unit/test_spool wire/privileges mta/resend mta/postfix_sessions \
    mta/postfix_try
must "his tests are counted" counts
must "what needs root is named" eval 'names "mta/postfix_try: .*root" && names "wire/privileges: .*root"'
must_end
