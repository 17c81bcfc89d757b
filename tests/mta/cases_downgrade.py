"""How many messages with octets above 127 come out in 7 bits and say the same: by way of Postfix, whose next hop offers
neither 8BITMIME nor SMTPUTF8, and by way of `postern downgrade`."""

import os
import re
import sys

import harness
import kit

sys.path.insert(0, os.path.realpath(os.environ["srcdir"]) + "/tests/policy")

import downgrade_compare as compare
import downgrade_corpora as corpora

CORPORA = os.environ["POSTERN_CORPORA"]
BOTH = compare.EIGHTBIT | compare.UTF8


def eightbit_messages():
    """(name, message) with CRLF; those that lie in both folders once."""
    seen = {}
    for _, name, octets in corpora.messages(CORPORA):
        if not octets.isascii():
            seen.setdefault(corpora.as_smtp(octets), name)
    return [(name, octets) for octets, name in seen.items()]


def send(client, number, octets):
    client.say("MAIL FROM:<alice@example.org> BODY=8BITMIME")
    client.say("RCPT TO:<n%d@example.net>" % number)
    return client.data(octets if octets.endswith(b"\r\n") else octets + b"\r\n")


def through_postfix(messages):
    """What the next hop got of each, by number; without the field that Postfix put before it."""
    got = {}
    with kit.Site("smtpd_milters=", "non_smtpd_milters=", "smtp_discard_ehlo_keywords=8bitmime,smtputf8") as site:
        with site.client() as client:
            for number, (_, octets) in enumerate(messages):
                send(client, number, octets)
        for envelope, octets in site.delivered():
            recipient = re.search(r"RCPT TO:<n(\d+)@", "\n".join(envelope))
            if recipient:
                got[int(recipient.group(1))] = re.sub(rb"\AReceived: .*\r\n([ \t].*\r\n)*", b"", octets)
    return got


def is_kept(before, after):
    """Clean and equal; SMTP adds the last line end."""
    return after is not None and after.isascii() and not compare.differences(
        corpora.for_comparison(before), corpora.for_comparison(after), ignore_final_newline=True)


@harness.case
def side_by_side():
    messages = eightbit_messages()
    theirs, ours, ours_in_full = through_postfix(messages), 0, 0
    other = corpora.load_other_comparison(CORPORA)
    kept_by_postfix = sum(is_kept(octets, theirs.get(number)) for number, (_, octets) in enumerate(messages))
    clean_by_postfix = sum(octets.isascii() for octets in theirs.values())
    for name, octets in messages:
        outcome = corpora.Outcome(name, "both", BOTH, octets, "with CRLF").judge(other)
        ours += is_kept(octets, outcome.said)
        ours_in_full += not outcome.refusal and not outcome.wrong
    print("# of %d messages with octets above 127 come out in 7 bits and equal: %d from Postfix (%d in 7 bits), "
          "%d from Postern" % (len(messages), kept_by_postfix, clean_by_postfix, ours))
    harness.same(len(theirs), len(messages), "Postfix delivers all of them")
    harness.check(ours >= kept_by_postfix, "Postern keeps as many", (ours, kept_by_postfix))
    expected = sum(name not in corpora.REFUSED for name, _ in messages)
    harness.same((ours, ours_in_full), (expected, expected), "Postern keeps all that it doesn't refuse")
    if not corpora.are_there(CORPORA):
        harness.skip(corpora.NOT_THERE % CORPORA)


sys.exit(harness.run_all())
