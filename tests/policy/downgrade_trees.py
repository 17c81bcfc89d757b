"""Makes random messages (RFC 2045, RFC 2046), of which it knows what each leaf holds and what forbids a conversion,
has them converted by downgrade_batch, and looks at what comes out with another decoder than Postern's.

usage: downgrade_trees.py BATCH RESULTS SEED COUNT [NUMBER]: with a number this message alone, which is shown.
"""

import binascii
import multiprocessing
import os
import random
import re
import struct
import subprocess
import sys

import downgrade_compare as compare
from downgrade_compare import EIGHTBIT, UTF8

DEEPER_THAN_FOLLOWED = 25
SIGNED, PARTIAL, EXTERNAL, ENCODED, UNKNOWN, REPEATED, OUTSIDE, BOUNDARY, STATUS, DEEP, HEADER, LOCAL, FIELD = (
    ("554 5.6.2",), ("554 5.6.2",), ("554 5.6.2", "554 5.6.0"), ("554 5.6.0",), ("554 5.6.3",), ("554 5.6.0",),
    ("554 5.6.3",), ("554 5.6.5", "554 5.6.3"), ("554 5.6.3",), ("554 5.6.5",), ("554 5.6.9",),
    ("550 5.6.7",), ("554 5.6.9", "550 5.6.7", "554 5.6.0"))
BOTH = (EIGHTBIT, UTF8, EIGHTBIT | UTF8)
BODIES = (EIGHTBIT, EIGHTBIT | UTF8)
FIELDS = (UTF8, EIGHTBIT | UTF8)

WORDS = ["lunch", "at", "one", "=", "=3D", "caf\u00e9", "\u00fc", "\u4f8b\u3048", "\U0001f44d", ".", "From", "--", "a=b",
         "\t", "  ", "x" * 30, "y" * 75, "_", "?=", "=?utf-8?q?x?="]


class Tree:
    """One message under construction, and what is known of it."""

    def __init__(self, rng):
        self.rng = rng
        self.leaves = []    # (path, octets)
        self.reasons = []   # (options under which it holds, replies, what)
        self.signed = []    # bodies of multipart/signed
        self.labels = 0     # of 8bit and binary, so far
        self.parts = 0
        self.eightbit = rng.random() < 0.85
        self.utf8_fields = rng.random() < 0.35

    def chance(self, share):
        return self.rng.random() < share

    def forbid(self, options, replies, what):
        self.reasons.append((options, replies, what))


def is_8bit(octets):
    return not octets.isascii()


# What bodies hold

def words(tree, eightbit):
    said = " ".join(tree.rng.choice(WORDS) for _ in range(tree.rng.randrange(8)))
    return said if eightbit else said.encode("ascii", "replace").decode()


def look_alike(tree, boundaries):
    boundary = tree.rng.choice(boundaries)
    return tree.rng.choice([b"--%sx", b" --%s", b"--%s--x", b"-%s", b"x--%s", b"x" * 75 + b"--%s", b"--%s \t.",
                            b"x" * 74 + b"\xff--%s", b"y" * 150 + b"--%s--"]) % boundary


def line(tree, boundaries, eightbit):
    rng = tree.rng
    pick = rng.random()
    if pick < 0.45:
        return words(tree, eightbit).encode()
    if pick < 0.55 and boundaries:
        octets = look_alike(tree, boundaries)
        return octets if eightbit else octets.replace(b"\xff", b"!")
    if pick < 0.6:
        return rng.choice([b"x", b"word ", b"a\tb", b"\xe9" if eightbit else b"="]) * rng.randrange(1, 1500)
    if pick < 0.75:
        return rng.choice([b"From here", b".", b"..", b".x", b">From", b"From", b"", b" ", b"\t", b"trail ", b"tab\t",
                           b"-- ", b"--", b"----", b"=", b"=\t", b"=20", b"Subject: x", b"MIME-Version: 1.0"])
    if pick < 0.8 and tree.strange:
        return rng.choice([b"bare\rcr", b"bare\nlf", b"nul\0", b"\x0c", b"\x7f", b"\x1b[1m", b"\r", b"\n", b"x\r"])
    if eightbit and pick < 0.9:
        return bytes(rng.choice(b"abc \xe9\xfc\x80\xff=") for _ in range(rng.randrange(100)))
    return words(tree, eightbit).encode() * rng.randrange(1, 4)


