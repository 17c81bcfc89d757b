"""Whether a message says the same after a conversion, by the email package of Python and no code of Postern's.

differences(BEFORE, AFTER) lists what was lost: parts, the decoded octets of leaves, the text of header fields once
encoded words (RFC 2047), parameters (RFC 2231) and A-labels (RFC 5890) are read.
"""

import base64
import binascii
import email.feedparser
import email.message
import email.policy
import re
import unicodedata
import urllib.parse

EIGHTBIT = 1
UTF8 = 2

# Python takes a CR by itself for a line end; RFC 5322 section 2.3 doesn't.
CR_MARK = b"\x01\x02CR\x02\x01"

ADDRESSES = """from sender reply-to to cc bcc resent-from resent-sender resent-reply-to resent-to resent-cc resent-bcc
return-path disposition-notification-to errors-to apparently-to mail-followup-to x-original-to delivered-to""".split()
STRUCTURED = ADDRESSES + """received date resent-date message-id resent-message-id in-reply-to references keywords
mime-version content-id content-transfer-encoding""".split()
PARAMETRIC = ["content-type", "content-disposition"]
SET_BY_CONVERSION = ["content-transfer-encoding", "mime-version"]


class Part(email.message.Message):
    """Of the types of message, RFC 2046 section 5.2, only message/rfc822 is looked into."""

    def get_content_type(self):
        kind = super().get_content_type()
        if kind.startswith("message/") and kind != "message/rfc822":
            return "leaf/" + kind.partition("/")[2]
        return kind


def parse(octets):
    """The parts in order: (path, type, fields, decoded octets or None, encoding, preamble, epilogue)."""
    marked = re.sub(rb"\r(?!\n)", CR_MARK, octets)
    parser = email.feedparser.BytesFeedParser(_factory=Part, policy=email.policy.compat32)
    parser.feed(marked)
    found = []
    walk(parser.close(), "1", found)
    return found


def raw(text):
    return text.encode("ascii", "surrogateescape").replace(CR_MARK, b"\r")


def walk(part, path, found):
    fields = [(name, raw(str(value))) for name, value in part._headers]
    encoding = encoding_of(fields)
    payload = part._payload
    if isinstance(payload, list):
        found.append((path, part.get_content_type(), fields, None, encoding,
                      raw(part.preamble or ""), raw(part.epilogue or "")))
        for number, inner in enumerate(payload, 1):
            walk(inner, "%s.%d" % (path, number), found)
    else:
        found.append((path, part.get_content_type(), fields, decode(raw(payload or ""), encoding), encoding, b"", b""))


def encoding_of(fields):
    for name, value in fields:
        if name.lower() == "content-transfer-encoding":
            while b"(" in value and b")" in value:
                value = re.sub(rb"\([^()]*\)", b"", value)
            return value.strip().lower()
    return b"7bit"


def decode(octets, encoding):
    if encoding == b"quoted-printable":
        return binascii.a2b_qp(octets)
    if encoding == b"base64":
        kept = re.sub(rb"[^A-Za-z0-9+/]", b"", octets.partition(b"=")[0])
        kept = kept[:len(kept) - 1] if len(kept) % 4 == 1 else kept
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))
    return octets


def text_of(octets, charset="utf-8"):
    if charset.lower() in ("", "utf-8", "utf8", "us-ascii", "unknown-8bit"):
        return octets.decode("utf-8", "surrogateescape")
    try:
        return octets.decode(charset, "replace")
    except LookupError:
        return None


WORD = r"=\?([^?\s*]+)(?:\*[^?\s]*)?\?([BbQq])\?([^?\s]*)\?="
WORDS = re.compile(r"(?<![^\s(])%s(?:\s+%s)*(?![^\s)])" % ((re.sub(r"\((?!\?)", "(?:", WORD),) * 2))


def decode_word(charset, how, text):
    octets = text.encode("utf-8", "surrogateescape")
    if how in "Qq":
        octets = binascii.a2b_qp(octets.replace(b"_", b" "), header=False)
    else:
        try:
            octets = base64.b64decode(octets, validate=True)
        except binascii.Error:
            return None
    return charset.lower(), octets


def decode_words(text):
    """RFC 2047: words that stand by themselves; white space between two of them is nothing."""
    def decoded(match):
        runs = []
        for word in re.finditer(WORD, match.group(0)):
            got = decode_word(*word.groups())
            if got is None or text_of(b"", got[0]) is None:
                return match.group(0)
            if runs and runs[-1][0] == got[0]:
                runs[-1][1] += got[1]
            else:
                runs.append([got[0], got[1]])
        return "".join(text_of(octets, charset) for charset, octets in runs)

    return WORDS.sub(decoded, text)


