#!/usr/bin/env bash
# The README leads from nothing to a service that runs, audits, is soft, enforces: its lines from the
# policy on, word for word, with a Postfix of our own. The paths are those of a folder, and systemctl is
# one that starts and reloads what it is told to; what installs is tried in tests/distro.
. "${srcdir:?}/tests/must.bash"
. "$srcdir/tests/mta/postfix.bash"

if reason=$(postfix_missing); then
    echo "1..0 # SKIP $reason"
    exit 0
fi
[ "$(id -u)" = 0 ] || root_exec bash "$0"
PATH=$PATH:/usr/sbin:/sbin
program=$(realpath "${POSTERN:?}")
top=$(realpath "$srcdir")
work=$(mktemp -d)
must_said=$work/said
chmod 755 "$work"
mkdir -p "$work/etc/postern" "$work/bodies"
chmod 1777 "$work/bodies"
postern_pid=

clean_up() {
    postfix_stop "$work/postfix"
    if [ -n "$postern_pid" ]; then
        kill -TERM "$postern_pid"
        wait "$postern_pid"
    fi
    rm -rf "$work"
}
trap clean_up EXIT

# The lines of the section that are indented, up to the next title.
awk '/^From nothing to a running filter/ { on = 1; next } on && /^Try rules/ { exit }
    on && /^    / { print substr($0, 5) }' "$top/README" >"$work/lines"

# run_line NUMBER: as it stands there, but for the places.
run_line() {
    local line

    line=$(sed -n "$1p" "$work/lines" | sed "s|/etc/postern|$work/etc/postern|g
        s|/usr/share/postern|$top/rules|g; s|/var/log/mail.log|$work/log|g")
    PATH=$work/bin:$PATH bash -c "$line" >"$must_said" 2>&1
}

says() {
    grep -q "$1" "$must_said"
}

logs() {
    local try

    for try in {1..100}; do
        ! grep -q "$1" "$work/log" || return 0
        sleep 0.1
    done
    cp "$work/log" "$must_said"
    return 1
}

# What a sender hears whose address isn't ASCII, without having said so.
try_sender() {
    python3 - "$port" <<'PY' >"$must_said" 2>&1
import socket, sys

def answer():
    line = replies.readline()
    while line[3:4] == b"-":
        line = replies.readline()
    return line.decode().strip()

with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=60) as client:
    replies = client.makefile("rb")
    answer()
    for command in "EHLO client.example", "MAIL FROM:<jörg@example.org>", "RCPT TO:<bob@test.example>", "QUIT":
        client.sendall(command.encode() + b"\r\n")
        print(answer())
PY
}

# The answer to RCPT.
answers() {
    try_sender && sed -n 3p "$must_said" | grep -q "^$1"
}

# write_program NAME WORDS: what is run in its place, with the words behind it that it was called with.
write_program() {
    printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/$1" && chmod 755 "$work/bin/$1"
}

# The private Postfix in the place of the machine's, the policy in that of the installed one, and a manager
# of services that only notes what it is told.
write_programs() {
    local own=$work/postfix/etc

    mkdir "$work/bin"
    write_program postconf "exec '$(type -P postconf)' -c '$own' \"\$@\""
    write_program postfix "exec '$(type -P postfix)' -c '$own' \"\$@\""
    write_program systemctl "echo \"\$*\" >>'$work/asked'"
    write_program postern "case \$1 in
    import) exec '$program' \"\$@\" '$own' ;;
    check) exec '$program' \"\$@\" '$work/etc/postern/postern.conf' ;;
    *) exec '$program' \"\$@\" ;;
    esac"
}

start_service() {
    printf 'set user "nobody"\ninclude "%s"\n' "$work/etc/postern/postern.conf" >"$work/served.conf"
    TMPDIR=$work/bodies "$program" serve -f -c "$work/served.conf" 2>>"$work/log" &
    postern_pid=$!
    logs 'postern: version'
}

# reload_service GENERATION: the one that serves then.
reload_service() {
    kill -HUP "$postern_pid"
    logs "reloaded: generation $1 serves"
}

asked_last() {
    [ "$(tail -n 1 "$work/asked")" = "$1" ]
}

: >"$work/log"
port=$(postfix_start "$work/postfix" mydestination=test.example) || exit 1
write_programs
must "there are ten lines, and then two and two" [ "$(wc -l <"$work/lines")" = 14 ]
must "the first three build, install, and make a user" eval 'sed -n 1,3p "$work/lines" |
    tr "\n" " " | grep -q "^./bootstrap .* make install useradd .* postern $"'
must "import writes the policy" run_line 4
must "it has the domains of Postfix" grep -q '^ *test.example' "$work/etc/postern/postern.conf"
must "the rules are added" run_line 5
must "check takes it" run_line 6 && must "but for two lists that are for later" says ': no errors, 2 warnings'
must "the service is enabled and started" run_line 7 && must "under its name" asked_last "enable --now postern"
must "it serves" start_service
must "Postfix is told" run_line 8
must "and reloads" run_line 9
sleep 1
must "mail that a rule would refuse passes in audit" answers 250
must "and is logged" logs 'audit-reject: .*rule=undeclared-utf8-sender'
must "report counts it" run_line 10 && must "by its rule" says undeclared-utf8-sender
must "soft is one word" run_line 11
must "and a reload" run_line 12 && must "of this service" asked_last "reload postern"
must "it is taken" reload_service 2
must "the same mail is told to come later" answers 4
must "so is enforce" run_line 13 && must "with its reload" run_line 14
must "which is taken" reload_service 3
must "now it is refused" answers 5
must_end