def is_delimiter(octets, boundaries):
    return any(re.search(rb"(?:^|[\r\n])--%s(?:--)?[ \t\r\n]*(?:[\r\n]|$)" % re.escape(b), octets) for b in boundaries)


def body(tree, boundaries, eightbit):
    """Lines, the last one not always ended; none of them a delimiter."""
    lines = []
    for _ in range(tree.rng.choice([0, 1, 1, 2, 3, 5, 9])):
        one = line(tree, boundaries, eightbit)
        lines.append(b"x" + one.replace(b"--", b"-") if is_delimiter(one, boundaries) else one)
    octets = b"\r\n".join(lines)
    if lines and not tree.chance(0.2):
        octets += b"\r\n"
    if is_delimiter(octets, boundaries):
        return b"plain\r\n"
    return octets


# Encodings, RFC 2045 section 6

def odd_case(tree, word):
    return "".join(c.upper() if tree.chance(0.3) else c for c in word)


def encoding_value(tree, word):
    forms = ["%s", "%s", "%s", "%s ", "\t%s", "%s (a comment)", "(a (nested) one) %s", "\r\n %s", "%s\r\n (folded)"]
    return tree.rng.choice(forms) % odd_case(tree, word)


def encoding_fields(tree, *labels):
    tree.labels += not {"8bit", "binary"}.isdisjoint(labels)
    return [(tree.rng.choice(["Content-Transfer-Encoding", "content-transfer-encoding", "Content-transfer-encoding"]),
             encoding_value(tree, label).encode()) for label in labels]


def quoted_printable(tree, octets, raw):
    """Any form that decodes to these octets; raw: not all above 127 are encoded."""
    said, width = b"", 0
    for at, c in enumerate(octets):
        ends = octets[at + 1:at + 3] == b"\r\n" or at + 1 == len(octets)
        if octets[at:at + 2] == b"\r\n" or (c == 10 and octets[at - 1:at] == b"\r"):
            said, width = said + bytes([c]), 0
            continue
        if (c > 127 and raw and tree.chance(0.5)) or (33 <= c <= 126 and c not in b"=-.F") or (c in b" \t" and not ends):
            unit = bytes([c])
        else:
            unit = b"=%02X" % c if tree.chance(0.8) or not 97 < c else b"=%02x" % c
        if width + len(unit) > 72:
            said, width = said + b"=\r\n", 0
        said, width = said + unit, width + len(unit)
    return said


def base64_lines(octets):
    return b"".join(binascii.b2a_base64(octets[at:at + 57], newline=False) + b"\r\n" for at in range(0, len(octets), 57))


def encoded_leaf(tree, content, encoding):
    """The body and what it decodes to, with octets above 127 where none may be at times."""
    if encoding == "quoted-printable":
        return quoted_printable(tree, content, tree.eightbit and tree.chance(0.4)), content
    said = base64_lines(content)
    if tree.eightbit and tree.chance(0.3) and said:
        return with_strays(tree, said, content)
    return said, content


def with_strays(tree, said, content):
    """Base64 with octets above 127 that decoders ignore, at times in words that are none. A little of it without padding
    might be a word too."""
    if tree.chance(0.3):
        said, content = content, compare.decode(content, b"base64")
    at = tree.rng.randrange(len(said) + 1)
    is_base64 = said == base64_lines(content) and (len(said) > 62 or b"=" in said)
    said = said[:at] + tree.rng.choice([b"\xc3\xa9", b"\xa0", b"\xef\xbb\xbf"]) + said[at:]
    if not is_base64:
        tree.forbid(BODIES, ENCODED, "8-bit under base64 that is none")
    return said, content


def leaf_encoding(tree, content, signed):
    """The fields, the body, and what it decodes to."""
    pick = tree.rng.random()
    if pick < 0.12 or (pick < 0.2 and signed):
        said, content = encoded_leaf(tree, content, "quoted-printable")
        return encoding_fields(tree, "quoted-printable"), said, content
    if pick < 0.24:
        said, content = encoded_leaf(tree, content, "base64")
        return encoding_fields(tree, "base64"), said, content
    if pick < 0.27:
        if is_8bit(content):
            tree.forbid(BODIES, UNKNOWN, "unknown encoding")
        return encoding_fields(tree, tree.rng.choice(["x-uuencode", "x-unknown", "quoted"])), content, content
    if pick < 0.3:
        if is_8bit(content):
            tree.forbid(BODIES, REPEATED, "two encodings")
        return encoding_fields(tree, "7bit", "8bit"), content, content
    if pick < 0.33:
        return encoding_fields(tree, "8bit", "8bit"), content, content
    if pick < 0.5:
        return [], content, content
    return encoding_fields(tree, tree.rng.choice(["7bit", "8bit", "8bit", "8bit", "binary"])), content, content


