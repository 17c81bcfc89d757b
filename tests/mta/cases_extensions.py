"""The same transactions by every road: DATA or BDAT, one command at a time or pipelined, with and without STARTTLS."""

import itertools
import os
import re
import sys

import harness
import kit

POLICIES = os.path.realpath(os.environ["srcdir"]) + "/rules/policies/"
POLICY = """
let max-size = 64KB
let refuse-binary = yes
let refuse-false-7bit = yes
let strict-utf8-headers = yes
let strict-dots = yes
include "%sstandard.rules"
include "%sextensions.rules"
rule no-lottery if any header["Subject"] ~ /lottery/i reject 550 5.7.1 "no lotteries"
rule one-recipient if rcpt == "no@example.net" reject 550 5.1.1 "nobody of that name"
rule later if header["X-Later"] tempfail 451 4.7.1 "later"
""" % (POLICIES, POLICIES)

TO = ["<carol@example.net>"]
TEXT = kit.TEXT

# name, MAIL, RCPTs, message, what the client is told: of each recipient, and at the end where one is left
TRANSACTIONS = [
    ("ordinary mail", "<alice@example.org>", TO, TEXT, ["250 2.1.5"], "250 2.0.0"),
    ("every parameter", "<alice@example.org> SIZE=100 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb",
     ["<carol@example.net> NOTIFY=NEVER ORCPT=rfc822;carol@example.net"], TEXT, ["250 2.1.5"], "250 2.0.0"),
    ("one recipient of two", "<alice@example.org>", ["<no@example.net>"] + TO, TEXT,
     ["550 5.1.1", "250 2.1.5"], "250 2.0.0"),
    ("a repeated parameter", "<alice@example.org> BODY=7BIT BODY=8BITMIME", TO, TEXT, ["501 5.5.4"], None),
    ("a sender in UTF-8, undeclared", "<jörg@example.org>", TO, TEXT, ["550 5.6.7"], None),
    ("a recipient in UTF-8, undeclared", "<alice@example.org>", ["<jörg@example.net>"], TEXT, ["553 5.6.7"], None),
    ("both, declared", "<jörg@example.org> SMTPUTF8", ["<jörg@example.net>"], TEXT, ["250 2.1.5"], "250 2.0.0"),
    ("two dots in a row", "<a..b@example.org>", TO, TEXT, ["501 5.1.7"], None),
    ("a field of the header", "<alice@example.org>", TO, TEXT.replace(b"lunch", b"Lottery"), ["250 2.1.5"], "550 5.7.1"),
    ("two From fields", "<alice@example.org>", TO, b"From: b@example.org\r\n" + TEXT, ["250 2.1.5"], "554 5.6.0"),
    ("a header in UTF-8, undeclared", "<alice@example.org>", TO, TEXT.replace(b"Alice", "Änne".encode()),
     ["250 2.1.5"], "554 5.6.0"),
    ("a refusal for now", "<alice@example.org>", TO, b"X-Later: yes\r\n" + TEXT, ["250 2.1.5"], "451 4.7.1"),
    ("an 8-bit body", "<alice@example.org> BODY=8BITMIME", TO, TEXT + "Grüße\r\n".encode(), ["250 2.1.5"], "250 2.0.0"),
    ("a false label", "<alice@example.org> BODY=7BIT", TO, TEXT + "Grüße\r\n".encode(), ["250 2.1.5"], "554 5.6.0"),
    ("larger than allowed", "<alice@example.org>", TO, TEXT + b"x" * 70 + b"\r\n" + b"y\r\n" * 30000,
     ["250 2.1.5"], "552 5.3.4"),
    ("lines that begin with dots", "<alice@example.org>", TO, TEXT + b".\r\n..\r\n", ["250 2.1.5"], "250 2.0.0"),
    ("a NUL", "<alice@example.org>", TO, TEXT + b"a\0b\r\n", ["250 2.1.5"], "554 5.6.0"),
]


