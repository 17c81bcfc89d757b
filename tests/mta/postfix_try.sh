#!/usr/bin/env bash
# What ./bootstrap try shows is true, and it leaves nothing behind.
. "${srcdir:?}/tests/must.bash"
. "$srcdir/tests/mta/postfix.bash"

if reason=$(postfix_missing); then
    echo "1..0 # SKIP $reason"
    exit 0
fi
if ! command -v swaks >/dev/null; then
    echo "1..0 # SKIP swaks is not installed"
    exit 0
fi

work=$(mktemp -d)
chmod 755 "$work"
mkdir -m 755 "$work/tmp"
trap 'rm -rf "$work"' EXIT

# shows PATTERN: in one paragraph of what was said, its lines joined.
shows() {
    grep -qE "$1" "$work/paragraphs"
}

TMPDIR=$work/tmp bash "$srcdir/tests/mta/try.sh" >"$work/said" 2>&1 </dev/null
status=$?
awk -v RS= '{ gsub(/[ \n]+/, " "); print }' "$work/said" >"$work/paragraphs"

must "it ends well" [ "$status" = 0 ]
while read -r text && read -r pattern; do
    must "$text" shows "$pattern"
done <<'CASES'
ordinary mail arrives, marked
^1\..*end of message => 250 .* log [0-9A-F]+: replace-header: .* arrived .*: \[outside\] lunch$
an undeclared UTF-8 sender is refused
^2\..*RCPT .* => 550 5\.6\.7 .* log NOQUEUE: reject: RCPT from .*rule=undeclared-utf8-sender
a robot is kept at home
^3\..*RCPT .* => 550 5\.7\.1 .* log NOQUEUE: reject: .* sasl_username=backup@test\.example
one of two recipients is refused
^4\..*RCPT .* => 550 5\.1\.1 dave.* => 250 .* arrived to carol@example.com, Subject
two From fields are refused after the header
^5\..*end of message => 554 5\.6\.0 .* log [0-9A-F]+: reject: END-OF-HEADER
a watched rule only logs
^6\..* => 250 .* audit-reject: .*rule=lottery.* arrived
a program lands in the hold queue
^7\..* => 250 .* quarantine: .* held
explain says why
robots-our-domains-only true: reject
check finds the edited policy right
^\$ postern check .*: no errors
its tests pass
^\$ postern test .* ok [0-9]+ - a robot stays at home
the edited rule has a new verdict
^The same message.* => 554 5\.7\.1 programs are not taken log [0-9A-F]+: reject: END-OF-MESSAGE
Postfix users are told what to write
smtpd_milters = unix:postern/postern\.sock
Sendmail users too
INPUT_MAIL_FILTER\(`postern', `S=unix:/run/postern/postern\.sock, F=T'\)
CASES
must "it fits two screens" [ "$(wc -l <"$work/said")" -le 140 ]
must "no file is left behind" [ -z "$(ls -A "$work/tmp")" ]
must "and no process" [ -z "$(root_run sh -c 'readlink /proc/[0-9]*/cwd' | grep -F "$work/tmp")" ]
[ "$failed" = 0 ] || sed 's/^/#   /' "$work/said"

# No login is made, so that the robot can't log in.
mkdir "$work/bin"
ln -s "$(type -P true)" "$work/bin/saslpasswd2"
fails() {
    ! PATH=$work/bin:$PATH TMPDIR=$work/tmp root_run bash "$srcdir/tests/mta/try.sh" >"$work/said" 2>&1
}
must "it fails where a message doesn't show what it is for" fails
must "and only that one" [ "$(awk -v RS= '/\n  WRONG / { print substr($0, 1, 2) }' "$work/said")" = 3. ]
must_end
