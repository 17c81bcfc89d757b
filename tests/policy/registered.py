"""The registered domain of names out of the public suffix list itself, all of its exceptions and many of its wildcards
among them, in U-labels and in A-labels, with one label less than it takes and with more: what `.domain.registered`
says, and what psl says.
"""

import os
import random
import re
import subprocess
import sys
import tempfile

POSTERN = os.environ["POSTERN"]
LIST = "/usr/share/publicsuffix/public_suffix_list.dat"
OTHERS = ["localhost", "example.nosuchsuffix", "a.b.nosuchsuffix", "nosuchsuffix", "com", "example.com", "mail.EXAMPLE.com", "_a.example.com",
          "a-1.example.com", "1.2.example.com"]


def in_a_labels(name):
    try:
        return ".".join(label if label.isascii() else label.encode("idna").decode() for label in name.split("."))
    except UnicodeError:  # what Python's IDNA of 2003 doesn't know
        return name


def names():
    with open(LIST, encoding="utf-8") as file:
        rules = [line.strip() for line in file if line.strip() and not line.startswith("//")]
    chosen = random.Random(1)
    exceptions = [rule[1:] for rule in rules if rule[0] == "!"]
    wildcards = chosen.sample([rule[2:] for rule in rules if rule.startswith("*.")], 40)
    plain = chosen.sample([rule for rule in rules if rule[0] not in "!*"], 60)
    foreign = chosen.sample([rule for rule in rules if not rule.isascii() and rule[0] not in "!*"], 25)
    for name in exceptions:
        yield from (name, "a." + name, "b.a." + name, name.split(".", 1)[1])
    for name in wildcards:
        yield from (name, "a." + name, "b.a." + name)
    for name in plain:
        yield from (name, "b.a." + name)
    for name in foreign:
        yield from (name, "b\u00fccher." + name, in_a_labels("c.b\u00fccher." + name))
    yield from OTHERS


def told_by_psl(asked):
    done = subprocess.run(["psl", "--print-reg-domain", *asked], stdout=subprocess.PIPE, check=True, encoding="utf-8",
                          env={**os.environ, "LC_ALL": "C.UTF-8"})
    told = dict(re.fullmatch(r"(.*): (.*)", line).groups() for line in done.stdout.splitlines())
    return [None if told[name] == "(null)" else told[name] for name in asked]


def told_by_us(asked):
    """A test that expects nothing right is told what came instead."""
    with tempfile.NamedTemporaryFile("w", suffix=".rules", encoding="utf-8") as policy:
        policy.write('rule known if rcpt.domain.registered reject 550 5.7.1 "<{rcpt.domain.registered}>"\n'
                     'rule unknown reject 550 5.7.1 "<>"\n')
        for name in asked:
            policy.write('test "x"\n    mail <a@example.org> SMTPUTF8\n    rcpt <a@%s>\n    expect none\n' % name)
        policy.flush()
        done = subprocess.run([POSTERN, "test", "-c", policy.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                              encoding="utf-8")
    if "libpsl" in done.stderr:
        print("1..0 # SKIP " + done.stderr.split("error: ", 1)[1].splitlines()[0])
        sys.exit(0)
    return [found or None for found in re.findall(r"got .*<(.*)>", done.stdout)], done.stderr


def plain(reply):
    """Replies are ASCII: other octets stand in them as \\x{C3}, and a test shows the backslash as two."""
    octets = re.sub(rb"\\+x\{(..)\}", lambda found: bytes.fromhex(found.group(1).decode()), reply.encode())
    return octets.decode()


def same(one, other):
    return one == other if one is None or other is None else one.lower() == plain(other).lower()


def main():
    asked = list(dict.fromkeys(names()))
    theirs = told_by_psl(asked)
    ours, errors = told_by_us(asked)
    if len(ours) != len(asked):
        print("not ok 1 - each name is told of: %d of %d\n# %s\n1..1" % (len(ours), len(asked), errors))
        return 1
    wrong = [item for item in zip(asked, theirs, ours) if not same(item[1], item[2])]
    print("%s 1 - the registered domain of %d names" % ("not ok" if wrong or len(asked) < 300 else "ok", len(asked)))
    for item in wrong:
        print("# %s: psl says %s, we say %s" % item)
    print("1..1")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