# Header fields

DOMAINS = ["example.org", "b\u00fccher.example", "\u4f8b\u3048.example", "xn--bcher-kva.example"]


def raw_text(tree):
    """Text for a field where anything may stand; at times in UTF-8, or in no charset that is known."""
    if not tree.utf8_fields or tree.chance(0.5):
        return tree.rng.choice([b"lunch", b"a  b", b"one\r\n two", b"=?utf-8?q?caf=C3=A9?=", b"(x) \"y\"", b"\\", b""])
    said = tree.rng.choice(["caf\u00e9", "\u4f8b " * 30, "x" * 100 + "\u00e9", "a \u00fc b \u00fc c", "\u00e9\r\n \u00e8 x",
                            "=?utf-8?q?x?= \u00e9", "\u00e9 =?iso-8859-1?q?=E9?=", "\"\u00e9\"", "\U0001f44d" * 40,
                            "\u00e9  two spaces", "=?x \u00e9", "tab\t\u00e9"]).encode()
    return said if tree.chance(0.85) else b"caf\xe9 latin"


def mailbox(tree):
    if not tree.utf8_fields:
        return tree.rng.choice([b"alice@example.org", b"Alice <alice@example.org>", b"\"A, B\" <a.b@example.org>"])
    domain = tree.rng.choice(DOMAINS)
    local = "alice"
    if tree.chance(0.08):
        local = "j\u00f6rg"
        tree.forbid(FIELDS, LOCAL, "a local part in UTF-8")
    return (tree.rng.choice(["%s", "<%s>", "\u00c4nne <%s>", "\"\u00c4, nne\" <%s>", "Alice \u00c4 B <%s>", "%s (\u00c4nne)",
                             "\"\u00c4\" B <%s>", "=?utf-8?q?=C3=84?= <%s>", "a.b \u00e9 <%s>",
                             "\u5c71\u7530" * 20 + " <%s>", "\"a \\\" \u00e9\" <%s>"])
            % ("%s@%s" % (local, domain))).encode()


def address_field(tree, name):
    boxes = b",\r\n ".join(mailbox(tree) for _ in range(tree.rng.choice([1, 1, 1, 2, 3])))
    if name == "To" and tree.chance(0.1):
        boxes = (b"Gr\xc3\xbcppe:" if tree.utf8_fields else b"group:") + boxes + b";"
    return name, boxes


def odd_field(tree):
    """One for which no other form may exist."""
    if tree.utf8_fields and tree.chance(0.1):
        name = tree.rng.choice(["Received", "Message-ID", "Date", "Content-ID", "References"])
        tree.forbid(FIELDS, FIELD, "UTF-8 in " + name)
        return name, "<\u00e9@example.org>".encode()
    return tree.rng.choice([("X-Note", raw_text(tree)), ("Comments", raw_text(tree)), ("Received", b"from x by y; now"),
                            ("Content-Description", raw_text(tree)), ("Keywords", b"a, b"),
                            ("DKIM-Signature", b"v=1; a=rsa-sha256; b=abc;\r\n\td=example.org"), ("X-Empty", b"")])


def message_fields(tree):
    fields = [address_field(tree, "From"), ("Date", b"Thu, 26 Nov 2026 12:00:00 +0000")]
    if tree.chance(0.8):
        fields.append(address_field(tree, "To"))
    if tree.chance(0.8):
        fields.append(("Subject", raw_text(tree)))
    while tree.chance(0.3):
        fields.append(odd_field(tree))
    return fields


