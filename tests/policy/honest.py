"""Mail without a login, under all policies that we ship: nothing is refused but what honest_refused.txt names, and all of
that is. The messages are those of honest.txt, those that conversions are tried with, and those that others wrote, where
the folder of the corpora is there.

usage: honest.py BATCH RESULTS CORPORA
"""

import os
import re
import sys

import author_readers as readers
import own_messages
from author_fuzz import check, finish

POLICIES = ("standard", "extensions", "submission", "lookalike", "attachments", "next-hop")
SITE = """table owners = "texthash:%s/owners"
list our-domains = { example.com, .example.com }
list protected-domains = { bank.example }
"""
LEAST_KINDS = 60
STRANGER = "<list-bounces@lists.example.net> BODY=8BITMIME"
WORD = re.compile(r'<(?:"[^"]*"|[^>])*>|\S+')


class Strangers(readers.Batch):
    def __init__(self, program, directory):
        os.makedirs(directory, exist_ok=True)
        folder = os.path.realpath(readers.HERE + "/../../rules/policies")
        with open(directory + "/owners", "w", encoding="ascii") as file:
            file.write("alice@example.com alice\nbob@example.com bob\n")
        with open(directory + "/site.conf", "w", encoding="ascii") as file:
            file.write(SITE % directory)
            file.writelines('include "%s/%s.rules"\n' % (folder, name) for name in POLICIES)
        self.begin(program, "-e", directory + "/site.conf")

    def judge_mail(self, mail, rcpt, message):
        words = [word.encode("utf-8", "surrogateescape") for word in WORD.findall(mail)]
        return self.judge(b"\t".join(words) + b"\n" + rcpt.encode() + b"\n" + message)


def with_crlf(text):
    """As an MTA passes it on; what stands before the header in a mailbox is no part of it."""
    return re.sub(rb"\r\n|\r|\n", b"\r\n", re.sub(rb"\AFrom [^\r\n]*(\r\n|\r|\n)", b"", text))


def kinds():
    """(name, mail, rcpt, message) of honest.txt."""
    with open(readers.HERE + "/honest.txt", encoding="utf-8") as file:
        blocks = re.split(r"^=== ", file.read(), flags=re.MULTILINE)[1:]
    for block in blocks:
        lines, _, text = block.partition("\n\n")
        name, mail, rcpt = lines.split("\n")
        octets = [re.sub(rb"\\x([0-9A-F]{2})", lambda found: bytes.fromhex(found[1].decode()), part.encode())
                  for part in (mail, text)]
        yield (name, octets[0].decode("utf-8", "surrogateescape").removeprefix("mail "), rcpt.removeprefix("rcpt "),
               with_crlf(octets[1]))


def of_others(corpora):
    for folder, parameters in (("mime/msgs", ""), ("mime/derived8", ""), ("eai/msgs", " SMTPUTF8")):
        place = os.path.join(corpora, folder)
        for name in sorted(os.listdir(place)) if os.path.isdir(place) else ():
            with open(os.path.join(place, name), "rb") as file:
                yield folder + "/" + name, STRANGER + parameters, "<alice@example.com>", with_crlf(file.read())


def of_ours():
    for name, text, _ in own_messages.MESSAGES:
        yield "conversion: " + name, STRANGER + " SMTPUTF8", "<alice@example.com>", with_crlf(text)


def refused():
    """name: rule, of honest_refused.txt."""
    with open(readers.HERE + "/honest_refused.txt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split(" | ") for line in file if line.strip() and not line.startswith("#")]
    return {name: rule for name, rule, _ in rows}


def verdicts(batch, messages, table):
    names = set()
    for name, mail, rcpt, message in messages:
        letter, rule, reply = batch.judge_mail(mail, rcpt, message)
        names.add(name)
        found = None if letter == "a" else rule
        check(found == table.get(name), "%s: %s" % (name, found or "passes"))
        if found != table.get(name):
            print("# expected: %s; the reply: %s" % (table.get(name), reply))
    return names


def main(program, directory, corpora):
    batch = Strangers(program, directory)
    table = refused()
    own = list(kinds())
    check(len({name for name, *_ in own}) >= LEAST_KINDS, "%d kinds of messages" % len(own))
    names = verdicts(batch, own, table) | verdicts(batch, of_ours(), table)
    others = verdicts(batch, of_others(corpora), table)
    for name in sorted(set(table) - names - others):
        check("/" in name and not others, "%s is in the table, and a message" % name)
    missing = [] if others else [("those that others wrote", "there are no messages in %s" % corpora)]
    return finish(missing)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
