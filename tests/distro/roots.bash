# For scripts to read in: fresh roots of Debian, one for each suite, kept in $roots, and what is done in one. Nothing
# stays of that but what it leaves in /handed. Needs root and debootstrap.

roots=${POSTERN_ROOTS:-$builddir/tests/distro}
inside=

mirror() {
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' \
        'Origin: Debian' 'Label: Debian' | head -n 1
}

# make_root SUITE: begun anew where it wasn't finished.
make_root() {
    [ ! -e "$roots/$1.made" ] || return 0
    mkdir -p "$roots" && rm -rf "${roots:?}/$1"
    debootstrap --variant=minbase --include=ca-certificates,git,sudo "$1" "$roots/$1" "$(mirror)" \
        >"$roots/$1.log" 2>&1 && touch "$roots/$1.made"
}

# in_root SUITE COMMANDS [BOOTED-COMMANDS]: this machine's mounts and processes aren't seen in there. The last commit
# lies in /source, as a clone without anything beside it; the folder $handed, where one is named, is /handed. Commands
# have this machine's network. Then, where there are more, systemd runs, with all services that it starts, and a
# network of its own, which is loopback alone.
in_root() {
    unshare --mount --pid --fork --kill-child bash "$srcdir/tests/distro/inside.sh" \
        "$roots/$1" "$srcdir" "${handed-}" "${@:2}" &
    inside=$!
    wait $inside
    set -- $?
    inside=
    return "$1"
}

# Who is interrupted takes along whatever runs in there, which hears no other signal.
trap '[ -z "$inside" ] || kill -KILL "$inside"; exit 130' INT TERM
