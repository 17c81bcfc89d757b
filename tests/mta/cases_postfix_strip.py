"""The manual's recipe with smtpd_command_filter: which commands it changes, what arrives, what is refused."""

import re
import sys

import harness
import next_hop
from harness import case, check, same
from next_hop import NEW, OLD, queued

TELLS = 'rule tells\n    log "[{mail.params}]"\n'

# What the client says, who it comes from, and which parameters are left for Postern to see.
COMMANDS = [
    ("MAIL FROM:<alice@example.org> SMTPUTF8", "alice@example.org", ""),
    ("MAIL FROM:<alice@example.org> SIZE=100 SMTPUTF8 BODY=8BITMIME", "alice@example.org", "SIZE, BODY"),
    ("mail from: <alice@example.org>  body=8bitmime   smtputf8  ret=hdrs envid=SMTPUTF8", "alice@example.org",
     "body, ret, envid"),
    ("MAIL FROM:<alice@example.org> BODY=8BITMIME SMTPUTF8 AUTH=<>", "alice@example.org", "BODY, AUTH"),
    ("MAIL FROM:<alice@example.org>\tSMTPUTF8", "alice@example.org", ""),
    ("MAIL FROM:<alice@example.org> SMTPUTF8 SMTPUTF8", "alice@example.org", ""),
    ("MAIL FROM:<> SMTPUTF8", "", ""),
    ("MAIL FROM:alice@example.org SMTPUTF8", "alice@example.org", ""),
    ('MAIL FROM:<"a SMTPUTF8 b"@example.org> SMTPUTF8', '"a SMTPUTF8 b"@example.org', ""),
    ('MAIL FROM:<"a SMTPUTF8 b"@example.org> SIZE=9', '"a SMTPUTF8 b"@example.org', "SIZE"),
    ('MAIL FROM:<"a\\" SMTPUTF8 >"@example.org>', '"a\\" SMTPUTF8 >"@example.org', ""),
    ("MAIL FROM:<$1$2@example.org> SMTPUTF8", "$1$2@example.org", ""),
    ("MAIL FROM:<jörg@example.org> SMTPUTF8", "jörg@example.org", "SMTPUTF8"),
    ("MAIL FROM:<alice@bücher.example> SMTPUTF8", "alice@bücher.example", "SMTPUTF8"),
]


ASCII_SENDER, ASCII_RECIPIENT = "MAIL FROM:<alice@example.org>", "RCPT TO:" + OLD


def recipe():
    return next_hop.hops_table(site) + next_hop.STRIPPED


def params(postern):
    """Those that Postern saw, of each transaction."""
    return re.findall(r": log: RCPT from \S+: \[(.*?)\];", postern.log())


@case
def commands():
    with site.policy(TELLS) as postern:
        for number, (line, sender, left) in enumerate(COMMANDS):
            with site.client() as client:
                check(queued([client.say(line), client.say("RCPT TO:" + NEW), client.data(next_hop.PLAIN)]), line)
            harness.wait_until(lambda: len(params(postern)) > number)
            same(params(postern)[number:], [left], "Postern sees [%s]" % left)
            _, new = site.arrived()
            same([envelope[0].split(">")[0] for envelope, _ in new], ["MAIL FROM:<" + sender.split(">")[0]],
                 "it comes from %s" % sender)
        for line in "MAIL FROM:<alice@example.org> SMTPUTF8=1", "MAIL FROM:<alice@example.org> XSMTPUTF8":
            with site.client() as client:
                check(client.say(line).startswith("555 5.5.4"), line + ": Postfix still refuses it")


@case
@next_hop.nothing_bounces(lambda: site)
def converted():
    with site.policy(recipe()) as postern:
        for name, text in next_hop.CONVERTIBLE:
            for hop in OLD, NEW:
                check(queued(site.send("<alice@example.org> BODY=8BITMIME SMTPUTF8", hop, text=text)),
                      "%s, to %s: accepted" % (name, hop), postern.log())
                arrived = site.arrived()
                got = arrived[hop == NEW]
                same([next_hop.difference(text, one, whole=hop == OLD) for _, one in got], [[]],
                     "%s, to %s: equal, in 7 bits or with a header that is" % (name, hop))
                same(arrived[hop != NEW], [], "nothing else is sent")
                check(got and "SMTPUTF8" not in got[0][0][0], "and nothing is declared", got)


@case
@next_hop.nothing_bounces(lambda: site)
def in_one_transaction():
    """A message has one form, which fits the hop that takes less."""
    with site.policy(recipe()):
        check(queued(site.send("<alice@example.org> BODY=8BITMIME SMTPUTF8", NEW, OLD, text=next_hop.BOTH)), "two hops")
        got = [text for messages in site.arrived() for _, text in messages]
        same([next_hop.difference(next_hop.BOTH, one) for one in got], [[], []], "two hops: both get it in 7 bits")


@case
@next_hop.nothing_bounces(lambda: site)
def refused():
    """What can't go out undeclared is refused while the client is there."""
    with site.policy(recipe()) as postern:
        for name, text, status in next_hop.UNCONVERTIBLE:
            told = site.send("<alice@example.org> BODY=8BITMIME SMTPUTF8", OLD, text=text)
            check(next_hop.is_refusal(told[-1], status), name, (told, postern.log()))
        told = site.send("<alice@example.org> SMTPUTF8", "<carol@bücher.example>", text=next_hop.PLAIN)
        check(told[0].startswith("501 5.1.3"), "a recipient's domain as U-label", told)
        told = site.send("<alice@example.org> SMTPUTF8", "<jörg@new.example>", text=next_hop.PLAIN)
        check(told[0].startswith("553 5.6.7"), "a recipient whose local part isn't ASCII", told)
        same(site.arrived(), ([], []), "nothing of that arrives")


@case
@next_hop.nothing_bounces(lambda: site)
def declared_senders():
    """His declaration stays."""
    with site.policy(recipe()):
        check(queued(site.send("<jörg@example.org> SMTPUTF8", NEW, text=next_hop.UTF8_HEADER)), "to a hop with SMTPUTF8")
        _, new = site.arrived()
        same([envelope for envelope, _ in new], [["MAIL FROM:<jörg@example.org> SMTPUTF8", "RCPT TO:" + NEW]],
             "it goes on with it")
        told = site.send("<jörg@example.org> SMTPUTF8", OLD, text=next_hop.PLAIN)
        check(told[0].startswith("553 5.6.7"), "to one without: refused", told)


@case
def without_the_switch():
    """The declaration is gone before the rules on undeclared UTF-8 look for it."""
    with site.policy(next_hop.STANDARD):
        told = site.send("<alice@example.org> SMTPUTF8", NEW, text=next_hop.UTF8_HEADER)
        check(told[-1].startswith("554 5.6.0"), "smtputf8-stripped isn't said: refused", told)
        same(site.arrived(), ([], []), "nothing arrives")


with next_hop.strip_site() as site:
    sys.exit(harness.run_all())
