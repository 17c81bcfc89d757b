#!/usr/bin/env bash
# The AppArmor profile: it can be read, and lets the service do all that it was seen to do, in the places where it is
# once it is installed. Those are put over this machine's for as long as this runs, for itself alone.
set -u
: "${srcdir:?}" "${POSTERN:?}"
. "$srcdir/tests/root.bash"

for tool in apparmor_parser strace postmap; do
    command -v $tool >/dev/null || [ -x /usr/sbin/$tool ] || { echo "1..0 # SKIP no $tool"; exit 0; }
done
if reason=$(root_missing); then
    echo "1..0 # SKIP $reason"
    exit 0
fi
if ! root_run unshare --mount true 2>/dev/null; then
    echo "1..0 # SKIP only for who may mount"
    exit 0
fi
# shellcheck disable=SC2016
PYTHONPATH=$srcdir/tests/wire root_exec unshare --mount --fork bash -c '
    skip() { echo "1..0 # SKIP only for who may mount"; exit 0; }
    mount --make-rprivate / 2>/dev/null && mount -t tmpfs over /mnt 2>/dev/null || skip
    for folder in /etc /usr/sbin /usr/share /var/spool /tmp; do
        name=${folder//\//_}
        mkdir -p "/mnt/$name/upper" "/mnt/$name/work" &&
            mount -t overlay -o "lowerdir=$folder,upperdir=/mnt/$name/upper,workdir=/mnt/$name/work" over "$folder" \
                2>/dev/null || skip
    done
    mount -t tmpfs run /run && chmod 1777 /tmp || skip
    exec python3 -B "$srcdir/tests/install/apparmor.py"'
