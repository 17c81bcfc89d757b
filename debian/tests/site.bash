# For the tests to read in, which run in the folder of the source: a site, and what is seen of it.

. tests/must.bash
must_said=$(mktemp)
policy=/etc/postern/postern.conf
second_policy=/etc/postern/second.conf
begun=$(date +%s)
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

quietly() {
    "$@" >"$must_said" 2>&1
}

# Nobody is asked about a policy that was edited: it stays.
apt() {
    quietly apt-get -qy --no-install-recommends -o Dpkg::Options::=--force-confold "$@"
}

# shown TEXT...: what was seen, beside what must be.
shown() {
    sed 's/^/#   /' <<<"$*"
}

# The policy of who follows the manual, with one rule of his own.
write_policy() {
    {
        postern import postfix
        echo 'rule not-from-there'
        echo '    if sender == "stranger@example.net"'
        echo '    reject 550 5.7.1 "no mail from {sender}"'
        echo 'include "/usr/share/postern/policies/standard.rules"'
    } >"$policy"
}

# For postern@second, with a socket of its own.
write_second_policy() {
    sed 's,postern/postern.sock,postern/second.sock,' "$policy" >"$second_policy"
}

disconnect_postfix() {
    sed -i '/milter/d' /etc/postfix/main.cf && systemctl reload postfix
}

# By the lines that "postern import postfix" prints.
connect_postfix() {
    disconnect_postfix
    postern import postfix | sed -n 's/^#   \([a-z_]* = .*\)/\1/p' >"$must_said"
    [ -s "$must_said" ] && cat "$must_said" >>/etc/postfix/main.cf && systemctl reload postfix
}

# The server's answer to a message from there: the line that the client gets at last, but for QUIT.
answer_to() {
    swaks --server 127.0.0.1 --helo client.example --from "$1" --to root@localhost 2>&1 |
        tee "$must_said" | sed -n 's/^<[-*~]* *\([2-5][0-9][0-9] .*\)/\1/p' | grep -v '^221 ' | tail -n 1
}

# answers SENDER PATTERN
answers() {
    local answer

    answer=$(answer_to "$1")
    shown "$1: $answer"
    # shellcheck disable=SC2053
    [[ $answer == $2 ]]
}

service_pid() {
    systemctl show -P MainPID "${1-postern.service}"
}

# soon COMMAND...: what takes a moment.
soon() {
    local n

    for n in {1..50}; do
        ! "$@" || return 0
        sleep 0.1
    done
    return 1
}

has_lines() {
    local pattern

    journalctl -q -o cat -t postern --since "@$begun" >"$must_said" 2>&1
    for pattern; do
        grep -- "$pattern" "$must_said" >"$must_said.now"
        mv "$must_said.now" "$must_said"
    done
    [ -s "$must_said" ]
}

# logged PATTERN...: one line of the log that has all of these.
logged() {
    soon has_lines "$@" && shown "$(tail -n 1 "$must_said")"
}
