#!/usr/bin/env bash
# inside.sh ROOT SOURCE HANDED COMMANDS [BOOTED-COMMANDS]: for roots.bash, which says what it does. It has mounts and
# processes of its own.
set -u

root=$1 source=$2 handed=$3

# The root is a mount itself, or no namespace could be made in it.
lay_over() {
    mount --make-rprivate / && mount -t tmpfs -o size=8g work /mnt && mkdir /mnt/upper /mnt/work /mnt/root &&
        mount -t overlay -o "lowerdir=$root,upperdir=/mnt/upper,workdir=/mnt/work" root /mnt/root &&
        git clone -q "$source" /mnt/root/source && mount -t proc proc /mnt/root/proc &&
        mount --rbind /dev /mnt/root/dev || return
    [ -z "$handed" ] || { mkdir /mnt/root/handed && mount --bind "$handed" /mnt/root/handed; }
}

in_chroot() {
    chroot /mnt/root /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME=/root bash -c "$1"
}

# The machine ends when the commands do, with their status.
write_unit() {
    printf '%s\n' "$1" >/mnt/root/inside.bash
    cat >/mnt/root/etc/systemd/system/inside.service <<'END'
[Unit]
Requires=multi-user.target
After=multi-user.target
SuccessAction=exit
FailureAction=exit

[Service]
Type=oneshot
TimeoutStartSec=30min
Environment=HOME=/root LC_ALL=C
ExecStart=bash /inside.bash
StandardOutput=file:/inside.log
StandardError=file:/inside.log
END
}

# A group of processes below this one's own: what systemd takes for the root of all.
take_group() {
    group=/mnt/groups$(sed -n s/^0:://p /proc/self/cgroup)/postern-$$
    mkdir /mnt/groups && mount -t cgroup2 groups /mnt/groups && mkdir "$group"
}

leave_group() {
    find "$group" -depth -type d -exec rmdir {} +
}

own_devices() {
    local name

    mount -t tmpfs -o mode=755 dev dev && mkdir dev/pts dev/shm || return
    for name in null zero full random urandom tty; do
        touch dev/$name && mount --bind /dev/$name dev/$name || return
    done
    ln -s /proc/self/fd dev/fd && ln -s pts/ptmx dev/ptmx && mount -t tmpfs -o mode=1777 shm dev/shm &&
        mount -t devpts -o newinstance,ptmxmode=666,gid=5,mode=620 pts dev/pts
}

# What systemd expects of whoever starts it in a container. All of this machine's mounts go, and
# what the kernel is set to can't be changed from in there.
begin() {
    cd /mnt/root && umount -l dev proc && own_devices && mount -t proc proc proc && mount --bind proc/sys proc/sys &&
        mount -o remount,bind,ro proc/sys && mount -t sysfs -o ro sys sys &&
        mount -t tmpfs -o mode=755 run run && mount -t cgroup2 groups sys/fs/cgroup && mkdir old &&
        pivot_root . old && umount -l old && rmdir old &&
        exec env -i container=other /lib/systemd/systemd --unit=inside.service --log-target=journal
}

boot() (
    echo $BASHPID >"$group/cgroup.procs" || exit
    export -f begin own_devices
    exec unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child bash -c begin
)

lay_over || exit
in_chroot "$4" || exit
[ $# = 5 ] || exit 0
write_unit "$5" && take_group || exit
boot
status=$?
leave_group
cat /mnt/root/inside.log
exit $status
