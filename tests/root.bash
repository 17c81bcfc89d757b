# For scripts to read in: what root alone may do. Where somebody else runs the tests, sudo does it.

# What goes through sudo with a command.
root_keeps="srcdir builddir results POSTERN POSTERN_CORPORA POSTERN_LONG POSTERN_REQUIRE_ALL
    SENDMAIL_ROOT PATH PYTHONPATH TMPDIR LC_ALL ASAN_OPTIONS UBSAN_OPTIONS"

# root_missing: true, with the reason, where nothing can be done as root.
root_missing() {
    [ "$(id -u)" != 0 ] || return 1
    ! sudo -n true 2>/dev/null || return 1
    echo "this needs root, and there is no sudo without a password"
}

# root_exec COMMAND...: in this process's place. Whoever isn't root can't end what root runs: it has
# a time of its own.
root_exec() {
    local name kept=() seconds=400

    [ "$(id -u)" != 0 ] || exec "$@"
    for name in $root_keeps; do
        [ -z "${!name+set}" ] || kept+=("$name=${!name}")
    done
    [ "${POSTERN_LONG:-0}" != 1 ] || seconds=3500
    exec sudo -n env "${kept[@]}" timeout -k 10 $seconds "$@"
}

root_run() {
    (root_exec "$@")
}
