"""Fields Authentication-Results: what is read of forms that were written by hand and of many that are made up here,
beside what is known of them, and what authres reads, which is written by others (Debian: python3-authres).

usage: auth_results.py BATCH
       auth_results.py -w FOLDER    writes them as files, for a fuzzer to begin with
"""

import json
import os
import random
import struct
import subprocess
import sys

PROPERTIES = ["header.d", "header.i", "header.b", "header.from", "smtp.mailfrom", "smtp.auth", "smtp.helo", "policy.iprev",
              "policy.expired", "body.smime-part", "x-own.thing"]
MADE_UP = 2000 if os.environ.get("POSTERN_LONG") else 200

# What, the field, what it says: authserv-id and (method, result, reason, {property: value}); None: nothing.
# The first seven are the forms of RFC 8601, appendix B; the others are what filters write, and what they might.
FORMS = [
    ("B.2, no result", "mx.example 1; none", ("mx.example",)),
    ("B.3, one method", "mx.example;\r\n spf=pass smtp.mailfrom=example.net",
     ("mx.example", ("spf", "pass", None, {"smtp.mailfrom": "example.net"}))),
    ("B.4, several methods", "mx.example;\r\n\tauth=pass (scram) smtp.auth=alice@example.net;\r\n\tspf=pass smtp.mailfrom=example.net",
     ("mx.example", ("auth", "pass", None, {"smtp.auth": "alice@example.net"}),
      ("spf", "pass", None, {"smtp.mailfrom": "example.net"}))),
    ("B.4, another field", "mx.example; iprev=pass policy.iprev=192.0.2.200",
     ("mx.example", ("iprev", "pass", None, {"policy.iprev": "192.0.2.200"}))),
    ("B.5, by two hosts", "mx.example; dkim=pass (it fits) header.d=example.com",
     ("mx.example", ("dkim", "pass", None, {"header.d": "example.com"}))),
    ("B.6, a method twice, with reasons",
     'mx.example; dkim=pass reason="it fits" header.i=@lists.example.net;\r\n dkim=fail reason="it does not" header.i=@example.com',
     ("mx.example", ("dkim", "pass", "it fits", {"header.i": "@lists.example.net"}),
      ("dkim", "fail", "it does not", {"header.i": "@example.com"}))),
    ("B.7, comments everywhere",
     "mx.example (the host) 1 (of these);\r\n dkim (so) / 1 (a version) = (and) fail\r\n"
     "  policy (a dot) . (and) expired\r\n  (that) = (is) 1362471462",
     ("mx.example", ("dkim", "fail", None, {"policy.expired": "1362471462"}))),
    ("an id in quotes", '"mx.example"; spf=none', ("mx.example", ("spf", "none", None, {}))),
    ("an id with a quoted pair", '"mx\\.example"; spf=none', ("mx.example", ("spf", "none", None, {}))),
    ("an id in UTF-8 (RFC 6532)", "m\u00fcll.example; spf=none", ("m\u00fcll.example", ("spf", "none", None, {}))),
    ("a comment before the id", "(mx.other;) mx.example; spf=none", ("mx.example", ("spf", "none", None, {}))),
    ("comments in comments", "mx.example; dmarc=pass (a (b; dmarc=fail) \\) c) header.from=example.net",
     ("mx.example", ("dmarc", "pass", None, {"header.from": "example.net"}))),
    ("a semicolon in a reason", 'mx.example; dmarc=pass reason="a; dmarc=fail"; spf=fail',
     ("mx.example", ("dmarc", "pass", "a; dmarc=fail", {}), ("spf", "fail", None, {}))),
    ("a quote in a reason", 'mx.example; spf=fail reason="a \\"b\\" c"', ("mx.example", ("spf", "fail", 'a "b" c', {}))),
    ("a local part in quotes", 'mx.example; spf=pass smtp.mailfrom="a b"@example.net',
     ("mx.example", ("spf", "pass", None, {"smtp.mailfrom": '"a b"@example.net'}))),
    ("a value in quotes", 'mx.example; dkim=pass header.b="ab/c=" header.d=example.com',
     ("mx.example", ("dkim", "pass", None, {"header.b": "ab/c=", "header.d": "example.com"}))),
    ("the same without, as filters write it", "mx.example; dkim=pass header.b=ab/c= header.d=example.com",
     ("mx.example", ("dkim", "pass", None, {"header.b": "ab/c=", "header.d": "example.com"}))),
    ("an IPv6 address without quotes", "mx.example; iprev=pass policy.iprev=2001:db8::1",
     ("mx.example", ("iprev", "pass", None, {"policy.iprev": "2001:db8::1"}))),
    ("a property twice", "mx.example; dkim=pass header.d=one.example header.d=two.example",
     ("mx.example", ("dkim", "pass", None, {"header.d": "one.example"}))),
    ("a method of nobody's", "mx.example; x-mine=maybe x-own.thing=1",
     ("mx.example", ("x-mine", "maybe", None, {"x-own.thing": "1"}))),
    ("upper case", "MX.EXAMPLE; DKIM=PASS HEADER.D=Example.COM", ("MX.EXAMPLE", ("DKIM", "PASS", None, {"header.d": "Example.COM"}))),
    ("a semicolon at the end", "mx.example; spf=pass;", ("mx.example", ("spf", "pass", None, {}))),
    ("a comment in place of white space", "mx.example;spf=pass(c)smtp.helo=a.example",
     ("mx.example", ("spf", "pass", None, {"smtp.helo": "a.example"}))),
    ("a malformed result beside a good one", "mx.example; dkim; spf=pass; dmarc= ; =x; dkim=pass header.=x; arc=pass",
     ("mx.example", ("spf", "pass", None, {}), ("arc", "pass", None, {}))),
    ("words that belong nowhere", "mx.example; dkim=pass and more; spf=pass because=so; arc=pass",
     ("mx.example", ("arc", "pass", None, {}))),
    ("text behind a quoted string", 'mx.example; dkim=pass reason="a"b; spf=pass', ("mx.example", ("spf", "pass", None, {}))),
    ("a comment without end", "mx.example; spf=pass (and so on; dmarc=pass", ("mx.example",)),
    ("a quoted string without end", 'mx.example; spf=pass; dkim=pass reason="and so on; dmarc=pass',
     ("mx.example", ("spf", "pass", None, {}))),
    ("a result in a comment alone", "mx.example; (dmarc=pass)", ("mx.example",)),
    ("another version", "mx.example 2; spf=pass", None),
    ("no number for a version", "mx.example one; spf=pass", None),
    ("no id, as some write", "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.net; dkim=none", None),
    ("an id without end", '"mx.example; spf=pass', None),
    ("an id and nothing", "mx.example", None),
    ("nothing", "", None),
    ("a comment", "(mx.example; spf=pass)", None),
    ("a comment without end before all", "(mx.example; spf=pass", None),
]
# authres stops at the first fault, leaves quoted pairs as they are, and knows neither quotes around an id, nor comments
# around a version, nor UTF-8, nor what filters leave out of quotes.
ALONE = {"an id in UTF-8 (RFC 6532)", "the same without, as filters write it", "an IPv6 address without quotes",
         "a semicolon at the end", "a malformed result beside a good one", "words that belong nowhere",
         "text behind a quoted string", "a comment without end", "a quoted string without end",
         "a result in a comment alone", "no id, as some write", "another version", "B.7, comments everywhere", "an id in quotes",
         "an id with a quoted pair", "a quote in a reason"}

