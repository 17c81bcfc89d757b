"""All the way from swaks(1) to a next hop without extensions, with both recipes of the manual; and every message
of our own, and of the corpora where they are."""

import collections
import os
import re
import sys

import harness
import kit_swaks
import next_hop
from harness import check, same
from next_hop import NEW, OLD

sys.path.insert(0, next_hop.ROOT + "/tests/policy")

import downgrade_corpora as corpora

CORPORA = os.environ["POSTERN_CORPORA"]
CONVERTS = ("rule seven-bit\n    if not client.local\n    downgrade 8bit\n"
            "rule ascii\n    if not client.local\n    downgrade utf8\n")
PARAMETERS = "BODY=8BITMIME SMTPUTF8"
NOT_COMPARED = (
    # The comparison looks for the message inside where all of it is base64.
    "parts: a message whose header has UTF-8",
    # The library takes the comment for a part of the name (RFC 2045 section 5.1), which the conversion leaves out.
    "parts: a file name with a comment",
    # Postfix breaks the line where it stays unconverted.
    "a body: a line above 998 octets")
# How many messages arrive at least: of all, and of our own.
MOST = 140 if corpora.are_there(CORPORA) else 40
RECIPES = {"taken off": next_hop.strip_site, "queued once more": next_hop.resend_site}


def corpus():
    for _, name, text in corpora.messages(CORPORA):
        text = re.sub(rb"\r\n?|\n", b"\r\n", text)
        text = re.sub(rb"\AFrom [^\n]*\n", b"", text)
        yield name, text if text.endswith(b"\n") else text + b"\r\n"


def by_swaks(text):
    return kit_swaks.send(site.port, text, OLD.strip("<>"), parameters=PARAMETERS)


def by_client(text):
    return site.send("<alice@example.org> " + PARAMETERS, OLD, text=text)[-1]


def play(name, send, text, before, expected=None):
    """Sends text, which is `before` where it arrives unconverted. Expected: an enhanced status code, or "" for what
    must go through. What came of it."""
    said = send(text)
    old, new = site.arrived()
    same(new, [], name + ": nothing else is sent")
    if not said.startswith("250"):
        same(old, [], name + ": refused, and not sent")
        code = (re.match(r"55[04][ -](5\.6\.\d) ", said) or ["", said])[1]
        check(code == (expected or code), name + ": with the reason", said)
        return code
    same([envelope[0] for envelope, _ in old], ["MAIL FROM:<alice@example.org>"], name + ": arrives")
    check(not expected, name + ": went through", said)
    for _, got in old if name not in NOT_COMPARED else ():
        same(next_hop.difference(before, got), [], name + ": 7-bit and equal")
    return "arrived"


def unconverted(text):
    """As Postfix hands it on, which changes what isn't quite mail."""
    site.send("<alice@example.org> " + PARAMETERS, NEW, text=text)
    _, new = site.arrived()
    return new[0][1] if new else text


def play_all():
    with site.policy(""):
        before = {name: unconverted(text) for name, text in corpus()}
    bounces = len(site.bounced())
    with site.policy(CONVERTS):
        for name, text in next_hop.CONVERTIBLE:
            play(name, by_swaks, text, text, "")
        for name, text, code in next_hop.UNCONVERTIBLE:
            play(name, by_swaks, text, text, code)
        outcomes = collections.Counter(play(name, by_client, text, before[name]) for name, text in corpus())
    same(site.bounced()[bounces:], [], "nothing bounces")
    check(outcomes["arrived"] > MOST, "most arrive: %s" % dict(outcomes))


for recipe, begin in RECIPES.items():
    print("# " + recipe)
    with begin() as site:
        play_all()
if not corpora.are_there(CORPORA):
    harness.skip(corpora.NOT_THERE % CORPORA)
print("1..%d" % harness.results["run"])
sys.exit(harness.results["failed"] > 0)
