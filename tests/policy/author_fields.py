"""Makes author fields of a login alice that try to be read as another's, and honest ones that look odd. Each is
(family, fields); a field is octets, "Name: value", folded with CRLF."""

import base64

from author_readers import by_iconv

ALICE = "alice@example.com"
MINE = (ALICE, ALICE, ALICE, ALICE, "Alice@Example.COM", "alice+news@example.com", "info@alice.example", '"alice"@example.com')
THEIRS = ("ceo@example.com", "ceo@example.com", "ceo@example.com", "bob@example.com", "nobody@example.com", "boss@partner.example",
          "CEO@Example.Com")

UNSEEN = ("\ufe0f", "\U000e0041", "\u061c", "\u180e", "\u034f", "\ufff9", "\u3164", "\u115f", "\u1160", "\u200d", "\u200c",
          "\u200b", "\u200e", "\u200f", "\u00ad", "\u2060", "\u2063", "\ufeff", "\uffa0", "\u17b4", "\u180b", "\u202a", "\u202c",
          "\u2066", "\u2069", "\u206a", "\ufff0", "\ufffb", "\U0001bca0", "\U0001d173", "\U000e0001", "\U000e0fff", "\u2800")
SPACES = (" ", "  ", "\t", "\u00a0", "\u2003", "\u3000", "\u2009", "\u202f", "\u205f", "\u1680", "\u2028", "\r\n ", "\r\n\t",
          " \r\n  ")
CYRILLIC = {"a": "\u0430", "e": "\u0435", "o": "\u043e", "c": "\u0441", "p": "\u0440", "x": "\u0445", "i": "\u0456"}
READ = ("utf-8", "iso-8859-1", "latin1", "us-ascii", "windows-1252", "UTF-8*en", "iso-8859-15")
UNREAD = ("cp037", "cp500", "cp1140", "IBM1047", "utf-7", "UTF-7-IMAP", "x-unknown", "gbk", "shift_jis", "ks_c_5601-1987",
          "windows-874", "x-gbk", "iso-2022-jp", "hz-gb-2312", "utf-16", "utf-16le", "utf-32", "cp932", "big5", "euc-kr", "koi8-r",
          "unicode-1-1-utf-7", "cp1026", "cp875", "x-mac-roman", "unicode_escape", "raw_unicode_escape", "1047", "500V1", "1026", "CSIBM500", "EBCDIC-INT",
          "EBCDIC-CP-BE", "IBM1140", "CP1142", "IBM273", "IBM930", "CP905", "OSF10020129", "UCS-2BE", "UCS-2", "UCS-4", "10646-1:1993", "OSF00010100", "UNICODEBIG",
          "UNICODE", "WCHAR_T", "UTF-32BE", "iso-2022-kr", "punycode", "unknown-8bit", "scsu", "bocu-1", "cesu-8", "ebcdic-us", "ansi_x3.4-1968")
CODEC = {"x-gbk": "gbk", "ks_c_5601-1987": "cp949", "windows-874": "cp874", "hz-gb-2312": "hz",
         "utf-8*en": "utf-8", "x-mac-roman": "mac_roman", "unicode-1-1-utf-7": "utf-7", "ebcdic-us": "cp037"}