def unfold(octets):
    return text_of(re.sub(rb"\r?\n(?=[ \t])", b"", octets))


def squeeze(text):
    return re.sub(r"\s+", " ", text).strip()


def label_text(label):
    if label.lower().startswith("xn--"):
        try:
            label = label[4:].encode("ascii").decode("punycode")
        except UnicodeError:
            pass
    return unicodedata.normalize("NFC", label).lower()


def domain_text(domain):
    return ".".join(label_text(label) for label in re.split("[.\u3002\uff0e\uff61]", domain))


def comment_at(text, at):
    """The comment that begins here, without quoting, and the place behind it."""
    deep, said = 0, ""
    while at < len(text):
        c = text[at]
        if c == "\\" and at + 1 < len(text):
            said += text[at + 1]
            at += 2
            continue
        deep += (c == "(") - (c == ")")
        said += c
        at += 1
        if deep == 0:
            break
    return said, at


def quoted_at(text, at):
    said = ""
    at += 1
    while at < len(text) and text[at] != '"':
        if text[at] == "\\" and at + 1 < len(text):
            at += 1
        said += text[at]
        at += 1
    return said, at + 1


def structured_text(text):
    """Quotes and white space that mean nothing are gone; comments, quoted strings and words are read."""
    said, bare, at = "", "", 0

    def settle():
        nonlocal said, bare
        said, bare = said + decode_words(bare), ""

    while at < len(text):
        if text[at] == "(":
            comment, at = comment_at(text, at)
            settle()
            said += decode_words(comment)
        elif text[at] == '"':
            quoted, at = quoted_at(text, at)
            settle()
            said += quoted
        elif text[at] in "<>,;":
            settle()
            said += text[at]
            at += 1
        else:
            bare += text[at]
            at += 1
    settle()
    said = re.sub(r"\s*([<>,;:()@])\s*", r"\1", squeeze(said))
    return re.sub(r'@([^\s<>,;:()"\[\]]+)', lambda match: "@" + domain_text(match.group(1)), said)


def split_parameters(text):
    """What stands before the first semicolon, [(name, value, was quoted)], and the comments."""
    pieces, comments, at = [["", False]], [], 0
    while at < len(text):
        if text[at] == "(":
            comment, at = comment_at(text, at)
            comments.append(decode_words(comment))
        elif text[at] == '"':
            quoted, at = quoted_at(text, at)
            pieces[-1][0] += quoted
            pieces[-1][1] = True
        elif text[at] == ";":
            pieces.append(["", False])
            at += 1
        else:
            pieces[-1][0] += text[at]
            at += 1
    parameters = []
    for piece, _ in pieces[1:]:
        name, equals, value = piece.partition("=")
        if equals or name.strip():
            parameters.append((name.strip().lower(), value.strip()))
    return squeeze(pieces[0][0]).lower(), parameters, comments


def extended(value, first):
    charset = "utf-8"
    if first and value.count("'") >= 2:
        charset, _, value = value.split("'", 2)
    return charset, urllib.parse.unquote_to_bytes(value.encode("utf-8", "surrogateescape"))


def parameters_text(text):
    """RFC 2231: charsets, languages and continuations read. What is said twice may be said once."""
    value, parameters, comments = split_parameters(text)
    plain, pieces = [], {}
    for name, said in parameters:
        match = re.fullmatch(r"([^*]+)(?:\*(\d+))?(\*)?", name)
        if match and match.group(2):
            pieces.setdefault(match.group(1), {})[int(match.group(2))] = (said, bool(match.group(3)))
        elif match and match.group(3):
            charset, octets = extended(said, True)
            plain.append((match.group(1), squeeze(text_of(octets, charset) or repr(octets))))
        else:
            plain.append((name, squeeze(said)))
    for name, numbered in pieces.items():
        charset, octets = "utf-8", b""
        for number in sorted(numbered):
            said, is_extended = numbered[number]
            if is_extended:
                told, more = extended(said, number == 0)
                charset = told if number == 0 else charset
                octets += more
            else:
                octets += said.encode("utf-8", "surrogateescape")
        plain.append((name, squeeze(text_of(octets, charset) or repr(octets))))
    return value, sorted(set(plain)), comments


def field_text(name, octets):
    """What a reader is told by a field."""
    text = unfold(octets)
    if name.lower() in PARAMETRIC:
        return parameters_text(text)
    if name.lower() in STRUCTURED:
        return structured_text(text)
    if name.lower().startswith("list-"):
        # RFC 3987 section 3.1: an octet of a URI beyond ASCII and its percent form are the same.
        return structured_text(text_of(urllib.parse.unquote_to_bytes(text.encode("utf-8", "surrogateescape"))))
    return squeeze(decode_words(text))


