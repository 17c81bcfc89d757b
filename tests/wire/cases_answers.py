"""Verdicts at each stage, their replies, and the changes at the end of a message."""

import re

from fakemta import HEADER_EDITS, NO_REPLY, NOT_SENT, Closed, edited, strings
from harness import Daemon, case, check, same

BY_STAGE = r'''
set earliest-verdict connect
rule c if client.ip == "192.0.2.66" reject 554 5.7.1 "not you"
rule h if helo == "bad.example" tempfail 450 4.7.1 "not yet"
rule ok if sender == "ok@example.com" accept
rule m if sender == "bad@example.com" reject 553 5.7.1 "100% refused" "second %s line"
rule gone if sender == "gone@example.com" discard "lost"
rule r if rcpt == "bad@example.net" reject 550 5.1.1 "{rcpt} is {'%'}d"
rule ro if rcpt == "ok@example.net" accept
rule rd if rcpt == "gone@example.net" discard
rule d if count[recipients] > 2 tempfail 452 4.5.3 "two at most"
rule hd if any header["Subject"] == "bad" reject 554 5.6.0 "subject"
rule b if any body ~ /bad/ reject 554 5.7.0 "body"
rule u if command.verb == "TURN" reject 502 5.5.1 "no {command.verb}"
'''.replace("is {'%'}d", "is at 5%d")


@case
def refuses_at_each_stage():
    with Daemon(BY_STAGE) as daemon:
        with daemon.mta() as mta:
            mta.negotiate()
            same(mta.connect(address="192.0.2.66"), "554 5.7.1 not you", "reject at connect")
        with daemon.mta() as mta:
            mta.negotiate()
            same(mta.connect(), "continue", "nothing at connect")
            same(mta.helo("bad.example"), "450 4.7.1 not yet", "tempfail at HELO")
        with daemon.session() as mta:
            same(mta.mail("<bad@example.com>"), "553-5.7.1 100%% refused\r\n553 5.7.1 second %%s line",
                 "reject at MAIL with two lines, percent signs doubled")
            same(mta.mail("<a@example.com>"), "continue", "the next MAIL is another matter")
            same(mta.rcpt("<bad@example.net>"), "550 5.1.1 bad@example.net is at 5%%d", "reject at RCPT")
            same(mta.rcpt("<b@example.net>"), "continue", "the next recipient is let in")
            same(mta.unknown("TURN"), "502 5.5.1 no TURN", "reject of an unknown command")
            same(mta.unknown("XFOO bar"), "continue", "another unknown command")
            for n in range(2):
                mta.rcpt("<b%d@example.net>" % n)
            same(mta.data(), "452 4.5.3 two at most", "tempfail at DATA")
        with daemon.session() as mta:
            same(mta.message(header=[("Subject", "bad")]), "554 5.6.0 subject", "reject at the end of the header")
            same(mta.message(body=b"so bad\r\n"), "554 5.7.0 body", "reject at the end of the message")
            same(mta.message(), "continue", "a message that no rule minds")
        same(len(daemon.lines("reject: MAIL from .*553 5.7.1 .*rule=m")), 1, "a verdict is a line of the log")


@case
def accepts_and_discards():
    with Daemon(BY_STAGE) as daemon, daemon.session() as mta:
        same(mta.message("<gone@example.com>", header=[("Subject", "bad")]), "discard",
             "discard at MAIL, said at the end of the header")
        same(mta.mail("<a@example.com>"), "continue", "after it")
        same(mta.rcpt("<ok@example.net>"), "continue", "accept of one recipient isn't one of the message")
        same(mta.rcpt("<gone@example.net>"), "continue", "discard of one recipient neither")
        same(mta.rcpt("<b@example.net>"), "continue", "another")
        same(mta.data(), "452 4.5.3 two at most", "rules after an accepted recipient still decide")
        answer = mta.message(recipients=["<b@example.net>", "<gone@example.net>"])
        same(answer, "continue", "a message with one recipient discarded")
        same(mta.edits, [("delete-recipient", "<gone@example.net>")], "who is taken off at the end")
        answer = mta.message(recipients=["<gone@example.net>"])
        same(answer, "discard", "a message that has nobody left")


ENVELOPE = ("connect", "helo", "mail", "rcpt", "data")
CONTENT = ("header", "eoh", "body", "eom")
# When an accept or discard is certain.
CERTAIN = [
    ("connect", 'if client.ip == "192.0.2.7"'), ("helo", 'if helo == "client.example"'),
    ("mail", 'if sender == "a@example.com"'), ("rcpt", 'if rcpt == "b@example.net"'),
    ("data", "if count[recipients] == 1"),
]
READS = {
    "the envelope": "", "DATA": "rule d if count[recipients] > 9 reject\n",
    "the header": 'rule h if any header["Subject"] == "bad" reject\n',
    "the body": "rule b if any body ~ /bad/ reject\n",
}