NAMES = (
    "Alice Miller", "Alice", "Dr. Alice M\u00fcller", "Alice O'Neill", "Alice Le Goff\u00a0!", "Ren\u00e9e Fran\u00e7oise", "\u0130pek \u015eahin",
    "\u0410\u043b\u0438\u0441\u0430 \u0418\u0432\u0430\u043d\u043e\u0432\u0430", "\u0386\u03bd\u03bd\u03b1 \u03a0\u03b1\u03c0\u03b1\u03b4\u03ac\u03ba\u03b7", "\u6797 \u7f8e\u7389",
    "\u5c71\u7530\u592a\u90ce", "\u30a2\u30ea\u30b9\u30fb\u30df\u30e9\u30fc", "\uae40\ubbfc\uc9c0", "\u0645\u0631\u06cc\u0645 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "\u05d0\u05dc\u05d9\u05e1\u200e (\u05de\u05db\u05d9\u05e8\u05d5\u05ea)", "\u0e2d\u0e25\u0e34\u0e2a \u0e43\u0e08\u0e14\u0e35", "\u0939\u093f\u0928\u094d\u0926\u0940 \u0915\u094d\u200d\u0937",
    "Team \u2764\ufe0f", "\U0001f468\u200d\U0001f469\u200d\U0001f467 Family", "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f Alice",
    "Alice [HR]", "Alice @ Work", "A. & B. Co., Ltd.", "Alice (Sales)", "Alice/Sales", "Alice <3 mail", "Alice via Shop",
    "Miller, Alice", "John Q. Public", "#1 Alice!", "Alice ~ $ % ^ & * { } |", "Alice: News", "Alice; Bob", "\u00abAlice\u00bb", "\u201cAlice\u201d",
    "Alice\u2019s Shop\u2122", "Alice\u202fSmith", "alice@example.com", "'alice@example.com'", "info@alice.example", "dan@shop.example",
    "Alice = Bob", "Alice 24/7", "Nguy\u1ec5n Th\u1ecb \u00c1nh", "\u1321\u1208\u12cd \u12a0\u1208\u121d", "\u10d0\u10da\u10d8\u10e1\u10d0", "\u0531\u056c\u056b\u057d",
    "\u00c5sa \u00d6berg", "Zo\u00eb", "J\u00fcrg\u0308en", "@alice", "alice@work", "R&D", "noreply", "1234567890", "a", "...", "A.B.C.", "Alice \"Al\" Miller",
    "\\o/", "Alice | ACME", "[ticket #42] Alice", "C++ User Group", "50% off", "Alice?", "=Alice=", "=?Alice?=", "ALICE", "alice.miller")
HONEST_CHARSETS = {"iso-8859-1": "latin-1", "windows-1252": "cp1252", "koi8-r": "koi8-r", "gb2312": "gb2312", "gb18030": "gb18030",
                   "iso-2022-jp": "iso2022_jp", "shift_jis": "shift_jis", "euc-kr": "euc_kr", "ks_c_5601-1987": "cp949", "windows-1251": "cp1251",
                   "windows-1256": "cp1256", "windows-874": "cp874", "tis-620": "tis-620", "x-gbk": "gbk", "cp932": "cp932", "big5": "big5",
                   "iso-8859-9": "iso8859_9", "iso-8859-7": "iso8859_7", "windows-1255": "cp1255", "windows-1258": "cp1258"}


def octets(text):
    return text.encode("utf-8", "surrogateescape")


def letters(raw):
    """Octets as a text that octets() gives back."""
    return raw.decode("utf-8", "surrogateescape")


def in_charset(rng, charset, text):
    name = charset.lower()
    if name == "utf-7-imap":
        return text.replace("@", "&AEA-").encode("ascii", "replace")
    if name in ("utf-7", "unicode-1-1-utf-7"):
        return text.replace("@", "+AEA-").encode("ascii", "replace")
    if name.endswith("unicode_escape"):
        return text.replace("@", rng.choice(("\\x40", "\\u0040", "\\100"))).encode("ascii", "replace")
    try:
        return text.encode(CODEC.get(name, name), "replace")
    except (LookupError, UnicodeError):
        return by_iconv(name, "utf-8", text.encode()) or text.encode()


def q_octets(rng, raw, strict):
    """RFC 2047 section 5 (3) wants @ and . encoded in a name; not everybody does that."""
    kept = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-!*+/"
    if not strict:
        kept = rng.choice((kept + b".", kept + b".@", b""))
    return "".join("_" if octet == 32 else chr(octet) if octet in kept else "=%02X" % octet for octet in raw)


def word(rng, charset, encoding, raw, strict=False):
    text = base64.b64encode(raw).decode() if encoding in "bB" else q_octets(rng, raw, strict)
    return "=?%s?%s?%s?=" % (charset, encoding, text)


