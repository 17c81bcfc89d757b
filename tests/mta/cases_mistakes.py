"""mistakes_postfix.cases: each case has a service of its own in one Postfix, which its line `$ listener OPTION...`
describes; "chroot" as the first option puts it into one. MILTER in an option is the port that Postern has. `session`
sends a message there, and prints the last reply; `logged` prints what Postfix warns of meanwhile, `told` what Postern
says, `differs` what `import --check` says of this service, `noted` what `import` notes of it."""

import os
import re
import shlex
import sys

import kit
from harness import free_port

sys.path[:0] = [kit.HERE + "/../policy", kit.HERE + "/.."]

import mistakes  # noqa: E402
from tap import report, tap_end  # noqa: E402

CASES = kit.HERE + "/mistakes_postfix.cases"
POLICY = 'rule r audit if helo == "c.example" reject\nrule q if command.verb == "TURN" reject\n'

PRELUDE = r"""
trap '' PIPE
listener() {
    local chroot=n option

    [ "$1" != chroot ] || { chroot=y; shift; }
    grep -v '^non_smtpd_milters' "$SITE/postfix/etc/main.cf" >main.cf
    { echo "$PORT inet n - $chroot - - smtpd"; for option; do echo "  -o ${option//MILTER/$MILTER}" | sed "s,\$SITE,$SITE,; s,\$SINK,$SINK,"; done; } >master.cf
    policy "set socket \"inet:$MILTER@127.0.0.1\"" 'set recipient-delimiter "+"'
    mark
}
mark() {
    log_seen=$(stat -c %s "$SITE/postfix/maillog") told_seen=$(stat -c %s "$POSTERN_LOG")
}
hear() {
    line="(closed)"
    while IFS= read -r -t 2 -u 3 line; do [ "${line:3:1}" = - ] || break; done
    line=${line%$'\r'}
}
say() { printf '%s\r\n' "$1" >&3 2>/dev/null; hear; }
session() {
    local words

    exec 3<>"/dev/tcp/127.0.0.1/$PORT"
    hear
    for words in "EHLO c.example" "MAIL FROM:<a@example.org>" "RCPT TO:<b@example.net>" DATA \
        $'Subject: x\r\n\r\nhello\r\n.'; do
        say "$words"
        [[ $line = [23]* ]] || break
    done
    echo "${line:-(closed)}" | sed 's/queued as .*/queued as ID/'
    printf 'QUIT\r\n' >&3 2>/dev/null
    exec 3>&-
}
since() { tail -c +$(($2 + 1)) "$1"; }
names() { sed "s/\b$MILTER\b/MILTER/g; s/\b$PORT\b/PORT/g; s/\b$SINK\b/SINK/g; s,$SITE,SITE,g"; }
logged() {
    local try

    for try in {1..50}; do
        ! since "$SITE/postfix/maillog" $log_seen | grep -q "disconnect from\|throttling" || break
        sleep 0.1
    done
    since "$SITE/postfix/maillog" $log_seen |
        sed -n 's,^.*postfix/\([a-z]*\)\[[0-9]*\]: \(\(warning\|fatal\): .*\)$,\1: \2,p' | grep -v '^master' | names
}
told() { since "$POSTERN_LOG" $told_seen | grep -v sandbox | sed 's/ id=[0-9A-Z]\{12\}//; s/[0-9A-F]\{8,\}: /ID: /' | names; }
differs() { quiet; postern import --check p.rules postfix "$W" 2>&1 | names; return ${PIPESTATUS[0]}; }
noted() { echo "smtp inet n - n - - smtpd" >>master.cf; quiet; postern import postfix "$W" | grep "^# Note: $PORT" | names; return ${PIPESTATUS[1]}; }
"""


def listener_of(case):
    options = shlex.split(next(line for line in case.commands if line.startswith("listener ")))[1:]
    return (options[0] == "chroot", options[1:]) if options[0] == "chroot" else (False, options)


def service(case, port, milter, site):
    """Its lines of master.cf."""
    chroot, options = listener_of(case)
    lines = ["%s:%d inet n - %s - - smtpd" % ("127.0.0.1", port, "y" if chroot else "n")]
    lines += ["  -o " + option.replace("MILTER", str(milter)).replace("$SITE", site.directory).replace("$SINK", str(site.sink.port))
              for option in options]
    return "\n".join(lines) + "\n"


def main():
    cases = list(mistakes.read_cases(CASES))
    with kit.Site(files={"master.more": "# to be written\n"}) as site:
        milter = int(re.search(r":(\d+)@", site.milter)[1])
        ports = []
        for case in cases:
            ports.append(free_port())
            with open(site.postfix + "/etc/master.cf", "a", encoding="utf-8") as master:
                master.write(service(case, ports[-1], milter, site))
        site.command("postfix", "reload")
        with site.policy(POLICY) as postern:
            for case, port in zip(cases, ports):
                case.prelude += PRELUDE
                case.environment = {"SITE": site.directory, "PORT": str(port), "MILTER": str(milter),
                                    "SINK": str(site.sink.port),
                                    "POSTERN_LOG": postern.log_name, "SERVER": str(postern.server())}
            mistakes.play_cases(cases, "--write" in sys.argv)
    if "--write" in sys.argv:
        mistakes.write_cases(CASES, cases)
    report(None if len(cases) >= 10 else len(cases), "ten mistakes or more with a real Postfix")
    return tap_end()


sys.exit(main())
