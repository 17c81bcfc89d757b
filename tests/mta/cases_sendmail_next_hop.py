"""Sendmail knows no SMTPUTF8 and sends 8-bit bodies on as they are: what Postern makes of both."""

import sys

import harness
import kit_sendmail
import next_hop
from harness import case, check, same
from next_hop import OLD

CONVERTS = ("let smtputf8-stripped = yes\n" + next_hop.STANDARD + next_hop.NEXT_HOP
            + "rule seven-bit\n    downgrade 8bit\n")


def send(text, sender="<alice@example.org> BODY=8BITMIME", recipient=OLD):
    with site.client() as client:
        return client.deliver(sender, recipient, text=text)


def arrived():
    return [text for _, text in site.delivered()]


@case
def without_a_filter():
    """To see that it is needed."""
    with site.policy(""):
        check(send(next_hop.EIGHT_BIT).startswith("250"), "an 8-bit body: accepted")
        same(["not 7-bit" in next_hop.difference(next_hop.EIGHT_BIT, text) for text in arrived()], [True],
             "and sent on as it is")


@case
def converted():
    with site.policy(CONVERTS) as postern:
        for name, text in next_hop.CONVERTIBLE:
            said = send(text)
            check(said.startswith("250"), name + ": accepted", (said, postern.log()))
            got = arrived()
            same([next_hop.difference(text, one) for one in got], [[]], name + ": arrives in 7 bits, and equal")
        for name, text, status in next_hop.UNCONVERTIBLE:
            said = send(text)
            check(next_hop.is_refusal(said, status), name + ": refused", said)
        same(arrived(), [], "nothing of that arrives")


@case
def undeclared():
    """Since nobody can declare it, a header in UTF-8 is refused, unless the site converts."""
    with site.policy(next_hop.STANDARD):
        check(send(next_hop.UTF8_HEADER).startswith("554 5.6.0"), "a header in UTF-8: refused")
        with site.client() as client:
            said = client.say("MAIL FROM:<alice@example.org> SMTPUTF8")
            check(said.startswith("555 5.5.4"), "SMTPUTF8 isn't offered", said)
            check("SMTPUTF8" not in client.say("EHLO again.example"), "nor named")
            said = client.begin("<alice@example.org>", "<jörg@old.example>")
            check(said.startswith("553 5.6.7"), "a recipient in UTF-8: refused", said)
        same(arrived(), [], "nothing arrives")


with kit_sendmail.Site(offers=()) as site:
    sys.exit(harness.run_all())