def file_name(tree):
    if not tree.utf8_fields or tree.chance(0.4):
        return tree.rng.choice([b"filename=a.txt", b"filename=\"a b.txt\"", b"filename*=utf-8''%C3%A9.txt",
                                b"filename*0=a;\r\n filename*1=b.txt"])
    return tree.rng.choice(["filename=\"\u00e9.txt\"", "filename=\"" + "\u4f8b" * 40 + ".txt\"", "filename=\u00e9.txt",
                            "filename=\"a \\\" \u00e9\"; size=3", "(x) filename=\"\u00fc;=.txt\"",
                            "filename=\"\u00e9.txt\"; filename*=utf-8''%C3%A9.txt",
                            "filename*1=\"\u00e9\"; filename*0=\"x y\"",
                            "size=3; filename=\"" + "a" * 90 + "\u00e9\""]).encode()


def part_fields(tree):
    fields = []
    if tree.chance(0.3):
        fields.append(("Content-Disposition", b"attachment; " + file_name(tree)))
    if tree.chance(0.15):
        fields.append(odd_field(tree))
    return fields


def join_fields(tree, fields, mix=True):
    if mix:
        tree.rng.shuffle(fields)
    return b"".join(name.encode() + tree.rng.choice([b": ", b": ", b": ", b":", b":\t"]) + value.lstrip(b" \t") + b"\r\n"
                    if not value.startswith(b"\r\n") else name.encode() + b":" + value + b"\r\n"
                    for name, value in fields)


# Parts: each gives (fields, body) back

TEXT_TYPES = [b"text/plain; charset=utf-8", b"text/plain; charset=\"UTF-8\"; format=flowed", b"text/plain",
              b"text/html; charset=iso-8859-1", b"text/plain; charset=us-ascii", b"TEXT/Plain; charset=x-unheard",
              b"text/rfc822-headers", b"text/plain; charset=utf-16le", b"text/calendar;\r\n\tcharset=utf-8"]
OTHER_TYPES = [b"image/png", b"application/octet-stream", b"application/pkcs7-mime; smime-type=enveloped-data",
               b"application/pgp-encrypted", b"audio/x-strange; name=x", b"font/woff"]
BAD_TYPES = [b"text", b"plain text", b"text/", b";charset=utf-8", b"/plain", b""]


def leaf(tree, path, boundaries, signed, kind=None):
    pick = tree.rng.random()
    fields = part_fields(tree)
    if kind is not None or pick < 0.9:
        kind = kind or tree.rng.choice(TEXT_TYPES if pick < 0.6 else OTHER_TYPES if pick < 0.84 else BAD_TYPES)
        fields.append(("Content-Type", kind))
    content = body(tree, boundaries, tree.eightbit and tree.chance(0.6))
    more, said, content = leaf_encoding(tree, content, signed)
    if is_delimiter(said, boundaries):
        more, said, content = [], b"", b""
    tree.leaves.append((path, content))
    return fields + more, said


def opaque(tree, path, boundaries, signed):
    """Types of message that nobody may encode (RFC 2046 sections 5.2.2 to 5.2.4, RFC 3464)."""
    kind, replies = tree.rng.choice([
        (b"message/partial; id=\"a@b\"; number=1; total=2", PARTIAL), (b"message/delivery-status", STATUS),
        (b"message/external-body; access-type=local-file; name=\"/x\"", EXTERNAL),
        (b"message/disposition-notification", STATUS), (b"message/x-unheard", STATUS)])
    eightbit = tree.eightbit and tree.chance(0.15)
    if kind.startswith(b"message/external"):
        said = b"Content-Type: text/plain\r\nContent-ID: <a@b>\r\n\r\n"
    elif kind.startswith(b"message/d"):
        said = b"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; a@example.org\r\nAction: failed\r\n"
    else:
        said = b"Subject: a part\r\n\r\n"
    said += body(tree, boundaries, eightbit)
    if is_8bit(said):
        tree.forbid(BODIES, replies + SIGNED if signed else replies, kind.decode())
    tree.leaves.append((path, said))
    return part_fields(tree) + [("Content-Type", kind)], said