def all_answers(mta):
    """What each command of a session with one message was answered, until it is discarded or accepted."""
    answers = {}
    for name, command in [
        ("connect", mta.connect), ("helo", mta.helo), ("mail", lambda: mta.mail("<a@example.com>")),
        ("rcpt", lambda: mta.rcpt("<b@example.net>")), ("data", mta.data),
        ("header", lambda: mta.header("Subject", "bad")), ("eoh", mta.eoh),
        ("body", lambda: mta.body(b"bad\r\n")), ("eom", mta.eom),
    ]:
        answers[name] = command()
        if answers[name] in ("accept", "discard"):
            break
    return answers


@case
def no_early_word():
    """What has the MTA ask no more is said with the content. libmilter itself says to go on where an MTA that
    doesn't know of no-reply flags waits; what all recipients say together comes of a walk of the whole message."""
    for verdict in "accept", "discard":
        for at, condition in CERTAIN:
            if (verdict, at) == ("discard", "rcpt"):
                continue
            for what, reads in READS.items():
                for steps in 0x1FFFFF, 0:
                    policy = "set earliest-verdict connect\nrule a %s %s\n%s" % (condition, verdict, reads)
                    with Daemon(policy) as daemon, daemon.mta() as mta:
                        mta.negotiate(steps=steps)
                        answers = all_answers(mta)
                    said = [name for name in answers if answers[name] == verdict]
                    text = "%s at %s, %s is read, %s steps offered" % (verdict, at, what, "all" if steps else "no")
                    check(len(said) == 1 and said[0] in CONTENT, text + ": said once, with the content", answers)
                    waits = [name for name in CONTENT if answers.get(name) not in (NO_REPLY, NOT_SENT)]
                    if steps and (at, what) != ("rcpt", "the body"):
                        same(said, waits[:1], text + ": at the first step that is waited for")


@case
def accept_ends_the_messages_filtering():
    policy = 'set earliest-verdict mail set log-accept yes\nrule a if sender == "ok@example.com" accept\n' \
             'rule h if any header["Subject"] == "bad" reject\nrule l if helo log "seen"'
    with Daemon(policy) as daemon, daemon.session() as mta:
        answer = mta.message("<ok@example.com>", header=[("Subject", "bad")])
        same(answer, "accept", "accept at MAIL, said at the end of the header")
        same(len(daemon.lines("accept: MAIL from .*rule=a")), 1, "logged once, when it was certain")
        same(daemon.lines("log: "), [], "and nothing is looked at behind it")
        answer = mta.message(header=[("Subject", "bad")])
        check(answer.startswith("550 5.7.1 "), "the next message is filtered", answer)
    with Daemon(policy + '\nrule x at body add-header "X-A" "b"') as daemon, daemon.session() as mta:
        answer = mta.message("<ok@example.com>", header=[("Subject", "bad")])
        same((answer, mta.edits), ("continue", []), "an accept that a change could stand before isn't said")


@case
def no_recipient_behind_the_content():
    """RFC 5321 section 3.3: MAIL comes first. libmilter answers nothing to what comes out of order."""
    policy = 'set earliest-verdict mail\nrule a if sender == "a@example.com" accept\n' \
             'rule d if count[recipients] > 9 reject'
    for letter, data in (b"R", strings("<c@example.net>")), (b"T", b""):
        for after in "data", "eom":
            with Daemon(policy) as daemon, daemon.session() as mta:
                mta.mail("<a@example.com>")
                mta.rcpt("<b@example.net>")
                mta.data()
                if after == "eom":
                    mta.eom()
                mta.send(letter, data)
                mta.socket.settimeout(1)
                try:
                    answer = mta.answer()
                except (Closed, TimeoutError):
                    answer = "nothing"
                check(answer == "nothing" or answer[:4] == "451 ",
                      "%s behind %s is never let through" % (letter.decode(), after), answer)
                check(daemon.is_unharmed(), "and the daemon lives")