def charset_told(fields):
    """Of the text below, where ASCII is part of it."""
    for name, value in fields:
        if name.lower() == "content-type":
            charset = dict(parameters_text(unfold(value))[1]).get("charset", "")
            try:
                return charset if b'a-Z "<@>\\~'.decode(charset) == 'a-Z "<@>\\~' else None
            except (LookupError, UnicodeError):
                return None
    return None


def in_utf8(octets, charset):
    """Octets that are no UTF-8 are taken for the charset of the text, if they are valid in it."""
    try:
        octets.decode()
    except UnicodeError:
        try:
            return octets.decode(charset).encode() if charset else octets
        except UnicodeError:
            return octets
    return octets


def told(fields):
    charset = charset_told(fields)
    return [(name.lower(), field_text(name, in_utf8(value, charset))) for name, value in fields
            if name.lower() not in SET_BY_CONVERSION]


UNKNOWN = ("content-type", ("text/plain", [("charset", "unknown-8bit")], []))


def versions_told(fields):
    return [field_text(name, value) for name, value in fields if name.lower() == "mime-version"]


def field_differences(path, before, after):
    kept, now = told(before), told(after)
    if not any(name == "content-type" for name, _ in kept) and UNKNOWN in now:
        now.remove(UNKNOWN)
    found = []
    if kept != now:
        found.append("part %s: fields %r became %r" % (path, [f for f in kept if f not in now],
                                                       [f for f in now if f not in kept]))
    versions = versions_told(before)
    if versions and versions != versions_told(after):
        found.append("part %s: MIME-Version was %r" % (path, versions))
    for name, value in after:
        if (name, value) not in before:
            found += ["part %s: an encoded word of %d octets" % (path, len(word)) for word in
                      re.findall(rb"=\?[^?\s]+\?[BbQq]\?[^?\s]*\?=", value) if len(word) > 75]
    return found


def lacks_version(before, after):
    """RFC 2045 section 4: a message that is given an encoding says that it is MIME."""
    return (encoding_of(after) != encoding_of(before) and encoding_of(after) in (b"quoted-printable", b"base64")
            and not versions_told(after))


def same_octets(a, b, kind, plain_newlines, ignore_final_newline):
    if plain_newlines:
        a, b = a.replace(b"\r\n", b"\n"), b.replace(b"\r\n", b"\n")
    if a == b or ignore_final_newline and a + (b"\n" if plain_newlines else b"\r\n") == b:
        return True
    # Inside of message/global header fields may have been converted one by one.
    return kind == "leaf/global" and not differences(a, b)


def differences(before, after, ignore_final_newline=False):
    """What is lost or told otherwise, one text each; none where all is the same. The decoder takes away the end of a last
    line that no delimiter follows, where it isn't encoded: that may be ignored."""
    plain_newlines = b"\r\n" not in before
    was, now = parse(before), parse(after)
    if [part[:2] for part in was] != [part[:2] for part in now]:
        return ["parts %r became %r" % ([part[:2] for part in was], [part[:2] for part in now])]
    found = []
    kinds = {path: kind for path, kind, *_ in was}
    for (path, kind, fields, octets, _, *around), (_, _, other_fields, other_octets, _, *other_around) in zip(was, now):
        found += field_differences(path, fields, other_fields)
        if kinds.get(path.rpartition(".")[0], "message/rfc822") == "message/rfc822" and lacks_version(fields, other_fields):
            found.append("part %s: an encoding, but no MIME-Version" % path)
        if around != other_around:
            found.append("part %s: preamble and epilogue %r became %r" % (path, around, other_around))
        if octets is not None and not same_octets(octets, other_octets, kind, plain_newlines, ignore_final_newline):
            found.append("part %s: %r became %r" % (path, octets[:200], other_octets[:200]))
    return found


def without_spaces(octets):
    """Field names of the message end with their colon (RFC 5322 section 4.5), as Python needs it."""
    header = re.match(rb"(?:(?:[!-9;-~]+[ \t]*:|[ \t]).*\n)*", octets).group(0)
    return re.sub(rb"(?m)^([!-9;-~]+)[ \t]+:", rb"\1:", header) + octets[len(header):]


def is_7bit(octets):
    return octets.isascii()


def longest_line(octets):
    return max((len(line.rstrip(b"\r")) for line in octets.split(b"\n")), default=0)


def header_octets(octets):
    """All headers, one behind the other: what must be ASCII where UTF-8 was to go."""
    return b"\n".join(name.encode("ascii", "surrogateescape") + b":" + value
                      for part in parse(octets) for name, value in part[2])
