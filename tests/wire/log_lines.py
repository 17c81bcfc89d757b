"""Every kind of line that a log may have, made by a daemon; and a reader of lines that goes by the manual alone."""

import json
import os
import re

from harness import Daemon, wait_until

PAGE = os.path.join(os.environ["builddir"], "doc/postern-log.5")
POLICY = r'''
set log-accept yes
table away = "fail:nobody is there"
rule asked if rcpt == "error@example.net" and rcpt in away log "never"
rule watched audit if rcpt == "watched@example.net" reject 550 5.7.1 "only looked at"
rule not-here if rcpt == "no@example.net" reject 550 5.7.1 "not here, {helo}" "{sender}"
rule later if rcpt == "later@example.net" tempfail 451 4.7.1 "later"
rule never if rcpt == "gone@example.net" reject 550 5.1.1 "gone"
rule late if rcpt == "late@example.net" and any header["X-Late"] reject 554 5.7.1 "too late"
rule lost if rcpt == "gone2@example.net" discard "thrown away"
rule off if rcpt == "off@example.net" remove-recipient
rule says log "seen {client.ip}"
rule marks
    if rcpt == "b@example.net"
    add-header "X-Mark" "new" replace-header "Subject" "other" remove-header "X-Old"
    set-sender "other@example.com" add-recipient "more@example.net" quarantine "held"
rule plain if sender downgrade 8bit
rule verb if command log "command"
rule whole if rcpt == "whole@example.net" and message.8bit accept
'''
REJECTED = ("no", "later", "watched", "error", "gone", "off", "gone2")


def named(section):
    """What is listed below a heading of the manual, in order."""
    with open(PAGE, encoding="ascii") as page:
        text = page.read().partition(".Ss %s\n" % section)[2]
    return re.findall(r"^\.It Li (.*)$", re.split(r"^\.S[sh] ", text, flags=re.M)[0], re.M)


FIELDS = named("Fields")
VERBS = named("Verbs")


def unescape(text):
    return re.sub(r"\\(?:x\{([0-9A-F]{2})\}|\\)", lambda m: chr(int(m[1], 16)) if m[1] else "\\", text)


def read_text(line):
    """A line of text as {field: value}; None: it isn't as the manual says."""
    line = re.sub("^(?:warning|error): ", "", line)
    head, found, tail = line.partition("; rule=")
    fields = re.fullmatch(r"([^ :]+): ([a-z-]+): ([A-Z-]+) from ([^ \[:]+)(?:\[([^\]]+)\])?(?:: (.*))?", head)
    if not found or not fields:
        return None
    values = dict(zip(FIELDS, fields.groups()))
    for name in FIELDS[6:]:
        pattern = '="([^"]*)"' if name == "reason" else "=<([^<>]*)>" if name in ("from", "to", "helo") else "=([^ ]+)"
        at = re.match(" " + name + pattern, " rule=" + tail if name == "rule" else tail)
        if at:
            values[name] = at[1]
            tail = (" rule=" + tail if name == "rule" else tail)[at.end():]
    if tail:
        return None
    return {name: value for name, value in values.items() if value is not None}


def read_json(line):
    values = json.loads(line)
    values.pop("level")
    return {name: str(value) for name, value in values.items()}


def play(daemon, queue_id="4ZX1Y2"):
    """A session with every kind of verdict; the daemon's policy is POLICY."""
    for login in {}, {"auth_authen": "alice", "auth_type": "PLAIN"}:
        with daemon.session() as mta:
            mta.unknown("TURN")
            mta.mail("<bob@example.com>", **login)
            for name in REJECTED:
                mta.rcpt("<%s@example.net>" % name)
            mta.abort()
            mta.mail("<bob@example.com>", **login)
            mta.rcpt("<off@example.net>")
            mta.rcpt("<b@example.net>", i=queue_id)
            mta.data(i=queue_id)
            for name in "Subject", "X-Old":
                mta.header(name, "value")
            mta.eoh(i=queue_id)
            mta.body("caf\xe9\r\n".encode("latin-1"))
            mta.eom(i=queue_id)
            mta.message(sender="<>", recipients=("<c@example.net>", "<late@example.net>"), header=(("X-Late", "1"),))
            mta.message(recipients=("<gone2@example.net>",))
            mta.message(recipients=("<whole@example.net>",), body="\xe9\r\n".encode("latin-1"))
            mta.quit()


def lines_of(settings="", mode="enforce"):
    """What a daemon logs of it, without the name."""
    with Daemon(settings + POLICY, mode=mode) as daemon:
        play(daemon)
        wait_until(lambda: len(daemon.lines("END-OF-MESSAGE")) >= 10, 5)
        daemon.stop()
        return [re.sub("^(<[0-7]>)?postern: ", "", line) for line in daemon.log().splitlines()]