@case
def changes_the_message():
    policy = r'''
rule one add-header "X-First" "1 {sender}"
rule two replace-header "X-Twice" "new"
rule three remove-header "X-Spam" ~ /yes/i
rule four set-sender "bounce@example.org"
rule five add-recipient "copy@example.org"
rule six if rcpt == "off@example.net" remove-recipient
rule seven quarantine "look at this"
'''
    header = [("X-Twice", "a"), ("X-Spam", "Yes"), ("x-twice", "b"), ("X-Spam", "no"), ("X-Spam", "yes")]
    with Daemon(policy) as daemon, daemon.session() as mta:
        answer = mta.message(recipients=["<b@example.net>", "<Off@example.net>"], header=header)
        same(answer, "continue", "the message is let through")
        edits = [e for e in mta.edits if e[0] in HEADER_EDITS]
        expected = [("X-First", "1 a@example.com"), ("X-Twice", "new"), ("X-Spam", "no")]
        for renumbers in True, False:
            same(edited(header, edits, renumbers), expected,
                 "the header afterwards, in an MTA that %s" % ("renumbers" if renumbers else "doesn't"))
        same({e for e in mta.edits if e[0] not in HEADER_EDITS}, {
            ("sender", "<bounce@example.org>"), ("add-recipient", "<copy@example.org>"),
            ("delete-recipient", "<Off@example.net>"), ("quarantine", "look at this"),
        }, "envelope and quarantine")
        mta.message()
        same(len([e for e in mta.edits if e[0] == "change-header"]), 0, "another message has nothing to delete")


@case
def skips_a_body_that_nobody_needs():
    policy = 'rule b if any header["X-Look"] == "yes" and any body ~ /bad/ reject'
    with Daemon(policy) as daemon, daemon.session() as mta:
        for look, expected in ("no", "skip"), ("yes", "continue"):
            mta.mail("<a@example.com>")
            mta.rcpt("<b@example.net>")
            mta.header("X-Look", look)
            mta.eoh()
            same(mta.body(b"first\r\n"), expected, "a body piece, X-Look: " + look)
            same(mta.eom(), "continue", "the end of the message comes all the same")
        with daemon.mta() as other:
            other.begin(steps=0x1FFFFF & ~0x400)
            other.mail("<a@example.com>")
            other.rcpt("<b@example.net>")
            other.header("X-Look", "no")
            other.eoh()
            same(other.body(b"first\r\n"), "continue", "an MTA that doesn't know SKIP isn't told it")


@case
def keeps_limits():
    policy = 'set max-recipients 3 set max-header-bytes 1KB\nrule r if any header["Subject"] == "x" reject'
    with Daemon(policy) as daemon, daemon.session() as mta:
        mta.mail("<a@example.com>")
        for n in range(3):
            same(mta.rcpt("<b%d@example.net>" % n), "continue", "recipient %d" % (n + 1))
        answer = mta.rcpt("<b3@example.net>")
        check(answer.startswith("452 4.5.3 "), "RFC 5321 section 4.5.3.1.10: one too many", answer)
        mta.header("X-Long", "y" * 2000)
        answer = mta.eoh()
        if answer == "continue":
            answer = mta.eom()
        check(answer.startswith("552 5.3.4 "), "a header that is too large", answer)
        same(mta.message(), "continue", "the next message isn't blamed")


HEADER_LIMITS = [
    ("fields", [("X-%d" % n, "y") for n in range(2000)], [("X-Last", "y")], "552 5.3.4 "),
    ("octets", [("X-Long", "y" * (32768 - 10))] * 8, [("X", "")], "552 5.3.4 "),
    ("mailboxes", [("From", "\"a, b\" <a@example.com>, " * 99 + "b@example.com"),
                   ("Reply-To", ",".join(["a@example.com"] * 100)), ("To", "a@example.com," * 300)],
     [("sender", "a@example.com")], "554 5.6.0 "),
]


@case
def keeps_limits_of_the_header():
    """Said at the end of the header where a verdict may fall there, else of the message; never lost."""
    for policy in 'rule r if any header["Subject"] == "x" reject', 'rule r remove-header "Subject"':
        for steps in 0x1FFFFF, 0x1FFFFF & ~0x40480:
            with Daemon(policy) as daemon, daemon.session(steps=steps) as mta:
                for what, header, more, expected in HEADER_LIMITS:
                    same(mta.message(header=header), "continue", "as many %s as there may be" % what)
                    answer = mta.message(header=header + more)
                    check(answer.startswith(expected), "and more %s" % what, answer)
                    same(mta.message(), "continue", "the next message isn't blamed")