def global_part(tree, path, boundaries, signed):
    """RFC 6532 section 3.7: encoded as a whole, whatever is inside."""
    kind = tree.rng.choice([b"message/global", b"message/global", b"message/global-headers",
                            b"message/global-delivery-status", b"message/global-disposition-notification"])
    said = b"Subject: caf\xc3\xa9\r\nFrom: <j\xc3\xb6rg@example.org>\r\n"
    if not tree.eightbit or not tree.utf8_fields or tree.chance(0.3):
        said = b"Subject: lunch\r\nFrom: alice@example.org\r\n"
    if kind == b"message/global":
        said += b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
    elif kind != b"message/global-headers":
        said += b"\r\n"
    said += b"text\r\n" if kind != b"message/global" else body(tree, boundaries, tree.eightbit)
    fields = part_fields(tree) + [("Content-Type", kind)]
    if tree.chance(0.2):
        tree.leaves.append((path, said))
        return fields + encoding_fields(tree, "base64"), base64_lines(said)
    if said.endswith(b"\r\n\r\n") and boundaries and tree.chance(0.5):
        said = said[:-2]
    tree.leaves.append((path, said))
    if is_delimiter(said, boundaries):
        tree.leaves[-1] = (path, b"")
        said = b""
    return fields + (encoding_fields(tree, "8bit") if tree.chance(0.6) else []), said


def message_part(tree, path, boundaries, signed, deep, digest=False):
    fields, said = message(tree, path + ".1", boundaries, signed, deep + 1)
    own = part_fields(tree)
    if not digest or tree.chance(0.3):
        own.append(("Content-Type", tree.rng.choice([b"message/rfc822", b"Message/RFC822; name=x"])))
    pick = tree.rng.random()
    text = join_fields(tree, fields) + b"\r\n" + said
    if pick < 0.5:
        own += encoding_fields(tree, tree.rng.choice(["7bit", "8bit", "8bit", "binary"]))
    elif pick < 0.53:
        own += encoding_fields(tree, "base64")
        if is_8bit(text):
            tree.forbid(BOTH, ENCODED, "an encoded message/rfc822")
    return own, text


BOUNDARIES = ["b", "b1", "bb", "outer", "=_x", "a b", "a'()+_,-./:=?", "----=_Part_1", "x" * 70, "--", "b--", "0"]


def new_boundary(tree, boundaries):
    """At times a beginning of another one, or a longer form."""
    for _ in range(50):
        boundary = tree.rng.choice(BOUNDARIES).encode()
        if boundaries and tree.chance(0.5):
            boundary = tree.rng.choice([tree.rng.choice(boundaries) + b"x", tree.rng.choice(boundaries)[:-1]])
        # With "--" behind it, one boundary's delimiter would be another's last one.
        clash = any(boundary == b or boundary + b"--" == b or boundary == b + b"--" for b in boundaries)
        if 0 < len(boundary) <= 70 and not clash and not boundary.endswith(b" "):
            return boundary
    return b"n%d" % tree.parts


def boundary_parameter(tree, boundary):
    if re.fullmatch(rb"[A-Za-z0-9_+.'-]+", boundary) and tree.chance(0.4):
        return b"boundary=" + boundary
    return tree.rng.choice([b"boundary=\"%s\"", b"Boundary=\"%s\"", b"type=x;\r\n boundary=\"%s\""]) % boundary


def children(tree, kind, path, boundaries, signed, deep):
    if kind == b"signed":
        return [any_part(tree, path + ".1", boundaries, True, deep + 1),
                leaf(tree, path + ".2", boundaries, True, b"application/pgp-signature")]
    if kind == b"report":
        return [leaf(tree, path + ".1", boundaries, signed, b"text/plain; charset=utf-8"),
                opaque(tree, path + ".2", boundaries, signed)
                if tree.chance(0.5) else global_part(tree, path + ".2", boundaries, signed),
                message_part(tree, path + ".3", boundaries, signed, deep)]
    if kind == b"digest":
        return [message_part(tree, "%s.%d" % (path, number), boundaries, signed, deep, True)
                for number in range(1, tree.rng.choice([2, 3]))]
    if kind == b"encrypted":
        return [leaf(tree, path + ".1", boundaries, signed, b"application/pgp-encrypted"),
                leaf(tree, path + ".2", boundaries, signed, b"application/octet-stream")]
    return [any_part(tree, "%s.%d" % (path, number), boundaries, signed, deep + 1)
            for number in range(1, tree.rng.choice([2, 3, 3, 4]))]


def around(tree, boundaries):
    """A preamble or epilogue."""
    if tree.chance(0.7):
        return b""
    said = body(tree, boundaries, False).rstrip(b"\r\n")
    if tree.eightbit and tree.chance(0.1):
        tree.forbid(BODIES, OUTSIDE, "8-bit outside of parts")
        said += b"\r\ncaf\xc3\xa9"
    return said