def words(rng, charset, text, strict=False):
    """One encoded word, or several, which may share a character."""
    raw = in_charset(rng, charset, text)
    pieces = rng.choice((1, 1, 1, 2, 3))
    cuts = sorted(rng.randrange(len(raw) + 1) for _ in range(pieces - 1))
    encoding = rng.choice("qQbB")
    gap = rng.choice((" ", " ", "\r\n ", "", "  "))
    return gap.join(word(rng, charset, encoding if rng.random() < 0.8 else rng.choice("qb"), raw[first:last], strict)
                    for first, last in zip([0] + cuts, cuts + [len(raw)]))


def malformed(rng, text):
    whole = words(rng, "utf-8", text)
    return rng.choice((whole[:-2], whole.replace("?=", "?"), whole.replace("?q?", "??"), whole.replace("=?", "=? "), whole + "=",
                       whole.replace("=40", "=4"), whole.replace("=40", "=40 "), whole.replace("=40", "@"), whole.replace("=", "=\r\n ", 1),
                       whole.replace("utf-8", ""), whole.replace("utf-8", "utf-8 "), whole.replace("utf-8", "x" * 80), whole.replace("utf-8", "'utf-8'"),
                       "=" + whole, whole.replace("?q?", "?x?"), word(rng, "utf-8", "q", octets(whole)), "=?utf-8?q?%s?=" % text,
                       "=?utf-8?q?%s ?=" % text, "=?utf-8?q?a b %s?=" % text, "=?utf-8?b?%s" % base64.b64encode(octets(text)).decode().rstrip("=") + "?=",
                       "=?utf-8?b?%s" % base64.b64encode(octets(text)).decode().replace("Y", "Y ") + "?="))


def padded(rng, text):
    """Base64 words that each end on padding, in one or in several."""
    raw = octets(text)
    at = rng.randrange(1, len(raw))
    first, last = base64.b64encode(raw[:at]).decode(), base64.b64encode(raw[at:]).decode()
    return rng.choice(("=?utf-8?b?%s%s?=", "=?utf-8?b?%s?= =?utf-8?b?%s?=", "=?utf-8?b?%s?==?utf-8?b?%s?=", "=?utf-8?b?%s==%s?=",
                       "=?utf-8?B?%s?=\r\n\t=?UTF-8?B?%s?=")) % (first, last)


def with_unseen(rng, text):
    for _ in range(rng.choice((1, 1, 2, 3))):
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice(UNSEEN) + text[at:]
    return text


def beside_at(rng, text):
    local, _, domain = text.rpartition("@")
    sides = rng.choice(((1, 0), (0, 1), (1, 1)))
    return local + sides[0] * rng.choice(SPACES) + "@" + sides[1] * rng.choice(SPACES) + domain


def like(rng, text):
    choice = rng.randrange(5)
    if choice == 0:
        return text.replace("@", rng.choice("\uff20\ufe6b"))
    if choice == 1:
        return text.replace(".", rng.choice("\uff0e\u3002\uff61\u2024"))
    if choice == 2:
        return "".join(chr(ord(letter) + 0xfee0) if letter.isalpha() and rng.random() < 0.4 else letter for letter in text)
    return "".join(CYRILLIC.get(letter, letter) if rng.random() < 0.4 else letter for letter in text)


def turned(rng, text):
    """Behind an override, or word by word where the line runs from right to left."""
    local, _, domain = text.rpartition("@")
    mark = rng.choice("\u200f\u061c\u05be")
    return rng.choice(("\u202e" + text[::-1], "\u202e" + text[::-1] + "\u202c",
                       "\u202b%s%s@%s%s\u202c" % (domain, mark, mark, local), "\u2067%s%s@%s%s\u2069" % (domain, mark, mark, local),
                       "\u05d0 %s%s@%s%s" % (domain, mark, mark, local), "%s%s@%s%s" % (domain, mark, mark, local)))


