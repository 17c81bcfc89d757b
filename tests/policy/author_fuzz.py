"""Plays made-up author fields of a login that wants to be another, and has readers that nobody here wrote judge what
Postern accepts.

usage: author_fuzz.py BATCH RESULTS SEED COUNT [NUMBER]: with a number this case alone, which is shown.
"""

import collections
import random
import re
import sys

import author_fields as fields
import author_readers as readers

LEAST_ACCEPTED = 15  # of a hundred
LEAST_FAMILIES = 4
SHOWN = 20
LOOSE = "let strict-author = no\n"

results = {"run": 0, "failed": 0}


def check(ok, text):
    results["run"] += 1
    results["failed"] += not ok
    print("%sok %d - %s" % ("" if ok else "not ", results["run"], text), flush=True)


def finish(missing):
    """Readers that aren't here are named."""
    for name, why in missing:
        results["run"] += 1
        print("ok %d - %s reads them # SKIP %s" % (results["run"], name, why))
    print("1..%d" % results["run"])
    return results["failed"] > 0


def cases(seed, count):
    for number in range(count):
        family, made = fields.make(random.Random("%d %d" % (seed, number)))
        yield number, family, readers.message_of(made)


def worst(found):
    """A reader that takes another for the author, else one that shows him, else what only a person reads."""
    return min(found, key=lambda one: (one[0] == "a person", one[1] != "author"))


def is_a_field(octets):
    return octets.startswith(b"From: ") and not re.search(rb"(?<!\r)\n|\n(?![ \t])", octets)


def author_fields_of(message):
    return message.partition(b"\r\nTo: ")[0]


def still_forges(batch, asked, who, message):
    return batch.accepts(message) and who in [(reader, what) for reader, what, _ in readers.forgeries(message, asked)]


def smallest(batch, asked, message, who, steps=400):
    """The field without what isn't needed to fool this reader."""
    left = author_fields_of(message)
    size = max(1, len(left) // 2)
    while size and steps:
        at = 0
        while at < len(left) and steps:
            steps -= 1
            shorter = left[:at] + left[at + size:]
            fooled = is_a_field(shorter) and still_forges(batch, asked, who, readers.message_of([shorter]))
            left = shorter if fooled else left
            at += 0 if fooled else size
        size //= 2
    return left


def run(batch, asked, seed, count):
    """How many were accepted, and the forgeries: (number, family, message, found)."""
    accepted, forged = 0, []
    for number, family, message in cases(seed, count):
        if not batch.accepts(message):
            continue
        accepted += 1
        found = readers.forgeries(message, asked)
        if found:
            forged.append((number, family, message, found))
    return accepted, forged


def refused_honest(batch, seed, count):
    """Good fields that are refused."""
    for number in range(count):
        message = readers.message_of([fields.octets(fields.honest(random.Random("honest %d %d" % (seed, number))))])
        letter, rule, reply = batch.judge(message)
        if letter != "a":
            yield message, rule, reply


def show(batch, asked, forged):
    for number, family, message, found in forged[:SHOWN]:
        who = worst(found)
        print("# %d (%s): %s %s %s" % (number, family, *who))
        print("#   %r" % smallest(batch, asked, message, who[:2]))
        print("#   of %r" % author_fields_of(message)[:400], flush=True)
    for (family, reader), times in sorted(collections.Counter(
            (family, worst(found)[0]) for _, family, _, found in forged).items()):
        print("# %s: %d, by %s" % (family, times, reader))


def show_one(batch, asked, seed, number):
    family, made = fields.make(random.Random("%d %d" % (seed, number)))
    message = readers.message_of(made)
    print(family, author_fields_of(message))
    print(batch.judge(message))
    for reader in asked:
        for what, text in sorted(set(reader.read(message))):
            print("%s %s %r" % (reader.name, what, text))
    for found in readers.forgeries(message, asked):
        print(found)


def main(program, directory, seed, count, number=None):
    asked, missing = readers.readers()
    strict = readers.Batch(program, directory + "/strict")
    if number is not None:
        return show_one(strict, asked, int(seed), int(number))
    seed, count = int(seed), int(count)
    accepted, forged = run(strict, asked, seed, count)
    check(not forged, "of %d author fields, %d accepted, nobody reads one as another's" % (count, accepted))
    show(strict, asked, forged)
    check(100 * accepted >= LEAST_ACCEPTED * count, "%d of %d are accepted, so that there is something to read" % (accepted, count))
    refused = list(refused_honest(strict, seed, count))
    check(not refused, "of %d good fields none is refused" % count)
    for message, rule, reply in refused[:SHOWN]:
        print("# %s\n#   %r %s" % (rule, author_fields_of(message), reply.replace("\n", "\n#   ")))
    # Without strict-author the same run must find what it looks for, or it can't.
    loose = readers.Batch(program, directory + "/loose", LOOSE)
    accepted, forged = run(loose, asked, seed, count)
    families = sorted({family for _, family, _, _ in forged})
    check(len(families) >= LEAST_FAMILIES, "without strict-author it finds %d forgeries, of %d families: %s" %
          (len(forged), len(families), ", ".join(families)))
    return finish(missing)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