@case
def goes_on_at_limits_in_mode_audit():
    policy = 'set max-header-fields 2\nrule r if header.count >= 2 reject 550 5.7.1 "{header.count}"'
    with Daemon(policy, mode="audit") as daemon, daemon.session() as mta:
        same(mta.message(header=[("X", "1"), ("X", "2"), ("X", "3"), ("X", "4")]), "continue", "nothing is refused")
        lines = daemon.lines("audit-reject")
        same([re.search(": ([0-9]{3} .*?); rule=", line)[1] for line in lines],
             ["552 5.3.4 the header of this message has too many fields", "550 5.7.1 2"],
             "the limit is logged, and no rule sees more than it allows")
        same(daemon.lines("audit-reject-also: .*rule=r id=[^ ]+ after=-"), lines[1:], "and that it was behind the limit")


@case
def softens_in_mode_soft():
    policy = BY_STAGE + "set max-header-fields 3\nset max-recipients 4\n"
    with Daemon(policy, mode="soft") as daemon:
        with daemon.mta() as mta:
            mta.negotiate()
            same(mta.connect(address="192.0.2.66"), "454 4.7.1 not you", "at connect")
        with daemon.session() as mta:
            same(mta.mail("<bad@example.com>"), "453-4.7.1 100%% refused\r\n453 4.7.1 second %%s line", "at MAIL")
            same(mta.mail("<a@example.com>"), "continue", "the next MAIL is another matter")
            same(mta.rcpt("<bad@example.net>"), "450 4.1.1 bad@example.net is at 5%%d", "at RCPT")
            same(mta.rcpt("<b@example.net>"), "continue", "the next recipient is let in")
            same(mta.unknown("TURN"), "402 4.5.1 no TURN", "of an unknown command")
        with daemon.session() as mta:
            same(mta.message(header=[("Subject", "bad")]), "454 4.6.0 subject", "at the end of the header")
            same(mta.message(body=b"so bad\r\n"), "454 4.7.0 body", "at the end of the message")
            answer = mta.message(header=[("X", "1")] * 4)
            check(answer.startswith("452 4.3.4"), "at a limit", answer)
            same(mta.message("<gone@example.com>"), "discard", "what is discarded is")
            same(mta.message(), "continue", "and the next message passes")
        same(len(daemon.lines("soft-reject: MAIL from .*: 453 4.7.1 .*rule=m")), 1, "the log has what was said")
        same(len(daemon.lines("soft-reject: .*: 452 4.3.4 .*rule=- .*reason=")), 1, "at the limit too")
        same(len(daemon.lines("[^-]reject: ")), 0, "and no other reject")


@case
def walks_on_in_mode_audit():
    policy = r'''
rule gone if rcpt.local == "gone" reject 550 5.1.1 "gone"
rule mine if rcpt.domain == "example.net" discard "mine"
rule lottery if any header["Subject"] ~ /lottery/ reject 550 5.7.1 "no lotteries"
rule money if any body ~ /money/ tempfail 450 4.7.1 "no money"
rule mark add-header "X-Seen" "yes"
'''
    with Daemon(policy, mode="audit") as daemon, daemon.session() as mta:
        same(mta.message(recipients=["<gone@example.net>"], header=[("Subject", "lottery")], body=b"money\r\n"),
             "continue", "nothing is refused")
        same(mta.edits, [], "nor changed")
        same([re.search("(audit-.*?): (.*?) from .*; rule=(.*?) id=.{12} (.*?)from=", line).groups()
              for line in daemon.lines("audit-")],
             [("audit-reject", "RCPT", "gone", ""), ("audit-discard-also", "RCPT", "mine", "after=gone "),
              ("audit-reject-also", "END-OF-HEADER", "lottery", "after=gone "),
              ("audit-add-header-also", "END-OF-HEADER", "mark", "after=gone "),
              ("audit-tempfail-also", "END-OF-MESSAGE", "money", "after=gone ")],
             "and the log has every rule that holds")


@case
def refuses_a_field_too_long_once_converted():
    """A milter may say no more than 65535 octets at once."""
    with Daemon("rule u downgrade utf8\nrule e downgrade 8bit\n") as daemon, daemon.session() as mta:
        same(mta.message(header=[("Subject", "\u00e9 " + "x " * 32000)]), "continue", "it just fits")
        check(len(mta.edits[0][3]) > 64000, "and is told", len(mta.edits[0][3]))
        answer = mta.message(header=[("Subject", "\u00e9 " + "x " * 32600)])
        check(answer.endswith("554 5.6.9 a header field would be too long"), "a field that is too long", answer)
        same(mta.message(), "continue", "the next message isn't blamed")


@case
def withholds_in_mode_audit():
    with Daemon('rule r audit if sender == "bad@example.com" reject 550 5.7.1 "no"') as daemon:
        with daemon.session() as mta:
            same(mta.message("<bad@example.com>"), "continue", "an audit rule does nothing")
        check(daemon.lines("audit-reject"), "and says in the log what it would have done", daemon.log())
