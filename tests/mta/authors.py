"""Author fields behind one MTA: no way to write another's gets in, and good ones get through as what they are. The
fields are those of tests/policy/author_attacks.txt and author_passes.txt."""

import os
import sys

import submission
from harness import case, check, same

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../policy"))
import author_lists
import author_readers as readers

# In front of all others MTAs take this for a line that a mailbox file begins a message with, and hand it on as no From.
NO_FIELD = r"From : ceo@example.com\nFrom: alice@example.com"
LOGIN, SENDER = "alice@test.example", "<%s>" % readers.ALICE


def policy():
    owners = "".join("%s %s@test.example\n" % owned for owned in readers.OWNERS.items())
    return submission.POLICY.replace("example.org", readers.OUR_DOMAIN) % submission.site.make_map(owners)


def submit(header, number):
    return submission.submit(LOGIN, SENDER, header + b"\r\nSubject: %d" % number)


def delivered():
    """By the number in Subject."""
    found = {}
    for _, message in submission.site.delivered():
        message = message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        found[int(message.partition(b"\r\nSubject:")[2].split(b"\r\n")[0])] = message
    return found


@case
def author_attacks():
    asked, _ = readers.readers()
    lines = list(readers.listed("author_attacks.txt"))
    with submission.site.policy(policy()):
        said = [submit(header, number) for number, (_, _, header) in enumerate(lines)]
        got_in = delivered()
    for number, (family, line, _) in enumerate(lines):
        fooled = readers.forgeries(got_in[number], asked) if number in got_in else []
        check(not fooled and (said[number].startswith("5") or line == NO_FIELD), "author attack: %s: %s" % (family, line),
              (said[number], fooled))


@case
def author_passes():
    asked, _ = readers.readers()
    lines = [listed for listed in readers.listed("author_passes.txt") if listed[0] != author_lists.SWITCHED]
    with submission.site.policy(policy()):
        said = [submit(header, number) for number, (_, _, header) in enumerate(lines)]
        got_in = delivered()
    for number, (family, line, _) in enumerate(lines):
        check(said[number].startswith("250"), "author: %s: %s" % (family, line), said[number])
        message = got_in.get(number, b"")
        wrong = [*author_lists.read_as_alice(line, message, asked), *readers.forgeries(message, asked)]
        same(wrong, [], "and alice is who arrives as its author")