def escaped(rng, text):
    return "".join("\\" + letter if rng.random() < 0.3 else letter for letter in text)


def read_words(rng, text):
    return words(rng, rng.choice(READ), text)


def unread_words(rng, text):
    return words(rng, rng.choice(UNREAD), text)


def glued_words(rng, text):
    local, _, domain = text.partition("@")
    charset = rng.choice(READ[:3])
    return rng.choice((lambda: local + words(rng, charset, "@" + domain), lambda: words(rng, charset, local + "@") + domain,
                       lambda: "x" + words(rng, charset, " " + text), lambda: words(rng, charset, text) + rng.choice(".x,-"),
                       lambda: words(rng, charset, local) + "@" + domain, lambda: local + "@" + words(rng, charset, domain),
                       lambda: words(rng, charset, local) + word(rng, "utf-8", "q", b"@") + words(rng, charset, domain)))()


def bad_octets(rng, text):
    at = rng.randrange(len(text) + 1)
    return text[:at] + letters(rng.choice((b"\xff", b"\xc3", b"\x80", b"\xa0", b"\xed\xa0\x80", b"\xc0\xc0", b"\x85", b"\xad", b"\xfc"))) + text[at:]


def with_control(rng, text):
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice("\x01\x08\x0b\x0c\x1b\x1c\x1d\x1e\x1f\x7f\r\x85\t") + text[at:]


DISGUISES = {"plain": lambda rng, text: text, "encoded": read_words, "charset": unread_words, "glued": glued_words,
             "malformed": malformed, "padding": padded, "invisible": with_unseen, "space beside @": beside_at, "look-alike": like,
             "override": turned, "escaped": escaped, "octets": bad_octets, "control": with_control}


def disguise(rng, text):
    kind = rng.choice(tuple(DISGUISES))
    return kind, DISGUISES[kind](rng, text)


def maybe(rng, text, share=0.4):
    return disguise(rng, text)[1] if rng.random() < share else text


def quoted(text):
    return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"')


# Where it is put. Each gives a value.

def in_name(rng, text, mine):
    around = rng.choice(("%s", "%s", "%s", "Boss %s", "%s (Boss)", "Boss <%s>", "Boss &lt;%s&gt;", "x,%s", "%s via Shop", "mailto:%s", "'%s'", "[%s]"))
    shape = rng.choice(('"%s" <%s>', '"%s" <%s>', '"%s"<%s>', "%s <%s>", "%s<%s>", '"%s"\r\n <%s>', "x %s <%s>", '"x" %s <%s>'))
    return shape % (around % text, mine)


def in_comment(rng, text, mine):
    shape = rng.choice(("({0}) {1}", "{1} ({0})", "<{1}> ({0})", "Alice ({0}) <{1}>", "{1} (a (b {0}) c)", "<{1} ({0})>", "<({0}){1}>",
                        "({0})<{1}>", "{1} (({0})", "{1} (\\({0}", "Alice <{1}>({0})", "(x)({0})(y) {1}", "{1} (\"{0}\")", "{1}\r\n ({0})"))
    return shape.format(text, mine)


def route(rng, text, mine):
    return rng.choice(("<@,{0}:{1}>", "<@{0}:{1}>", '<@"{0}":{1}>', "<@x.example,{0}:{1}>", "<@x.example,@{0}:{1}>", "Alice <@x,<{0}>:{1}>", "<@({0}):{1}>",
                       "@{0}:{1}", "<@{0},{1}>", "<{0}:{1}>", "<@[{0}]:{1}>", "<@x.example:{0}:{1}>", "<@,,,{0},:{1}>", "<@x{0}:{1}>", "<,{0}:{1}>", "Alice<@a.example;{0}:{1}>",
                       "<@example.com,ceo:{1}>", "<@ceo,example.com:{1}>")).format(text, mine)


