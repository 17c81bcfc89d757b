#!/usr/bin/env bash
# Shows Postern at work: behind a private Postfix, with a small policy, on a few messages. All of it
# lives in one temporary directory and on loopback, and is gone at the end.
#
# usage: try.sh [POSTERN]    the program, or the directory in which it was built (default: $POSTERN)
set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
srcdir=$(cd "${srcdir:-$here/../..}" && pwd)
. "$here/postfix.bash"

die() {
    printf 'try: %s\n' "$*" >&2
    exit 1
}

program=${1:-${POSTERN:-}}
[ -d "$program" ] && program=$program/postern
[ -x "$program" ] || die "no program \"$program\"; build it first"
program=$(realpath "$program")
export POSTERN=$program srcdir
missed=0

if [ "$(id -u)" != 0 ] && command -v sudo >/dev/null; then
    echo "try: Postfix is started by root alone, so sudo is asked" >&2
    exec sudo env "POSTERN=$POSTERN" "srcdir=$srcdir" "TMPDIR=${TMPDIR:-/tmp}" bash "$here/try.sh"
fi
if reason=$(postfix_missing); then
    die "$reason"
fi
PATH=$PATH:/usr/sbin:/sbin
command -v swaks >/dev/null || die "swaks is not installed"

work=$(mktemp -d "${TMPDIR:-/tmp}/postern-try-XXXXXX") || exit 1
chmod 755 "$work"
mkdir -m 1777 "$work/bodies" || exit 1
postern_pid=

stop_postern() {
    [ -n "$postern_pid" ] || return 0
    kill -TERM "$postern_pid"
    wait "$postern_pid"
    postern_pid=
}

clean_up() {
    postfix_stop "$work/postfix"
    stop_postern
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

start_postern() {
    local try

    : >"$work/log"
    TMPDIR=$work/bodies "$program" serve -f -c postern.conf 2>>"$work/log" &
    postern_pid=$!
    for try in {1..100}; do
        grep -q '^<6>postern: version' "$work/log" && break
        kill -0 "$postern_pid" 2>/dev/null || break
        sleep 0.1
    done
    grep -q '^<6>postern: version' "$work/log" || die "Postern doesn't start: $(cat "$work/log")"
    logged=$(wc -l <"$work/log")
}

reload_postern() {
    local try

    kill -HUP "$postern_pid"
    for try in {1..100}; do
        tail -n +$((logged + 1)) "$work/log" | grep -q 'reloaded: ' && break
        sleep 0.1
    done
    tail -n +$((logged + 1)) "$work/log" | grep -q '>postern: reloaded: ' ||
        die "Postern doesn't reload: $(cat "$work/log")"
    logged=$(wc -l <"$work/log")
}

title() {
    printf '\n\033[1m%s\033[0m\n' "$*" | if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9]*m//g'; fi
}

# said LABEL TEXT: long lines are folded, and go on below the text.
said() {
    local label=$1 line

    fold -s -w 86 <<<"$2" | sed 's/ *$//' |
        while IFS= read -r line; do
            printf '  %-9s %s\n' "$label" "$line"
            label=
        done
}

indent() {
    sed 's/^./  &/'
}

# The last command that Postfix answered, and its answer; "." is the end of the message.
last_answer() {
    awk '/^[ <]/ && /^ [-~*]*>/ { command = $0; sub(/^ [-~*]*> */, "", command); next }
        /^<[-~*]*/ && command !~ /^(QUIT|quit)/ {
            answer = $0
            sub(/^<[-~*]* */, "", answer)
            if (command == "DATA" || answer ~ /^(220|354)/) next
            if (command == ".") command = "end of message"
            last = command "  =>  " answer
            if (answer ~ /^[45]/) refused = refused (refused ? "\n" : "") last
        }
        END {
            if (refused && refused != last && last ~ /=>  2/) print refused
            print last
        }' swaks
}

# What Postern logged since the last time.
new_log() {
    tail -n +$((logged + 1)) "$work/log" | sed 's/^<[0-7]>postern: //; /^generation /d' >new
    logged=$(wc -l <"$work/log")
}

# What became of the message, by Postfix's own word.
arrival() {
    local id try file

    id=$(sed -n 's/.*queued as \([0-9A-F]*\).*/\1/p' <<<"$1")
    [ -n "$id" ] || return 0
    file=$work/postfix/mail/$id.eml
    for try in {1..100}; do
        if [ -e "$work/postfix/queue/hold/$id" ]; then
            said held "in Postfix's hold queue, for a person to look at"
            return 0
        fi
        grep -q "qmgr.*: $id: removed" "$work/postfix/maillog" && break
        sleep 0.1
    done
    [ -e "$file" ] || return 0
    said arrived "$(sed -n "s/^.* $id: to=<\([^>]*\)>.*status=sent.*/to \1/p" \
        "$work/postfix/maillog"), $(grep -m 1 '^Subject:' "$file")"
}

