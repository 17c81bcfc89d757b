"""Whom a message names as its authors, as readers say that nobody here wrote: Python's email in three ways, GMime,
Mail::Address and Mail::Message; and which addresses a person can read in what they show.

The site: example.com is its domain, OWNERS says who may write as whom, and alice is the one who logs in.
"""

import base64
import binascii
import codecs
import ctypes
import ctypes.util
import email
import email.header
import email.policy
import email.utils
import functools
import inspect
import os
import re
import shutil
import struct
import subprocess
import unicodedata
import warnings

import gmime_library

warnings.simplefilter("ignore")  # of codecs that Python is about to forget

HERE = os.path.dirname(os.path.abspath(__file__))
ALICE = "alice@example.com"
OUR_DOMAIN = "example.com"
OWNERS = {ALICE: "alice", "@alice.example": "alice", "ceo@example.com": "ceo", "bob@example.com": "bob",
          "boss@partner.example": "boss"}
FIELDS = ("From", "Sender", "Resent-From", "Resent-Sender")

# Default_Ignorable_Code_Point of Unicode 16 (DerivedCoreProperties.txt)
IGNORABLE = ((0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
             (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F),
             (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A),
             (0xE0000, 0xE0FFF))
# What people take for a letter of Latin, as far as the words of this site go (Unicode Technical Standard #39)
LOOKS = str.maketrans({
    "\u0430": "a", "\u0441": "c", "\u0501": "d", "\u0435": "e", "\u0456": "i", "\u0458": "j", "\u04cf": "l",
    "\u04c0": "l", "\u043e": "o", "\u0440": "p", "\u0455": "s", "\u0445": "x", "\u044c": "b", "\u043c": "m",
    "\u03b1": "a", "\u03bf": "o", "\u03c1": "p", "\u03c7": "x", "\u03b9": "i", "\u0131": "i", "\u0251": "a",
    "\u0261": "g", "\u0585": "o", "\u0578": "n", "\u0570": "h", "\u1d0f": "o",
    "\ua4f8": ".", "\u0660": ".", "\u06d4": ".", "\u0701": ".", "\u0702": ".", "\u2024": ".", "\ufe52": "."})


@functools.lru_cache(maxsize=None)
def is_unseen(character):
    point = ord(character)
    if any(first <= point <= last for first, last in IGNORABLE):
        return True
    return unicodedata.category(character) in ("Cf", "Cc") and not character.isspace()


def without_unseen(text):
    return "".join(character for character in text if not is_unseen(character))


def plain(text):
    """As it looks: compatible forms are one, what isn't seen is gone, and so is white space beside an @."""
    text = without_unseen(unicodedata.normalize("NFKC", without_unseen(text)).casefold())
    return re.sub(r"\s*@\s*", "@", re.sub("[\u3002\uff61]", ".", text))


def looks(text):
    if text.isascii():
        return plain(text)
    decomposed = unicodedata.normalize("NFD", plain(text).translate(LOOKS))
    return "".join(character for character in decomposed if unicodedata.category(character) not in ("Mn", "Me"))


def turned(text):
    """What stands behind U+202E is seen from its end (Unicode Standard Annex #9)."""
    return re.sub("\u202e([^\u202c]*)", lambda found: found[1][::-1], text)


def is_foreign(local, domain):
    """A local part without a letter or a digit (".@example.com") is nobody's."""
    local = local.strip("'`\u2018\u2019\u201c\u201d\u00ab\u00bb*_~").partition("+")[0]
    if not any(map(str.isalnum, local)) or OWNERS.get("@" + domain) == "alice":
        return False
    owner = OWNERS.get("%s@%s" % (local, domain))
    return owner not in (None, "alice") or (owner is None and domain == OUR_DOMAIN)


def addresses_in(text):
    """Every address that stands in a text, at whichever @."""
    for at in re.finditer("@", text):
        local = re.search(r'(?:"((?:[^"\\]|\\.)*)"|([^\s@<>()\[\]",;:\\]*))$', text[max(0, at.start() - 320):at.start()], re.DOTALL)
        domain = re.match(r"(?:[\w-]+\.)+[\w-]+", text[at.end():])
        if domain:
            yield local[1] or local[2] or "", domain[0]


@functools.lru_cache(maxsize=10000)
def read_in(text):
    """The addresses of others that a person can read in a text."""
    found = []
    for form in {plain(text), plain(text.replace("\\", "")), looks(text), plain(turned(text))}:
        found += ["%s@%s" % address for address in addresses_in(form) if is_foreign(*address)]
    return found


# Encoded words (RFC 2047), as generous as programs are

WORD = re.compile(r"=\?([^?\s]+)\?([bBqQ])\?(.*?)\?=", re.DOTALL)
GAP = re.compile(r"(\?=)\s+(?==\?[^?\s]+\?[bBqQ]\?)")
CODECS = {"x-gbk": "gbk", "windows-874": "cp874", "ks_c_5601-1987": "cp949",
          "windows-31j": "cp932", "x-sjis": "cp932", "x-euc-jp": "euc_jp"}


def payload(encoding, text):
    octets = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return binascii.a2b_qp(octets, header=True)
    octets = re.sub(rb"[^A-Za-z0-9+/]", b"", octets)
    try:
        return base64.b64decode(octets[:len(octets) - (len(octets) % 4 == 1)] + b"=" * (-len(octets) % 4))
    except binascii.Error:
        return b""


LIBC = ctypes.CDLL(None)
LIBC.iconv_open.restype = ctypes.c_void_p


def by_iconv(to, source, octets):
    """Converts as iconv(3) does, which knows charsets that Python doesn't; None where it can't."""
    if b"\0" in to.encode() + source.encode():
        return None
    converter = LIBC.iconv_open(to.encode(), source.encode())
    if converter in (None, ctypes.c_void_p(-1).value):
        return None
    space = 8 * len(octets) + 64
    out = ctypes.create_string_buffer(space)
    at, end = ctypes.c_char_p(octets), ctypes.c_char_p(ctypes.addressof(out))
    left, room = ctypes.c_size_t(len(octets)), ctypes.c_size_t(space)
    LIBC.iconv(ctypes.c_void_p(converter), ctypes.byref(at), ctypes.byref(left), ctypes.byref(end), ctypes.byref(room))
    LIBC.iconv_close(ctypes.c_void_p(converter))
    return None if left.value else out.raw[:space - room.value]


def from_utf7_imap(octets):
    """RFC 3501 section 5.1.3."""
    text = octets.decode("latin-1")
    return re.sub("&([A-Za-z0-9+,]*)-", lambda found: ("+%s-" % found[1].replace(",", "/")).encode().decode(
        "utf-7", "replace") if found[1] else "&", text)


def as_text(charset, octets):
    charset = charset.partition("*")[0].lower()
    if charset == "utf-7-imap":
        return from_utf7_imap(octets)
    try:
        return codecs.lookup(CODECS.get(charset, charset)).decode(octets, "replace")[0]
    except (LookupError, UnicodeError, TypeError, ValueError):
        converted = by_iconv("UTF-8", charset, octets)
        return octets.decode("latin-1") if converted is None else converted.decode("utf-8", "replace")


def decode_words(text):
    return WORD.sub(lambda word: str(as_text(word[1], payload(word[2], word[3]))), text)


def decode_joined(text):
    """Neighbours of one charset are one text, so that characters may lie across them."""
    def joined(run):
        words = WORD.findall(run[0])
        octets = b"".join(payload(encoding, words_text) for _, encoding, words_text in words)
        return str(as_text(words[0][0], octets))
    text = GAP.sub(r"\1", text)
    return re.sub(r"(?:=\?[^?\s]+\?[bBqQ]\?.*?\?=)+", joined, text, flags=re.DOTALL)


def in_utf8(octets):
    """What is UTF-8 is read as that alone: in Latin-1 it is other letters, and an address in ASCII is the same."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def texts_of(octets):
    """A field as programs that read generously may show it."""
    raw = in_utf8(octets)
    for text in {raw, re.sub(r"\r?\n(?=[ \t])", "", raw)}:
        yield from {text, decode_words(text), decode_words(GAP.sub(r"\1", text)), decode_joined(text)}


# Readers. Each gives (what, text) for a message: "author" and an address, or "shows" and what is seen of it.

class Reader:
    name = ""

    def why_not(self):
        """Why this reader can't be asked here, or nothing."""

    def read(self, message):
        raise NotImplementedError


def undo_escapes(text):
    return str(text).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class PythonOld(Reader):
    name = "python-compat32"

    @staticmethod
    def parse(text):
        yield email.utils.parseaddr(text)
        yield from email.utils.getaddresses([text])
        if "strict" in inspect.signature(email.utils.getaddresses).parameters:
            yield email.utils.parseaddr(text, strict=False)
            yield from email.utils.getaddresses([text], strict=False)

    @staticmethod
    def decoded(value):
        """value: as Python hands a field out; other than ASCII it is no str, which decode_header() would garble."""
        try:
            return str(email.header.make_header(email.header.decode_header(value)))
        except (LookupError, UnicodeError, ValueError, email.errors.HeaderParseError):
            return str(value)

    def read(self, message):
        parsed = email.message_from_bytes(message, policy=email.policy.compat32)
        for name, value in parsed.raw_items():
            if name.strip().lower() not in [field.lower() for field in FIELDS]:
                continue
            decoded = undo_escapes(self.decoded(email.policy.compat32.header_fetch_parse(name, value)))
            yield "shows", decoded
            for text in undo_escapes(value), decoded:
                for shown, address in self.parse(text):
                    yield "author", address
                    yield "shows", shown
                    if shown.isascii():
                        yield "shows", undo_escapes(self.decoded(shown))


class PythonNew(Reader):
    def __init__(self, name, policy):
        self.name = name
        self.policy = policy

    def read(self, message):
        parsed = email.message_from_bytes(message, policy=self.policy)
        for field in FIELDS:
            try:
                values = parsed.get_all(field) or []
            except Exception:  # it has bugs of its own; then it shows nothing
                continue
            for value in values:
                yield "shows", undo_escapes(value)
                for group in getattr(value, "groups", ()):
                    yield "shows", undo_escapes(group.display_name or "")
                    for address in group.addresses:
                        yield "author", undo_escapes(address.addr_spec)
                        yield "shows", undo_escapes(address.display_name or "")


class GMime(Reader):
    name = "gmime"
    types = (0, 1)  # GMIME_ADDRESS_TYPE_SENDER, _FROM

    def __init__(self):
        self.library = gmime_library.load()

    def why_not(self):
        return None if self.library else "no libgmime-3.0.so.0"

    @staticmethod
    def list_of(addresses):
        for group, name, address in addresses:
            yield "shows", group if name is None else name
            if address is not None:
                yield "author", address

    def from_headers(self, message):
        for header in self.library.headers(message):
            name = self.library.g_mime_header_get_name(header) or b""
            if name.strip().lower().decode("latin-1") not in [field.lower() for field in FIELDS]:
                continue
            yield "shows", self.library.g_mime_header_get_value(header) or b""
            raw = self.library.g_mime_header_get_raw_value(header) or b""
            yield from self.list_of(self.library.addresses_in(raw))

    def read(self, message):
        parsed = self.library.parse(message)
        if not parsed:
            return
        found = list(self.from_headers(parsed))
        for kind in self.types:
            found += self.list_of(self.library.addresses(self.library.g_mime_message_get_addresses(parsed, kind)))
        self.library.g_object_unref(parsed)
        for what, octets in found:
            yield what, octets.decode("utf-8", "replace")


class Perl(Reader):
    """A process that answers each message with lines "author HEX" and "shows HEX", and an empty one."""

    def __init__(self, name, module):
        self.name = name
        self.module = module
        self.process = None

    def why_not(self):
        if not shutil.which("perl"):
            return "no perl"
        asked = subprocess.run(["perl", "-M" + self.module, "-e", "1"], capture_output=True, check=False)
        return "no %s" % self.module if asked.returncode else None

    def read(self, message):
        if self.process is None:
            self.process = subprocess.Popen(["perl", HERE + "/author_perl.pl", self.module], stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.process.stdin.write(struct.pack(">I", len(message)) + message)
        self.process.stdin.flush()
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError("%s is gone at %r" % (self.name, message))
            if line == b"\n":
                return
            what, _, text = line.decode().strip().partition(" ")
            yield what, self.once(bytes.fromhex(text).decode("utf-8", "replace"))

    @staticmethod
    def once(text):
        """Perl takes octets for letters of Latin-1, and so has UTF-8 twice."""
        try:
            return text.encode("latin-1").decode("utf-8")
        except UnicodeError:
            return text


class Direction(Reader):
    """What runs from right to left is seen in another order (Unicode Standard Annex #9): libfribidi says in which,
    in a line that begins on the left, and in one that begins as its first letter does."""
    name = "fribidi"
    bases = (0x110, 0x40)  # FRIBIDI_PAR_LTR, FRIBIDI_PAR_ON

    def __init__(self):
        try:
            self.library = ctypes.CDLL("libfribidi.so.0")
        except OSError:
            self.library = None

    def why_not(self):
        return None if self.library else "no libfribidi.so.0"

    def seen(self, text, base):
        points = ctypes.c_uint32 * (len(text) + 1)
        seen = points()
        self.library.fribidi_log2vis(points(*map(ord, text)), len(text), ctypes.byref(ctypes.c_uint32(base)), seen, None,
                                     None, None)
        return "".join(map(chr, seen[:len(text)]))

    def read(self, message):
        """Names are shown by themselves, and what stands in a comment as well."""
        for value in field_texts(message):
            for text in {name for text in texts_of(value) for name in re.split(r'<[^<>]*>|[()"]', text)}:
                if any(unicodedata.bidirectional(character) in ("R", "AL", "RLE", "RLI", "RLO") for character in text):
                    yield from (("shows", self.seen(re.sub(r"[\r\n]+", " ", text), base)) for base in self.bases)


def readers():
    """Those that are here, and why others aren't."""
    everyone = (PythonOld(), PythonNew("python-default", email.policy.default),
                PythonNew("python-smtputf8", email.policy.SMTPUTF8), GMime(), Direction(),
                Perl("mail-address", "Mail::Address"), Perl("mail-message", "Mail::Message"))
    missing = [(reader.name, reader.why_not()) for reader in everyone if reader.why_not()]
    return [reader for reader in everyone if reader.name not in dict(missing)], missing


def field_texts(message):
    """The octets of each field that names an author, unparsed."""
    header = message.partition(b"\r\n\r\n")[0]
    for field in re.split(rb"\r\n(?![ \t])", header):
        name, _, value = field.partition(b":")
        if name.strip().decode("latin-1").lower() in [known.lower() for known in FIELDS]:
            yield value


def cut_from_own(text):
    """What is left of an address of alice's own, in two encoded words, where a program shows the white space between
    them that RFC 2047 section 6.2 leaves out."""
    whole = ["%s@%s" % address for address in addresses_in(plain(decode_words(GAP.sub(r"\1", text))))
             if not is_foreign(*address)]
    return [each[i:] for each in whole for i in range(1, each.index("@"))]


def forgeries(message, asked):
    """Who is fooled by a message of alice: (reader, what, the address of another)."""
    found = []
    for reader in asked:
        for what, text in set(reader.read(message)):
            found += [(reader.name, what, address) for address in read_in(text)]
            if what == "shows":
                found += [("a person", "reads", address) for form in {decode_words(text), decode_joined(text)}
                          for address in read_in(form)]
    for value in field_texts(message):
        for text in set(texts_of(value)):
            found += [("a person", "reads", address) for address in read_in(text)]
    cut = [address for value in field_texts(message) for address in cut_from_own(in_utf8(value))]
    return sorted(each for each in set(found) if each[0] != "a person" or each[2] not in cut)


def authors(message, reader):
    return [text for what, text in reader.read(message) if what == "author" and text]


class Batch:
    """author_batch: what Postern says of a message of alice."""

    def __init__(self, program, directory, lines=""):
        os.makedirs(directory, exist_ok=True)
        with open(directory + "/owners", "w", encoding="ascii") as file:
            file.writelines("%s %s\n" % pair for pair in OWNERS.items())
        policies = os.path.realpath(HERE + "/../../rules/policies")
        with open(directory + "/author.conf", "w", encoding="ascii") as file:
            file.write('table owners = "texthash:%s/owners"\nlist our-domains = { %s }\n%sinclude "%s/submission.rules"\n'
                       % (directory, OUR_DOMAIN, lines, policies))
        self.begin(program, directory + "/author.conf")

    def begin(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def judge(self, message):
        """(letter, rule, reply)."""
        self.process.stdin.write(struct.pack(">I", len(message)) + message)
        self.process.stdin.flush()
        head = self.process.stdout.read(5)
        if len(head) != 5:
            raise RuntimeError("author_batch is gone at %r" % message)
        text = self.process.stdout.read(struct.unpack(">I", head[1:])[0]).decode("utf-8", "replace")
        rule, _, reply = text.partition("\n")
        return head[:1].decode(), rule, reply

    def accepts(self, message):
        return self.judge(message)[0] == "a"


def message_of(fields):
    """fields: octets "Name: value", folded with CRLF."""
    return b"\r\n".join(fields) + b"\r\nTo: carol@example.net\r\nSubject: lunch\r\n\r\nAt one?\r\n"


ESCAPE = re.compile(rb"\\(?:x([0-9A-F]{2})|u\{([0-9A-F]+)\}|(.))")


def unescaped(text):
    def one(found):
        octet, point, letter = found.groups()
        if octet:
            return bytes.fromhex(octet.decode())
        if point:
            return chr(int(point, 16)).encode()
        return {b"n": b"\r\n", b"t": b"\t"}.get(letter, letter)
    return ESCAPE.sub(one, text)


def listed(name):
    """The lines of author_attacks.txt or author_passes.txt: (family, line, fields), the fields as one header."""
    with open(os.path.join(HERE, name), "rb") as file:
        for line in file:
            family, bar, text = line.rstrip(b"\n").partition(b" | ")
            if bar and not line.startswith(b"#"):
                yield family.decode(), text.decode("ascii"), unescaped(text)


def is_alices(address):
    """Is an author that some reader gives one of alice's addresses?"""
    local, _, domain = plain(address.strip("<> '")).rpartition("@")
    local = local.strip("\"'").partition("+")[0]
    return OWNERS.get("@" + domain) == "alice" or OWNERS.get("%s@%s" % (local, domain)) == "alice"
