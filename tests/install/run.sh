#!/usr/bin/env bash
# What is packed builds elsewhere, optimized and hardened, and what is installed works.
set -u
: "${srcdir:?}" "${builddir:?}"
. "$srcdir/tests/must.bash"

unset MAKEFLAGS MFLAGS MAKELEVEL POSTERN_REQUIRE_ALL CFLAGS
work=$(mktemp -d)
must_said=$work/said
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

# Keeps what the command said.
quietly() {
    "$@" >"$must_said" 2>&1
}

says_nothing() {
    "$@" >"$work/out" 2>&1
    local status=$?

    cat "$work/out"
    [ $status -eq 0 ] && [ ! -s "$work/out" ]
}


unpack_dist() {
    make -s -C "$builddir" distdir distdir="$work/source" && chmod -R a-w "$work/source"
}

configure_elsewhere() {
    mkdir "$work/build" && cd "$work/build" &&
        "$work/source/configure" -q --prefix="$work/root" --runstatedir="$work/run"
}

quiet_make() {
    says_nothing make -s -C "$work/build" -j2 V=1
}

# Said by the linker and the program headers themselves.
is_hardened() {
    readelf -hldW "$work/build/postern" >"$work/elf" || return
    grep -E 'Type: *DYN' "$work/elf" && grep GNU_RELRO "$work/elf" &&
        grep -E 'BIND_NOW|NOW' "$work/elf" &&
        grep -E 'GNU_STACK.* RW ' "$work/elf" &&
        readelf -sW "$work/build/postern" | grep -E '__stack_chk_fail'
}

# What a newcomer reads first is true.
readme_checks() {
    awk '/^    set socket/ { on = 1 } /^[^ ]/ { on = 0 } on { print substr($0, 5) }' \
        "$work/source/README" >"$work/readme.conf"
    [ "$(grep -c . "$work/readme.conf")" -ge 10 ] &&
        "$work/build/postern" check --no-host -c "$work/readme.conf" >"$work/checked" 2>&1 &&
        ! grep warning "$work/checked"
}

installed_checks() {
    "$work/root/sbin/postern" check --no-host -v && "$work/root/sbin/postern" check --no-host
}

# Nothing can be made there, since the folder above is missing.
listens_where_configured() {
    echo 'set user "nobody"' >"$work/empty.conf"
    ! "$work/root/sbin/postern" serve -f -c "$work/empty.conf" >"$work/served" 2>&1 &&
        grep -F "unix:$work/run/postern/postern.sock" "$work/served" &&
        grep -F "unix:$work/run/postern/postern.sock" "$work/root/share/man/man5/postern.conf.5" &&
        grep '^set socket "unix:/var/spool/postfix/postern/postern.sock"' "$work/root/etc/postern/postern.conf"
}

keeps_edited() {
    local conf=$work/root/etc/postern/postern.conf

    echo '# edited' >>"$conf"
    make -s -C "$work/build" install && tail -n 1 "$conf" | grep '^# edited$'
}

converts_in_little_memory() {
    POSTERN=$work/root/sbin/postern PYTHONPATH=$srcdir/tests/wire \
        python3 -B "$srcdir/tests/install/memory.py"
}

rests_in_little_memory() {
    POSTERN=$work/root/sbin/postern PYTHONPATH=$srcdir/tests/wire \
        python3 -B "$srcdir/tests/install/idle.py"
}

staged() {
    make -s -C "$work/build" install DESTDIR="$work/stage" &&
        test -x "$work/stage$work/root/sbin/postern" &&
        test -f "$work/stage$work/root/share/postern/policies/standard.rules" &&
        grep -F "include \"$work/root/share/postern/policies/standard.rules\"" \
            "$work/stage$work/root/etc/postern/postern.conf"
}

unstages() {
    make -s -C "$work/build" uninstall DESTDIR="$work/stage" &&
        find "$work/stage" ! -type d | { ! grep .; }
}

uninstalls_all_but_edited() {
    make -s -C "$work/build" uninstall &&
        find "$work/root" ! -type d >"$work/left" && cat "$work/left" &&
        [ "$(cat "$work/left")" = "$work/root/etc/postern/postern.conf" ]
}

# What `make bench` measures still runs; how quick it is, is no matter of a busy machine.
benches_run() {
    make -s -C "$work/build" tests/bench/bench_table tests/bench/bench_mime &&
        "$work/build/tests/bench/bench_table" 1000 1 && "$work/build/tests/bench/bench_mime" 1 1
}

# Without a sanitizer, whose calls the sandbox would allow.
sandbox_holds() {
    make -s -C "$work/build" closed >"$work/closed"
    local status=$?

    grep -E '^(not ok|tests/)' "$work/closed"
    [ $status -eq 0 ]
}

must "everything is packed" quietly unpack_dist || must_end
must "configure works from a tree that can't be written" quietly configure_elsewhere || must_end
must "an optimized build says nothing" quietly quiet_make || must_end
must "the program is position independent, with immediate binding and stack protector" quietly is_hardened
must "what make bench measures runs" quietly benches_run
must "the sandbox holds, and changes no answer" quietly sandbox_holds
must "the README's policy passes check without a word" quietly readme_checks
must "make install DESTDIR installs there" quietly staged
must "make uninstall takes all of it away" quietly unstages
must "make install installs" quietly make -s -C "$work/build" install || must_end
must "the installed program finds the installed policy, and finds it right" quietly installed_checks
must "it listens where configure was told, unless the policy says where" quietly listens_where_configured
must "100 MB of 8-bit text are converted in 8 MB of memory" quietly converts_in_little_memory
must "a session that rests takes little memory" quietly rests_in_little_memory
must "an edited postern.conf stays at the next install" quietly keeps_edited
must "make uninstall leaves the edited file alone" quietly uninstalls_all_but_edited
must_end
