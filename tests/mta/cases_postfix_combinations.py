"""All combinations of senders, recipients, headers and bodies, declared SMTPUTF8, for a next hop without extensions:
with either recipe of the manual and without, each is refused in the dialogue or arrives in 7 bits and equal. Nothing
bounces, and nothing is lost."""

import collections
import concurrent.futures
import itertools
import re
import sys

import harness
import next_hop
from harness import check, same

PARAMETERS = " BODY=8BITMIME SMTPUTF8"
# What is in them that ASCII can say in another way, or can't say at all.
SENDERS = {"ASCII": ("<alice@example.org>", ""), "U-label": ("<alice@bücher.example>", "domain"),
           "UTF-8 local part": ("<jörg@example.org>", "local"), "both": ("<jörg@bücher.example>", "domain local"),
           "null": ("<>", "")}
RECIPIENTS = {"ASCII": ("<carol@old.example>", ""), "U-label": ("<carol@bücher.example>", "domain"),
              "UTF-8 local part": ("<jörg@old.example>", "local"), "both": ("<jörg@bücher.example>", "domain local")}
HEADERS = {"ASCII": ("", ""), "UTF-8 text": ("text", "text"), "U-label in To": ("carol@bücher.example", "text"),
           "UTF-8 local part in To": ("jörg@old.example", "local"), "UTF-8 name": ("name", "text"),
           "UTF-8 in a part": ("part", "text")}
# The label, and what it is of.
BODIES = {"7bit": ("7bit", "At one?\r\n"), "8bit": ("8bit", next_hop.FILLER), "mislabelled": ("7bit", next_hop.FILLER)}
AT_ONCE = 4

Combination = collections.namedtuple("Combination", "number sender recipient header body")
COMBINATIONS = [Combination(number, *of) for number, of in
                enumerate(itertools.product(SENDERS, RECIPIENTS, HEADERS, BODIES))]


def text_of(combination):
    said, _ = HEADERS[combination.header]
    part = next_hop.text_part(*BODIES[combination.body])
    fields, _, body = part.partition("\r\n\r\n")
    fields += "\r\n"
    if said == "part":
        fields, body = next_hop.multipart("mixed", part, 'Content-Type: text/plain; name="Übersicht.txt"\r\n\r\nnothing\r\n')
    text = next_hop.message(subject="Grüße aus Köln" if said == "text" else "lunch", body=body, fields=fields,
                            sender="Jörg Älice <alice@example.org>" if said == "name" else "Alice <alice@example.org>")
    if "@" in said:
        text = text.replace(b"To: carol@old.example", b"To: " + said.encode())
    return text.replace(b"Message-Id: <1@", b"Message-Id: <%d@" % combination.number)


def send(client, combination):
    """The reply that ended it."""
    said = client.say("MAIL FROM:" + SENDERS[combination.sender][0] + PARAMETERS)
    if said.startswith("250"):
        said = client.say("RCPT TO:" + RECIPIENTS[combination.recipient][0])
    if said.startswith("250"):
        return client.data(text_of(combination))
    client.say("RSET")
    return said


def send_some(site, combinations):
    with site.client() as client:
        return [(one, send(client, one)) for one in combinations]


def send_all(site):
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [pool.submit(send_some, site, COMBINATIONS[first::AT_ONCE]) for first in range(AT_ONCE)]
        return sorted(pair for job in jobs for pair in job.result())


def without_recipe(sender, recipient, header):
    """The reply that is due: what isn't ASCII has to be, since Postfix remembers that UTF-8 was declared."""
    return "553 5.6.7" if sender or recipient else "554 5.6.9" if header else "250 2.0.0"


def queued_once_more(sender, recipient, header):
    """What has no form in ASCII."""
    return "553 5.6.7" if "local" in sender + recipient else "554 5.6.9" if "local" in header else "250 2.0.0"


def taken_off(sender, recipient, header):
    """The declaration stays where the sender isn't ASCII, and where it went Postfix takes no U-label."""
    if "domain" in recipient and not sender:
        return "501 5.1.3"
    return "553 5.6.7" if sender or recipient else "550 5.6.7" if "local" in header else "250 2.0.0"


def wrong_with(combination, said, due, got):
    if not re.match(due.replace(" ", "[ -]"), said):
        return ["%s was due, and said was %r" % (due, said)]
    if not said.startswith("250"):
        return ["%r, and arrived" % said for _ in got]
    if len(got) != 1:
        return ["it arrived %d times" % len(got)]
    envelope, text = got[0]
    wrong = next_hop.difference(text_of(combination), text)
    return wrong + [line for line in envelope if not line.isascii() or "SMTPUTF8" in line]


def play(name, begin, policy, due):
    with begin() as site, site.policy(next_hop.hops_table(site) + policy):
        told = send_all(site)
        old, new = site.arrived()
        arrived = collections.defaultdict(list)
        for envelope, text in old:
            arrived[re.search(rb"(?m)^Message-Id: <(\d+)@", text)[1]].append((envelope, text))
        for one, said in told:
            what = [SENDERS[one.sender][1], RECIPIENTS[one.recipient][1], HEADERS[one.header][1]]
            wrong = wrong_with(one, said, due(*what), arrived[b"%d" % one.number])
            same(wrong, [], "%s: from %s to %s, header %s, body %s" % (name, *one[1:]))
        same(new, [], name + ": nothing else is sent")
        same(site.bounced(), [], name + ": nothing bounces")
        check(sum(map(len, arrived.values())) == sum(said.startswith("250") for _, said in told), name + ": nothing is lost")


play("no recipe", next_hop.Site, next_hop.NEXT_HOP, without_recipe)
play("converting", next_hop.Site, "let convert-utf8 = yes\n" + next_hop.NEXT_HOP, without_recipe)
play("queued once more", lambda: next_hop.resend_site(domains=()), next_hop.RESENDS, queued_once_more)
play("taken off", next_hop.strip_site, next_hop.STRIPPED, taken_off)
print("1..%d" % harness.results["run"])
sys.exit(harness.results["failed"] > 0)