def group(rng, text, mine):
    return rng.choice(('"{0}":;, {1}', "{0}:;, {1}", "{1}, \"{0}\":;", '"{0}": {1};', "{0}: {1};", "x:;, \"{0}\" <{1}>", "Undisclosed: \"{0}\" <{1}>;", '"{0}":{1}', "x: {0}, {1};",
                       "x: ;{0}, {1}", "({0}):;, {1}", ":{0};, {1}", '"{0}" :; {1}', 'x:"{0}":;, {1}', "a:b:{0};, {1}", '"{0}":, {1}', "<{0}>:;, {1}")).format(text, mine)


def without_address(rng, text, mine):
    return rng.choice(("{0}, {1}", "{1}, {0}", "{0} {1}", "{1} {0}", "<{0}>, {1}", "{1}, <{0}>", "{0}; {1}", "{1}; {0}", "{0} <>, {1}", "<>, \"{0}\" <{1}>", "\"{0}\", {1}", "{1}, \"{0}\"", "{1},,{0}",
                       ",{0},{1}", "{1} , , \"{0}\"", "{1}\r\n,{0}", "{1}:{0}", "<{1}>{0}", "{0}<{1}>", "Alice, <{0}> <{1}>")).format(text, mine)


def brackets(rng, text, mine):
    return rng.choice(("<{0}> <{1}>", "<{1}> <{0}>", "<<{0}>{1}>", "<<{1}>>{0}", "<{0}<{1}>>", "\"x\" <{0}> <{1}>", "x <{0}> y <{1}>", "<{1}", "{0} <{1}", "<{1}>>{0}", "{1}> {0}", "<{0},{1}>", "<{0} {1}>",
                       "<{1}>, <{0}", "[{0}] <{1}>", "<{1}><{0}>", "<<{1}>", "{0}> <{1}>", "&lt;{0}&gt; <{1}>", "x<{0}><{1}>", "<\"{0}\" <{1}>>")).format(text, mine)


def quotes(rng, text, mine):
    return rng.choice(('"{0} <{1}>', '{0}" <{1}>', '"x" {0}" <{1}>', '"x\\" <{0}>" <{1}>', '"x\\\\" <{0}> "" <{1}>', '"x" "<{0}>" <{1}>', '"\\"{0}\\"" <{1}>', '"a"{0}"b" <{1}>', "'{0}' <{1}>",
                       "'<{0}>' <{1}>", '""{0}"" <{1}>', '"<{0}>" <{1}>', "`{0}` <{1}>", '"x" (") <{0}> (") <{1}>', '"a\r\n b {0}" <{1}>', '"x", {0}" <{1}>', '\\"{0}\\" <{1}>', '"({0}" <{1}>',
                       '(" {0} ") <{1}>', '"\\{0}" <{1}>', '"{0}\\" <{1}>', "\u201c{0}\u201d <{1}>")).format(text, mine)


def local_part(rng, text, mine):
    del mine
    return rng.choice(('"{0}"@alice.example', '<"{0}"@alice.example>', "{0}@alice.example", '"x {0}"@alice.example', 'Alice <"{0} "@alice.example>', '"\\{0}"@alice.example', '"{0},"@alice.example',
                       '"<{0}>"@alice.example', '"x"."{0}"@alice.example', "{0}%alice.example@alice.example", "{0}/x@alice.example", '"({0})"@alice.example', "({0})x@alice.example",
                       "x({0})@alice.example", "x@({0})alice.example", "x@alice.example({0})", "x.{0}@alice.example", '"{0}" @ alice.example', '"a\r\n {0}"@alice.example')).format(text)