# shows PATTERN: what is in the file shown, which must hold this, its lines joined.
shows() {
    cat shown
    tr -s ' \n' ' ' <shown | grep -qE -- "$1" && return
    said WRONG "this should show \"$1\""
    missed=$((missed + 1))
}

# send TITLE PATTERN SWAKS-OPTION...
send() {
    local answer pattern=$2

    title "$1"
    shift 2
    swaks --server "127.0.0.1:$port" --helo laptop.example --hide-informational "$@" \
        >swaks 2>&1
    answer=$(last_answer)
    new_log
    {
        said client "$answer"
        said log "$(if [ -s new ]; then cat new; else echo "nothing, since no rule objects"; fi)"
        arrival "$answer"
    } >shown
    shows "$pattern"
}

send_program() {
    send "$1" "$2" --from alice@example.org --to carol@example.com \
        --header 'Subject: the game you wanted' --body 'Just click it.' \
        --attach-type application/octet-stream --attach-name game.exe --attach 'MZ...'
}

explain_robot() {
    title "\$ postern explain -c postern.conf --auth 'backup@test.example PLAIN'" \
        "--mail '<boss@elsewhere.example>' --rcpt '<carol@example.com>'"
    "$program" explain -c postern.conf --auth 'backup@test.example PLAIN' \
        --mail '<boss@elsewhere.example>' --rcpt '<carol@example.com>' | indent >shown
    shows 'robots-our-domains-only true: reject'
}

edit_rule() {
    title "The rule program-attached is edited: refuse, instead of quarantine"
    cp postern.conf before
    sed -i 's/^    quarantine .*/    reject 554 5.7.1 "programs are not taken"/' postern.conf
    diff before postern.conf | sed -n 's/^[<>]/  &/p'
    title "\$ postern check -c postern.conf"
    "$program" check -c postern.conf 2>&1 | indent >shown
    shows 'no errors'
    title "\$ postern test -c postern.conf"
    { "$program" test -c postern.conf || echo "some fail"; } | tail -n 3 | sed '1s/^/...\n/' | indent >shown
    shows ' 1\.\.[0-9]+ *$'
}

cd "$work" || exit 1
port=$(postfix_free_port)
sed "s/PORT@/$port@/" "$here/try.conf" >postern.conf
cp -r "$srcdir/rules/policies" policies
start_postern
milter=inet:127.0.0.1:$port
port=$(postfix_start "$work/postfix" "smtpd_milters=$milter" "non_smtpd_milters=$milter") ||
    die "Postfix doesn't start"

echo "A Postfix of its own (port $port) and Postern run below $work."
echo "The policy, $work/postern.conf:"
sed '/^test /,$d' postern.conf | sed '$d' | indent

send "1. Ordinary mail" ' => 250 .* replace-header: .* arrived .*: \[outside\] lunch' \
    --from alice@example.org --to carol@example.com --header 'Subject: lunch'
send "2. A sender in UTF-8, who doesn't say SMTPUTF8" ' => 550 5\.6\.7 .* reject: RCPT' \
    --from jörg@example.org --to carol@example.com
send "3. A robot that is logged in, and writes as somebody else" \
    ' => 550 5\.7\.1 .* reject: .* sasl_username=backup@test\.example' --from boss@elsewhere.example \
    --to carol@example.com --auth PLAIN --auth-user backup@test.example --auth-password secret
send "4. One of two recipients has left" ' => 550 5\.1\.1 .* => 250 .* reject: .* to carol@' \
    --from alice@example.org --to dave@example.com,carol@example.com --header 'Subject: welcome'
send "5. Two From fields: of the two, each reader shows another" \
    ' => 554 5\.6\.0 .* reject: END-OF-HEADER' --from alice@example.org --to carol@example.com \
    --header 'Subject: trust me' --add-header 'From: boss@example.com'
send "6. A rule that only watches" ' => 250 .* audit-reject: .* arrived' --from alice@example.org \
    --to carol@example.com --header 'Subject: You won the lottery'
send_program "7. A program is attached" ' => 250 .* quarantine: .* held'

explain_robot
edit_rule
reload_postern
send_program "The same message, after a reload of Postern" ' => 554 5\.7\.1 .* reject: END-OF-MESSAGE'

cat <<'TEXT'

Your own Postfix, in /etc/postfix/main.cf (the socket is the installed postern.conf's):
  smtpd_milters         = unix:postern/postern.sock
  non_smtpd_milters     = unix:postern/postern.sock
  milter_default_action = tempfail
  milter_protocol       = 6
Your own Sendmail, in sendmail.mc, once "set socket" is taken out of the installed postern.conf:
  INPUT_MAIL_FILTER(`postern', `S=unix:/run/postern/postern.sock, F=T')
The installed policy begins in mode audit: it logs what it would do, and does nothing.
TEXT

[ "$missed" = 0 ] || die "$missed of these don't show what they are for; see WRONG above"