def multipart(tree, path, boundaries, signed, deep):
    kind = tree.rng.choice([b"mixed", b"mixed", b"alternative", b"related", b"signed", b"digest", b"report", b"parallel",
                            b"encrypted", b"x-unheard"])
    if tree.chance(0.03):
        return lost_multipart(tree, path, boundaries, signed)
    boundary = new_boundary(tree, boundaries)
    inside = boundaries + [boundary]
    preamble, epilogue = around(tree, inside), around(tree, inside)
    closed = tree.chance(0.9)
    said = preamble + b"\r\n" if preamble else b""
    labels = tree.labels
    parts = children(tree, kind, path, inside, signed or kind == b"signed", deep)
    if kind == b"signed" and tree.labels > labels:
        tree.forbid(BODIES, SIGNED, "a label inside of multipart/signed")
    for fields, part in parts:
        said += b"--" + boundary + tree.rng.choice([b"", b"", b"", b" ", b"\t "]) + b"\r\n"
        said += join_fields(tree, fields) + b"\r\n" + part
        # The line end of a delimiter may be the empty line behind a header.
        said += b"" if part == b"" and tree.chance(0.5) else b"\r\n"
    if closed:
        said += b"--" + boundary + b"--" + (b"\r\n" + epilogue if tree.chance(0.8) else b"")
    else:
        said = said[:-2]
    return multipart_fields(tree, kind, boundary, signed, said), said


def multipart_fields(tree, kind, boundary, signed, said):
    fields = part_fields(tree) + [("Content-Type", b"multipart/" + kind + b"; " + boundary_parameter(tree, boundary))]
    if kind == b"signed" and not signed:
        tree.signed.append(said)
        if is_8bit(said):
            tree.forbid(BODIES + FIELDS, SIGNED, "8-bit inside of multipart/signed")
    pick = tree.rng.random()
    if pick < 0.4:
        fields += encoding_fields(tree, tree.rng.choice(["7bit", "8bit", "8bit", "binary"]))
    elif pick < 0.43:
        fields += encoding_fields(tree, tree.rng.choice(["quoted-printable", "base64"]))
        if is_8bit(said):
            tree.forbid(BOTH, ENCODED, "an encoded multipart")
    return fields


def lost_multipart(tree, path, boundaries, signed):
    """Its boundary isn't told, or never comes."""
    said = body(tree, boundaries, tree.eightbit and tree.chance(0.3))
    if is_8bit(said):
        tree.forbid(BOTH, BOUNDARY + SIGNED if signed else BOUNDARY, "no boundary")
    tree.leaves.append((path, said))
    return [("Content-Type", tree.rng.choice([b"multipart/mixed", b"multipart/mixed; boundary=\"never-comes\""]))], said


def any_part(tree, path, boundaries, signed, deep):
    tree.parts += 1
    pick = tree.rng.random()
    if deep < 5 and tree.parts < 25:
        if pick < 0.3:
            return multipart(tree, path, boundaries, signed, deep)
        if pick < 0.42:
            return message_part(tree, path, boundaries, signed, deep)
    if pick > 0.94:
        return opaque(tree, path, boundaries, signed)
    if pick > 0.88:
        return global_part(tree, path, boundaries, signed)
    return leaf(tree, path, boundaries, signed)


def message(tree, path, boundaries, signed, deep):
    fields = message_fields(tree)
    if tree.chance(0.1):
        content = body(tree, boundaries, tree.eightbit)
        tree.leaves.append((path, content))
        return fields, content
    more, said = any_part(tree, path, boundaries, signed, deep)
    if tree.chance(0.85):
        more.append(("MIME-Version", tree.rng.choice([b"1.0", b"1.0", b"1.(x)0", b"(x) 1.0"])))
    return fields + more, said


def deep_message(tree):
    """Deeper than is looked into; which of its parts the leaf is doesn't matter."""
    fields, said = [("Content-Type", b"text/plain")], body(tree, [], tree.eightbit)
    path = "1"
    for number in range(DEEPER_THAN_FOLLOWED):
        path += ".1"
        if tree.chance(0.5):
            text = join_fields(tree, fields) + b"\r\n" + said
            fields, said = [("Content-Type", b"message/rfc822")], text
        else:
            text = join_fields(tree, fields) + b"\r\n" + said
            said = b"--d%d\r\n%s\r\n--d%d--\r\n" % (number, text, number)
            fields = [("Content-Type", b"multipart/mixed; boundary=d%d" % number)]
    if is_8bit(said):
        tree.forbid(BOTH, DEEP, "too deep")
    return message_fields(tree) + fields, said


