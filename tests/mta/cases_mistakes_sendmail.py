"""mistakes_sendmail.cases: each case has a Sendmail of its own, whose filters are what its line `$ filter LINE...` says.
`session` starts it, sends a message there, and prints the last reply, or why it doesn't start; `differs` prints what
`import --check` says of its .mc file."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE + "/../policy", HERE + "/.."]

import mistakes  # noqa: E402
from tap import report, tap_end  # noqa: E402

CASES = HERE + "/mistakes_sendmail.cases"

PRELUDE = r"""
. "$srcdir/tests/mta/sendmail.bash"
filter() {
    mkdir -p m/queue && chmod 700 m/queue
    sendmail_write_etc "$W/m" && : >m/etc/sasldb2
    { sendmail_write_mc "$W/m" 1 "" | sed '/^INPUT_MAIL_FILTER/,$d'; printf '%s\n' "$@"
        sendmail_write_mc "$W/m" 1 "" | sed '1,/^INPUT_MAIL_FILTER/d'; } >sendmail.mc
    policy 'set socket "inet:1@127.0.0.1"'
}
start() {
    local cf=$SENDMAIL_ROOT/usr/share/sendmail/cf/

    port=$(sendmail_free_port)
    sed "s/@PORT@/$port/" sendmail.mc | m4 -D_CF_DIR_="$cf" "$cf/m4/cf.m4" - >m/etc/mail/sendmail.cf 2>/dev/null
    sendmail_run "$SENDMAIL_ROOT" "$W/m" -bd </dev/null 2>&1 | sed 's/line [0-9]*/line N/'
    [ "${PIPESTATUS[0]}" = 0 ] && sendmail_answers "$port"
}
hear() {
    line="(closed)"
    while IFS= read -r -t 5 -u 3 line; do [ "${line:3:1}" = - ] || break; done
    line=${line%$'\r'}
}
session() {
    local words

    start || return
    exec 3<>"/dev/tcp/127.0.0.1/$port"
    hear
    for words in "EHLO c.example" "MAIL FROM:<a@example.org>" "RCPT TO:<b@example.net>" DATA \
        $'Subject: x\r\n\r\nhello\r\n.'; do
        printf '%s\r\n' "$words" >&3
        hear
        [[ $line = [23]* ]] || break
    done
    echo "$line" | sed 's/2.0.0 [0-9A-Za-z]* Message/2.0.0 ID Message/'
    exec 3>&-
    sendmail_stop "$W/m"
}
differs() { postern import --check p.rules sendmail sendmail.mc; }
"""


def main():
    cases = list(mistakes.read_cases(CASES))
    for case in cases:
        case.prelude += PRELUDE
        case.environment = {name: os.environ[name] for name in ("srcdir", "SENDMAIL_ROOT")}
    mistakes.play_cases(cases, "--write" in sys.argv)
    if "--write" in sys.argv:
        mistakes.write_cases(CASES, cases)
    report(None if len(cases) >= 8 else len(cases), "eight mistakes or more with a real Sendmail")
    return tap_end()


sys.exit(main())