count = 0
failed = 0


def check(held, what, *shown):
    global count, failed
    count += 1
    failed += not held
    print("%s %d - %s" % ("ok" if held else "not ok", count, what))
    for line in () if held else shown:
        print("#   %s" % (line,))


class Batch:
    def __init__(self, program):
        self.process = subprocess.Popen([program, *PROPERTIES], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read(self, field):
        octets = field.encode()
        self.process.stdin.write(struct.pack(">I", len(octets)) + octets)
        self.process.stdin.flush()
        said = json.loads(self.process.stdout.readline())
        if said is None:
            return None
        return (said[0], *[(method, result, reason, {name: value for name, value in zip(PROPERTIES, values) if value is not None})
                           for method, result, reason, values in said[1:]])


def load_authres():
    sys.path.append("/usr/lib/python3/dist-packages")
    try:
        import authres
    except ImportError:
        return None
    return authres


def read_by(authres, field):
    try:
        header = authres.AuthenticationResultsHeader.parse("Authentication-Results: " + field)
    except authres.core.AuthResError:
        return None
    results = []
    for result in header.results or []:
        properties = {}
        for item in result.properties:
            properties.setdefault(("%s.%s" % (item.type, item.name)).lower(), item.value)
        results.append((result.method, result.result, result.reason, properties))
    return (header.authserv_id, *results)


def agree(ours, theirs):
    """authres makes names small, and leaves out properties that it has no name for."""
    if ours is None or theirs is None:
        return ours is theirs
    return ours[0].lower() == theirs[0].lower() and len(ours) == len(theirs) and all(
        (method.lower(), result.lower(), reason) == other[:3] and other[3].items() <= properties.items()
        for (method, result, reason, properties), other in zip(ours[1:], theirs[1:]))


class Maker:
    """Fields, and what they say."""

    def __init__(self, seed, plain):
        self.random = random.Random(seed)
        self.plain = plain  # as authres reads it

    def one(self, *choices):
        return self.random.choice(choices)

    def comment(self, depth=0):
        inside = self.one("a", "dmarc=fail", "a; spf=pass", 'say "so"', "x=(y)", "\\) \\( \\\\", "",
                          "x" if self.plain else "\u00fc")
        if depth < 3 and self.random.random() < 0.3:
            inside += self.comment(depth + 1)
        return "(" + inside + ")"

    def space(self, needed=False):
        pieces = [self.one(" ", "\t", "\r\n ", self.comment()) for _ in range(self.random.randrange(3))]
        if needed and not pieces:
            pieces = [" "]
        return "".join(pieces)

    def quoted(self, text):
        return '"%s"' % "".join("\\" + c if c in '"\\' or (self.random.random() < 0.1 and not self.plain) else c for c in text)

    def value(self):
        text = self.one("example.net", "x", "2048", "a-b_c+d", "white space", "a; b=c", "(c)", "alice@example.net", "@example.net",
                        *([] if self.plain else ['a "b"', "back\\slash"]))
        plain = not set(text) & set(' ;=()"\\') and self.random.random() < 0.7
        return (text, text) if plain else (text, self.quoted(text))

    def result(self):
        method, outcome = self.one("dkim", "spf", "dmarc", "arc", "x-own"), self.one("pass", "fail", "none", "temperror", "softfail")
        text = self.space() + method + self.space()
        if self.random.random() < 0.2:
            text += "/" + self.space() + "1" + self.space()
        text += "=" + self.space() + outcome
        reason, properties = None, {}
        if self.random.random() < 0.3:
            reason, written = self.value()
            if "@" in written and written[0] != '"':
                written = self.quoted(reason)
            text += self.space(True) + "reason" + self.space() + "=" + self.space() + written
        for name in self.random.sample(PROPERTIES, self.random.randrange(4)):
            properties[name], written = self.value()
            ptype, name = name.split(".")
            text += self.space(True) + ptype + self.space() + "." + self.space() + name + self.space() + "=" + self.space() + written
        return text + self.space(), (method, outcome, reason, properties)

    def field(self):
        name = self.one("mx.example", "MX.Example.net", "mx-1")
        text = self.space() + self.one(name, name if self.plain else self.quoted(name))
        if self.random.random() < 0.3:
            text += self.space(True) + "1"
        results = [self.result() for _ in range(self.random.randrange(1, 5))]
        return text + self.space() + ";" + ";".join(written for written, _ in results), (name, *[said for _, said in results])


def main(program):
    batch, authres = Batch(program), load_authres()
    judged = 0
    for what, field, expected in FORMS:
        said = batch.read(field)
        check(said == expected, what, field, said)
        if authres and what not in ALONE:
            other = read_by(authres, field)
            check(agree(said, other), "%s: authres agrees" % what, field, other)
    wrong, apart = [], []
    for seed in range(MADE_UP):
        field, expected = Maker(seed, seed % 2 == 0).field()
        said = batch.read(field)
        if said != expected:
            wrong.append((field, expected, said))
        if not authres or seed % 2:
            continue
        other = read_by(authres, field)
        judged += other is not None
        if other is not None and not agree(said, other):
            apart.append((field, said, other))
    check(not wrong, "%d fields that are made up say what is in them" % MADE_UP, *wrong[:3])
    if authres:
        check(not apart and judged > MADE_UP / 3, "authres agrees about the %d of them that it reads" % judged, *apart[:3])
    else:
        print("ok %d - authres # SKIP no python3-authres" % (count + 1))
    print("1..%d" % (count + (authres is None)))
    return failed > 0


def write(folder):
    for number, field in enumerate([field for _, field, _ in FORMS] + [Maker(seed, False).field()[0] for seed in range(MADE_UP)]):
        with open("%s/%03d" % (folder, number), "w", encoding="utf-8", newline="") as file:
            file.write(field)


if __name__ == "__main__":
    sys.exit(write(sys.argv[2]) if sys.argv[1] == "-w" else main(*sys.argv[1:]))
