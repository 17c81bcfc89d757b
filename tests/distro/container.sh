#!/usr/bin/env bash
# What the Containerfile says, done in fresh roots of Debian in the place of images, since a machine that builds images
# isn't everywhere; then what it would start is started, asked, reloaded and ended, as its user.
#
# Outside of `make check`, as run.sh beside it: it needs root, debootstrap and the mirror of this machine's apt.
set -u

srcdir=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
builddir=${builddir:-$srcdir/build/debug}
. "$srcdir/tests/must.bash"
. "$srcdir/tests/distro/roots.bash"
container=$srcdir/contrib/container/Containerfile
suite=$(sed -n 's|^FROM docker.io/library/debian:\([a-z]*\)-slim$|\1|p' "$container")
log=$roots/container.log

# Inside: FROM begins another root over the same lower one, the last of which is what would run.
# shellcheck disable=SC2016
steps='
enter() {
    chroot "$at" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C "$@"
}
begin() {
    stage=$((stage + 1))
    at=/mnt/$stage/root
    mkdir -p "/mnt/$stage/upper" "/mnt/$stage/work" "$at" &&
        mount -t overlay -o "lowerdir=$root,upperdir=/mnt/$stage/upper,workdir=/mnt/$stage/work" root "$at" &&
        mount -t proc proc "$at/proc" && mount --rbind /dev "$at/dev"
}
copy() {
    case $1 in
    --from=*) cp -a "/mnt/$((stage - 1))/root$2/." "$at$3" ;;
    .) git clone -q "$source" "$at$2" ;;
    esac
}
stage=0
while read -r word rest; do
    echo "=== $word $rest"
    case $word in
    FROM) begin ;;
    RUN) enter sh -ec "$rest" ;;
    COPY) copy $rest ;;
    USER) user=$rest ;;
    esac || { echo "=== failed: $word $rest"; exit 1; }
done < <(grep -E "^[A-Z]+ " "$source/contrib/container/Containerfile")
run() {
    enter setpriv --reuid "$user" --regid "$user" --clear-groups --bounding-set=-all /usr/sbin/postern "$@"
}
log=$at/tmp/log
run serve -f >"$log" 2>&1 &
served=$!
sees() {
    local tries

    for tries in $(seq 100); do
        grep -q "$1" "$log" && return
        sleep 0.1
    done
    cat "$log"
    false
}
sees "; generation 1$" && echo "=== serves"
[ -S "$at/run/postern/postern.sock" ] && [ "$(stat -c %U "$at/run/postern/postern.sock")" != root ] &&
    echo "=== listens"
pid=$(pgrep -o -f "^/usr/sbin/postern serve") && kill -HUP "$pid" && sees "; generation 2$" && echo "=== reloads"
[ "$(awk "/^Uid:/ { print \$2 }" "/proc/$pid/status")" != 0 ] && echo "=== is nobody"
run check --no-host && run test && echo "=== tests"
kill "$pid" && wait "$served" && echo "=== ends"
'

built() {
    ! grep -q '^=== failed' "$log"
}

does() {
    grep -qx "=== $1" "$log"
}

must "$suite: there is a fresh one" make_root "$suite" || must_end
must_said=$log
# shellcheck disable=SC2016
unshare --mount --pid --fork --kill-child --mount-proc bash -c '
    root=$1 source=$2
    mount --make-rprivate / && mount -t tmpfs -o size=8g work /mnt || exit
    eval "$3"' bash "$roots/$suite" "$srcdir" "$steps" >"$log" 2>&1
must "what it says can be done" built || must_end
for what in serves listens "is nobody" reloads tests ends; do
    must "it $what" does "$what"
done
must_end
