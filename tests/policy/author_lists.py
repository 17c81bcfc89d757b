"""Every attack of author_attacks.txt is refused, and each line of author_passes.txt is accepted, with alice for its
author whoever reads it.

usage: author_lists.py BATCH RESULTS
"""

import sys

import author_readers as readers
from author_fuzz import check, finish

SWITCHED = "with allow-directory-names"
# RFC 5322 has quotes for these. Readers that hold to it give no author, or one that no mail can come from (Alice@Work).
UNREAD = ("From: Alice [HR] <alice@example.com>", "From: Alice @ Work <alice@example.com>")


def attacks(batch, asked):
    for family, line, header in readers.listed("author_attacks.txt"):
        message = readers.message_of([header])
        letter, _, reply = batch.judge(message)
        check(letter == "r", "%s: %s" % (family, line))
        if letter != "r":
            for found in readers.forgeries(message, asked) if letter == "a" else [reply]:
                print("# %s" % (found,))


def read_as_alice(line, message, asked):
    for reader in asked:
        if reader.name == "fribidi":
            continue
        authors = [address for address in readers.authors(message, reader) if "@" in address]
        if line in UNREAD:
            authors = [address for address in authors if address != "Alice@Work"] or [readers.ALICE]
        if not authors or not all(readers.is_alices(address) for address in authors):
            yield reader.name, authors


def passes(batch, switched, asked):
    for family, line, header in readers.listed("author_passes.txt"):
        message = readers.message_of([header])
        if family == SWITCHED:
            check(batch.judge(message)[0] == "r" and switched.accepts(message), "%s alone: %s" % (family, line))
            continue
        letter, rule, reply = batch.judge(message)
        check(letter == "a", "%s: %s" % (family, line))
        if letter != "a":
            print("# %s: %s" % (rule, reply))
        wrong = [*read_as_alice(line, message, asked), *readers.forgeries(message, asked)]
        check(not wrong, "and alice is its author")
        for found in wrong:
            print("# %s" % (found,))


def main(program, directory):
    asked, missing = readers.readers()
    batch = readers.Batch(program, directory + "/strict")
    attacks(batch, asked)
    passes(batch, readers.Batch(program, directory + "/switched", "let allow-directory-names = yes\n"), asked)
    return finish(missing)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