def make(seed, number):
    """(tree, text, options)"""
    rng = random.Random("%d-%d" % (seed, number))
    tree = Tree(rng)
    tree.strange = tree.chance(0.5)
    what = rng.choice([EIGHTBIT | UTF8] * 6 + [EIGHTBIT] * 3 + [UTF8] * 2)
    if tree.chance(0.01):
        fields, said = deep_message(tree)
        tree.leaves = None
    else:
        fields, said = message(tree, "1", [], False, 0)
    text = join_fields(tree, fields) + b"\r\n" + said
    if tree.chance(0.02):
        text = b"From - Thu Nov 26 12:00:00 2026\r\n" + text
    if is_8bit(compare.header_octets(text)):
        tree.forbid((EIGHTBIT,), HEADER, "a header field in UTF-8")
    return tree, text, what


# What is asked of an outcome

def same_leaf(known, seen, kind):
    """The decoder takes away the end of a last line that no delimiter follows, and leaves the one before a delimiter to
    a multipart without parts."""
    end = b"\r\n"
    return (known in (seen, seen + end, seen + b"\n") or (kind.startswith("multipart/") and seen == known + end)
            or compare.same_octets(known, seen, kind, False, False))


def leaf_differences(tree, told):
    seen = {path: (octets, kind) for path, kind, _, octets, *_ in compare.parse(told) if octets is not None}
    known = dict(tree.leaves)
    if set(seen) != set(known):
        return ["leaves are %r, not %r" % (sorted(seen), sorted(known))]
    return ["leaf %s holds %r, not %r" % (path, seen[path][0][-300:], known[path][-300:]) for path in known
            if not same_leaf(known[path], *seen[path])]


def judge(tree, text, what, letter, said):
    """What is wrong, one text each."""
    if letter == "w":
        return [said.decode()]
    reasons = [replies for options, replies, _ in tree.reasons if what in options]
    if letter == "r":
        if not is_8bit(text) and not tree.labels:
            return ["refused, but all of it is 7-bit: " + said.decode("utf-8", "replace")]
        if not any(said.decode().startswith(replies) for replies in reasons):
            return ["refused (%s) for no reason that is known: %r" % (said.decode(), tree.reasons)]
        return []
    if what & EIGHTBIT and tree.leaves is not None and labels_left(said):
        return ["labelled as 8-bit: %r" % labels_left(said)]
    if said == text:
        return judge_unchanged(text, what)
    if not is_8bit(text) and not what & EIGHTBIT:
        return ["7-bit, and changed"]
    return judge_changed(tree, text, what, said) + judge_labels(tree, text, said)


def judge_unchanged(text, what):
    if (what & EIGHTBIT and is_8bit(text)) or is_8bit(compare.header_octets(text)) and what & UTF8:
        return ["unchanged, but not ASCII"]
    return []


LABEL = "content-transfer-encoding"


def without_labels(octets):
    return re.sub(rb"(?im)^content-transfer-encoding:.*\n(?:[ \t].*\n)*", b"", octets)


def labels_left(said):
    """Parts that a next hop would encode. Inside of what is encoded there are none; lines that are too long for 7bit stay
    where nothing may be encoded, and so do labels that contradict each other."""
    parts = compare.parse(said)
    if any(octets is None and encoding not in (b"7bit", b"8bit", b"binary") for _, _, _, octets, encoding, *_ in parts):
        return []
    return [path for path, kind, fields, octets, encoding, *_ in parts
            if encoding in (b"8bit", b"binary") and not (kind.startswith("leaf/") and compare.longest_line(octets) > 998)
            and len({compare.encoding_of([field]) for field in fields if field[0].lower() == LABEL}) == 1]


def judge_labels(tree, text, said):
    """Of a 7-bit message labels alone change, but for parts that 7bit can't hold."""
    if is_8bit(text):
        return []
    was, now = compare.parse(text), compare.parse(said)
    if any(a[4] != b[4] != b"7bit" for a, b in zip(was, now)) or without_labels(text) == without_labels(said):
        return []
    return ["7-bit, and more than labels changed"]


