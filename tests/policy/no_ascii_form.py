"""Whether facts about conversions say what conversions do: each message meets a policy that refuses it by the fact,
and one that converts it.

usage: no_ascii_form.py BATCH RESULTS CORPORA COUNT
"""

import os
import re
import sys

import author_readers as readers
import downgrade_trees as trees
import honest
from author_fuzz import check, finish

SEED = 20261128
BY_FACT = "rule fact if any message.%s as why: why reject 554 5.6.9 \"{why}\"\n"
PAIRS = {"no-ascii-form": "rule converts downgrade utf8\n",
         "no-7bit-form": "rule converts downgrade 8bit downgrade utf8\n"}
ENVELOPE = b"<alice@example.org>\tBODY=8BITMIME\tSMTPUTF8\n<carol@example.net>\n"
# At least so many of each outcome, or nothing was tried.
LEAST = 40


class Judge(readers.Batch):
    """One policy."""

    def __init__(self, program, place, policy):
        with open(place, "w", encoding="ascii") as file:
            file.write(policy)
        self.begin(program, "-e", place)

    def reason(self, message):
        """Of a refusal, in one line; None where there is none."""
        letter, _, reply = self.judge(ENVELOPE + message)
        return None if letter == "a" else " ".join(re.sub(r"(?m)^\d{3}[ -]\d\.\d\.\d+ ", "", reply).split())


def long_fields():
    """About the most that a field may have where MTA and filter talk, as it comes and in ASCII."""
    for size in (1000, 24000, 65000, 66000):
        for unit in (b"\xc3\xa9", b"e\xc3\xa9 ", b"\xe9"):
            yield "%d octets of %r" % (size, unit), b"Subject: " + unit * (size // len(unit)) + b"\r\n\r\nx\r\n"


def messages(corpora, count):
    yield from long_fields()
    for name, _, _, text in [*honest.of_ours(), *honest.of_others(corpora)]:
        yield name, text
    for number in range(count):
        yield "random message %d" % number, trees.make(SEED, number)[1]


def main():
    program, results, corpora, count = *sys.argv[1:4], int(sys.argv[4])
    os.makedirs(results, exist_ok=True)
    for fact, converts in PAIRS.items():
        by_fact = Judge(program, results + "/%s.fact" % fact, BY_FACT % fact)
        by_conversion = Judge(program, results + "/%s.conversion" % fact, converts)
        differ, tried, refused = [], 0, 0
        for name, text in messages(corpora, count):
            said, done = by_fact.reason(text), by_conversion.reason(text)
            tried += 1
            refused += done is not None
            if (said is None) != (done is None) or said and said not in done:
                differ.append("%s: the fact says %r, the conversion %r" % (name, said, done))
        check(not differ, "%s: as %d conversions have it, of which %d are refused" % (fact, tried, refused))
        for one in differ[:20]:
            print("# " + one)
        check(min(refused, tried - refused) > LEAST, "%s: both happen" % fact)
    return finish([])


sys.exit(main())