def obsolete(rng, text, mine):
    local, _, domain = text.rpartition("@")
    own, _, own_domain = mine.rpartition("@")
    return rng.choice(("{2} . x @ {3}, {1}", "{2} (c) @ (c) {3} <{1}>", "{2}\r\n @{3} <{1}>", "{4} (c) @ (c) {5}", "{4}@{5} ({0})", "{2} @ {3} <{1}>", "{2}. <{1}>", "J. {2} . @ {3}. <{1}>", "{2}@ {3}<{1}>", "{4} @ {5}",
                       "<{4} @ {5}>", "{4}\r\n @\r\n {5}", "{2}@{3} <{4} @ {5}>", "x.{2}@{3}.y <{1}>", "{2} at {3} <{1}>", "{4}@{5}\r\n ({2}@\r\n {3})", "\"{2}\" @ {3} <{1}>", "\"{2}\"@\"{3}\" <{1}>", "{2}\"@\"{3} <{1}>",
                       "{2}(@){3} <{1}>", "{2}\\@{3} <{1}>", "\"{2}\" \"@\" \"{3}\" <{1}>", "\"{2}\"\"@{3}\" <{1}>")).format(text, mine, local, domain, own, own_domain)


def soup(rng, text, mine):
    """Tokens in no order, among them my address, and pieces of another."""
    local, _, domain = text.rpartition("@")
    tokens = [rng.choice(("<%s>", "%s")) % mine] + rng.choices(
        ("x", "Alice", "Alice", '"Alice"', "(Alice)", " ", " ", ",", ":", ";", "<", ">", "(", ")", '"', "\\", "@", ".", " ", "\r\n ", "[", "]", "<>", ":;", '""', '"x"', "(x)", "@x.example",
         "'", local, domain, "@" + domain, local + "@", '"%s"' % text, "(%s)" % text, "<%s>" % text, "=?utf-8?q?x?=", words(rng, "utf-8", text),
         words(rng, "utf-8", local), words(rng, "utf-8", "@" + domain), "=?utf-8?q?=22?=", "=?utf-8?q?=3C?=", "=?utf-8?q?=2C?=", "\u00a0", "\ufe0f"),
        k=rng.randint(1, 5))
    if rng.random() < 0.5:
        rng.shuffle(tokens)
    else:
        tokens.append(tokens.pop(0))
    return rng.choice(("", " ")).join(tokens)


PLACES = {"name": in_name, "comment": in_comment, "route": route, "group": group, "item": without_address, "brackets": brackets,
          "quotes": quotes, "local part": local_part, "obsolete": obsolete, "soup": soup}


def long_value(rng, text, mine):
    filler = rng.choice(("(%s)" % ("x" * 200), "\r\n (y)", "\"%s\"" % ("z" * 90), "x" * 60 + " "))
    count = rng.choice((3, 10, 40))
    return rng.choice((lambda: "%s %s %s" % (mine, filler * count, text), lambda: "%s\r\n %s <%s>" % (filler * count, text, mine),
                       lambda: '"%s%s" <%s>' % ("q" * rng.randrange(60, 3000), text, mine)))()


def several(rng, text, mine):
    """More than one field, or another than From."""
    name = rng.choice(("From", "FROM", "from", "From ", "From\t", "Sender", "Resent-From", "Resent-Sender", "Reply-To"))
    shape = rng.choice(("{1}", "{0}", '"{0}" <{1}>', "{1} ({0})", '"{0}":;, {1}', "<@{0}:{1}>", "{0}, {1}"))
    fields = ["From: " + mine, "%s: %s" % (name, shape.format(text, mine))]
    if rng.random() < 0.3:
        fields.append("Sender: " + ALICE)
    if rng.random() < 0.5:
        rng.shuffle(fields)
    return fields


SCRIPTS = ((0x4e00, 0x9fa5), (0x4e00, 0x9fa5), (0x3041, 0x3093), (0x30a1, 0x30f6), (0xac00, 0xd7a3), (0x410, 0x44f), (0x391, 0x3a1),
           (0x3b1, 0x3c9), (0x621, 0x64a), (0x5d0, 0x5ea), (0xe01, 0xe2e), (0x905, 0x939), (0xc0, 0x17f), (0x1ea0, 0x1ef9), (0x10d0, 0x10f0),
           (0x561, 0x586), (0x1f600, 0x1f64f), (0x41, 0x5a))


def random_name(rng):
    first, last = rng.choice(SCRIPTS)
    return " ".join("".join(chr(rng.randint(first, last)) for _ in range(rng.randint(1, 5))) for _ in range(rng.randint(1, 3)))