def judge_changed(tree, text, what, said):
    wrong = compare.differences(text, said, ignore_final_newline=True)
    if tree.leaves is not None and what & EIGHTBIT:
        wrong += leaf_differences(tree, said)
    if what & EIGHTBIT and is_8bit(said):
        wrong.append("the result isn't 7-bit")
    if what & UTF8 and is_8bit(compare.header_octets(said)):
        wrong.append("header fields aren't ASCII")
    if compare.longest_line(said) > max(998, compare.longest_line(text)):
        wrong.append("a line of %d octets" % compare.longest_line(said))
    for signed in tree.signed:
        if signed not in said:
            wrong.append("what is signed was changed")
    return wrong


class Batch:
    """The converter in a process of its own."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def convert(self, text, what, number):
        self.process.stdin.write(struct.pack(">IBI", len(text), what, number & 0xFFFFFFFF) + text)
        self.process.stdin.flush()
        head = self.process.stdout.read(5)
        if len(head) < 5:
            return "w", b"the converter died"
        letter, size = struct.unpack(">cI", head)
        return letter.decode(), self.process.stdout.read(size)

    def close(self):
        self.process.stdin.close()
        return self.process.wait()


def run_some(job):
    """Numbers from one process: how many of which outcome, and what went wrong."""
    program, seed, numbers = job
    batch, counts, failures = Batch(program), {"unchanged": 0, "converted": 0, "refused": 0, "reasons": {}}, []
    for number in numbers:
        tree, text, what = make(seed, number)
        letter, said = batch.convert(text, what, number)
        wrong = judge(tree, text, what, letter, said)
        outcome = "refused" if letter == "r" else "unchanged" if said == text else "converted"
        counts[outcome] += 1
        if letter == "r":
            counts["reasons"][said[:9].decode()] = counts["reasons"].get(said[:9].decode(), 0) + 1
        if wrong:
            failures.append((number, what, wrong, text))
        if batch.process.poll() is not None or len(failures) >= 10:
            break
    if batch.close() != 0:
        failures.append((numbers[0], 0, ["the converter ended badly"], b""))
    return counts, failures


def show(program, seed, number):
    tree, text, what = make(seed, number)
    batch = Batch(program)
    letter, said = batch.convert(text, what, number)
    batch.close()
    print("what: %d, known: %r\n--- message\n%s\n--- %s\n%s\n---" % (
        what, tree.reasons, text.decode("utf-8", "backslashreplace"), letter, said.decode("utf-8", "backslashreplace")))
    print("\n".join(judge(tree, text, what, letter, said)) or "as it must be")


def report(results, seed, failures):
    os.makedirs(results, exist_ok=True)
    for number, what, wrong, text in failures[:20]:
        name = os.path.join(results, "%d.eml" % number)
        with open(name, "wb") as file:
            file.write(text)
        print("# seed %d, number %d, options %d: %s" % (seed, number, what, name))
        for one in wrong[:5]:
            print("#   " + one[:600].replace("\n", "\n#   "))


def main():
    program, results, seed, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    if len(sys.argv) > 5:
        show(program, seed, int(sys.argv[5]))
        return 0
    workers = max(2, os.cpu_count() or 1)
    jobs = [(program, seed, range(first, count, workers * 4)) for first in range(workers * 4)]
    with multiprocessing.Pool(workers) as pool:
        outcomes = pool.map(run_some, jobs, 1)
    failures = [failure for _, failed in outcomes for failure in failed]
    total = {name: sum(counts[name] for counts, _ in outcomes) for name in ("unchanged", "converted", "refused")}
    reasons = {}
    for counts, _ in outcomes:
        for reply, times in counts["reasons"].items():
            reasons[reply] = reasons.get(reply, 0) + times
    print("# seed %d: %d unchanged, %d converted, %d refused: %s" % (
        seed, total["unchanged"], total["converted"], total["refused"],
        ", ".join("%s %d times" % pair for pair in sorted(reasons.items()))))
    report(results, seed, failures)
    print("%sok 1 - %d random messages keep what they say, or are refused for a reason" % (
        "not " if failures else "", count))
    seen = sum(total.values())
    enough = min(total["converted"] * 5, total["unchanged"] * 5, total["refused"] * 8) > seen and len(reasons) >= 6
    print("%sok 2 - all outcomes are seen" % ("" if enough else "not "))
    print("1..2")
    return 1 if failures or not enough else 0


if __name__ == "__main__":
    sys.exit(main())