def content(text, chunked):
    if not chunked:
        return re.sub(rb"(?m)^\.", b"..", text) + b".\r\n"
    half = len(text) // 2
    return b"BDAT %d\r\n%sBDAT %d LAST\r\n%s" % (half, text[:half], len(text) - half, text[half:])


def talk(client, sender, recipients, text, chunked, pipelined):
    """The replies to RCPT, and the last one, if there was a recipient."""
    lines = ["MAIL FROM:" + sender] + ["RCPT TO:" + recipient for recipient in recipients]
    if pipelined:
        client.send("".join(line + "\r\n" for line in lines).encode())
        told = [client.read() for _ in lines]
    else:
        told = [client.say(line) for line in lines]
    if not any(said.startswith("250") for said in told[1:]):
        client.say("RSET")
        return told[1:], None
    if chunked:
        client.send(content(text, True))
        client.read()
    else:
        client.say("DATA")
        client.send(content(text, False))
    return told[1:], client.read()


def code(said):
    return said and said[:9]


def play(encrypted):
    for chunked, pipelined in itertools.product((False, True), repeat=2):
        with site.client() as client:
            if encrypted:
                client.start_tls()
            road = "%s, %s, %s" % ("BDAT" if chunked else "DATA", "pipelined" if pipelined else "by turns",
                                   "TLS" if encrypted else "plain")
            for name, sender, recipients, text, expected, last in TRANSACTIONS:
                told, end = talk(client, sender, recipients, text, chunked, pipelined)
                seen = [code(said) for said in told], code(end)
                harness.check(seen == (expected, last), "%s: %s" % (road, name), (told, end))


@harness.case
def one_verdict():
    with site.policy(POLICY):
        play(False)
        play(True)


@harness.case
def tls_is_seen():
    """Only what TLS is asked of differs."""
    with site.policy('let require-tls = yes\ninclude "%sextensions.rules"\n' % POLICIES):
        with site.client() as client:
            harness.same(code(client.begin()), "530 5.7.0", "without STARTTLS: 530")
        with site.client() as client:
            client.start_tls()
            harness.same(code(client.begin()), "250 2.1.5", "with STARTTLS: accepted")


@harness.case
def verbs():
    """Those that Postfix hands on, and those that it keeps to itself. From 3.10 on it knows HELP, and a refusal of
    ours doesn't take the place of its own; it is logged all the same."""
    switches = "".join("let refuse-%s = yes\n" % verb for verb in
                       ("etrn", "atrn", "turn", "expn", "vrfy", "help", "private-verbs"))
    is_new = site.version() >= [3, 10]
    with site.policy(switches + 'include "%sextensions.rules"\n' % POLICIES) as postern:
        with site.client() as client:
            for line in ["ATRN", "TURN", "EXPN staff", "XFOO bar"] + ([] if is_new else ["HELP"]):
                verb = line.split()[0]
                said = client.say(line)
                harness.check(said.startswith("500 5.5.2 Error" if is_new else "502 5.5.1 %s is not " % verb),
                              "%s is ours to refuse" % line, said)
                harness.check(": 502 5.5.1 %s is not " % verb in postern.log(), "%s is logged" % line, postern.log())
            for line in ["ETRN example.net", "VRFY carol@example.net"] + (["HELP"] if is_new else []):
                said = client.say(line)
                harness.check(" here" not in said, "%s is the MTA's own" % line, said)
                harness.check(line.split()[0] + " is not" not in postern.log(), "and isn't logged", postern.log())


@harness.case
def verbs_for_later():
    """A 4yz is what the client hears, of every version."""
    with site.policy('rule later if command tempfail 452 4.7.0 "{command.verb} later"\n'):
        with site.client() as client:
            for line in "ATRN", "TURN", "EXPN staff", "XFOO bar":
                harness.same(client.say(line), "452 4.7.0 %s later" % line.split()[0], "%s is put off" % line)


with kit.Site("smtpd_discard_ehlo_keywords=", "smtpd_etrn_restrictions=reject") as site:
    sys.exit(harness.run_all())