def honest_name(rng):
    name = rng.choice(NAMES) if rng.random() < 0.6 else random_name(rng)
    if rng.random() < 0.15:
        name += " " + rng.choice(("(Sales)", "& Co.", "\u2605", "\U0001f44d\U0001f3fd", "II", "@ Work", "- Berlin", "\u2013 HR", "[ext]"))
    return name


def honest_word(rng, name):
    fitting = []
    for charset, codec in HONEST_CHARSETS.items():
        try:
            name.encode(codec)
            fitting.append((charset, codec))
        except UnicodeError:
            pass
    if not fitting or rng.random() < 0.4:
        return words(rng, "utf-8", name, True)
    charset, codec = rng.choice(fitting)
    return word(rng, charset, rng.choice("qb"), name.encode(codec), True)


def honest(rng):
    """Nothing is wrong with these."""
    name, mine = honest_name(rng), rng.choice(MINE)
    plain_words = not set(name.replace(" @ ", "")) & set('@()<>:;,\\"') and "=?" not in name
    shape = rng.randrange(8)
    if shape == 0:
        return "From: " + mine
    if shape == 1 and plain_words:
        return "From: %s <%s>" % (name, mine)
    if shape == 2 and not set(name) & set("()\\"):
        return "From: %s (%s)" % (mine, name)
    if shape in (3, 4):
        return "From: %s%s<%s>" % (honest_word(rng, name), rng.choice((" ", "\r\n ", "")), mine)
    if shape == 5:
        return 'From: "%s" <%s>' % (honest_word(rng, name).replace("\r\n", ""), mine)
    return "From: %s <%s>" % (quoted(name), mine)


SPECIALS = ("<", ">", ",", ";", ":", "(", ")", '"', "\\", "@", ".", " ", "\r\n ", "=?", "?=", "[", "]", "''", "\u00a0", "\t", "()", '""', "<>", ":;", ", ", "=40", "_", "?")


def mutate(rng, value):
    """Small changes that nobody planned."""
    for _ in range(rng.choice((1, 1, 2, 3))):
        at, to = sorted(rng.randrange(len(value) + 1) for _ in range(2))
        value = rng.choice((lambda at, to: value[:at] + rng.choice(SPECIALS) + value[at:], lambda at, to: value[:at] + value[at + 1:],
                            lambda at, to: value[:at] + value[at:to] + value[at:], lambda at, to: value[:at] + value[to:] if to - at < 12 else value,
                            lambda at, to: value[:at] + value[at + 1:at + 2] + value[at:at + 1] + value[at + 2:]))(at, to)
    return value


def folded(value):
    """No line may begin without white space, or be nothing but that."""
    lines = value.replace("\r\n", "\n").split("\n")
    kept = [lines[0]] + [line if line[:1] in (" ", "\t") else " " + line for line in lines[1:] if line.strip(" \t\r")]
    return "\r\n".join(kept)


def attack(rng):
    theirs, mine = rng.choice(THEIRS), rng.choice(MINE)
    choice = rng.random()
    if choice < 0.12:
        return "several fields", several(rng, maybe(rng, theirs), mine)
    if choice < 0.15:
        return "long", ["From: " + long_value(rng, maybe(rng, theirs), mine)]
    if choice < 0.55:
        kind, text = disguise(rng, theirs)
        place = rng.choice((in_name, in_name, in_name, in_comment))
        return kind, ["From: " + place(rng, text, mine)]
    kind = rng.choice(tuple(PLACES))
    return kind, ["From: " + PLACES[kind](rng, maybe(rng, theirs), mine)]


def make(rng):
    if rng.random() < 0.2:
        family, fields = "honest", [honest(rng)]
    else:
        family, fields = attack(rng)
    if rng.random() < 0.25:
        at = rng.randrange(len(fields))
        name, _, value = fields[at].partition(": ")
        fields[at] = "%s: %s" % (name, mutate(rng, value))
    return family, [octets(folded(field)) for field in fields]
