"""What readers that nobody here wrote find in a message: GMime and Python's email, each by itself and with nothing of ours
between it and the octets. What a reader finds before a conversion it finds after.

differences(READER, BEFORE, AFTER) lists what it finds no more: parts, decoded octets and texts of leaves, file names,
decoded header fields, parameters and mailboxes.
"""

import email
import email.policy
import re
import urllib.parse

import downgrade_compare as compare
import gmime_library

PARAMETRIC = compare.PARAMETRIC + compare.SET_BY_CONVERSION
UNKNOWN = ("content-type", "charset", "unknown-8bit")

# What a reader finds in a message before it is converted, and ought not to: it says so itself in another place, or the
# RFC does. (name of the message, reader): reason.
MISREAD = {
    ("042-james-mime4j-obsolete.msg.eml", "GMime"): "takes a line for a field whose name isn't ASCII (RFC 5322 section 2.2)",
    ("178-mail-raw_email_with_binary_encoded.eml", "Python"):
        "finds no parts, since it cuts an unquoted boundary at its = (RFC 2045 section 5.1)",
}


class Found:
    """One part as a reader shows it."""

    def __init__(self, path, kind):
        self.path, self.kind = path, kind
        self.octets = self.text = self.file_name = None
        self.fields = []      # (name, text)
        self.mailboxes = []   # (field, group, name, address)
        self.parameters = []  # (field, name, value)


def text_of(octets):
    return octets.decode("utf-8", "surrogateescape")


class GMime:
    name = "GMime"

    def __init__(self):
        self.library = gmime_library.load()

    def why_not(self):
        return None if self.library else "no libgmime-3.0.so.0"

    def read(self, octets, path="1"):
        message = self.library.parse(octets)
        found = []
        if message:
            self.walk_message(message, path, found)
            self.library.g_object_unref(message)
        return found

    def walk_message(self, message, path, found):
        """Its part has the fields that begin with Content-, and the message the others."""
        part = self.library.g_mime_message_get_mime_part(message)
        found.append(Found(path, "message"))
        self.read_fields(message, found[-1])
        if part:
            self.walk(part, path + ".1", found)

    def walk(self, part, path, found):
        library = self.library
        kind = library.g_mime_object_get_content_type(part)
        one = Found(path, text_of(library.taken(library.g_mime_content_type_get_mime_type(kind))).lower())
        found.append(one)
        self.read_fields(part, one)
        self.read_parameters(part, kind, one)
        if library.is_a(part, "g_mime_multipart"):
            for number in range(library.g_mime_multipart_get_count(part)):
                self.walk(library.g_mime_multipart_get_part(part, number), "%s.%d" % (path, number + 1), found)
        elif library.is_a(part, "g_mime_message_part"):
            inner = library.g_mime_message_part_get_message(part)
            if inner:
                self.walk_message(inner, path + ".1", found)
        elif one.kind == "message/global":
            found += self.read(library.content(part), path + ".1")
        elif library.is_a(part, "g_mime_part"):
            self.read_leaf(part, one)

    def read_leaf(self, part, one):
        library = self.library
        one.octets = library.content(part)
        name = library.g_mime_part_get_filename(part)
        one.file_name = text_of(name or b"")
        if library.is_a(part, "g_mime_text_part"):
            one.text = text_of(library.taken(library.g_mime_text_part_get_text(part)))

    def read_parameters(self, part, kind, one):
        library = self.library
        listed = [("content-type", library.g_mime_content_type_get_parameters(kind))]
        disposition = library.g_mime_object_get_content_disposition(part)
        if disposition:
            listed.append(("content-disposition", library.g_mime_content_disposition_get_parameters(disposition)))
        for field, parameters in listed:
            one.parameters += [(field, text_of(name).lower(), text_of(value))
                               for name, value in library.parameters(parameters)]

    def read_fields(self, thing, one):
        library = self.library
        for header in library.headers(thing):
            name = text_of(library.g_mime_header_get_name(header) or b"").lower()
            if name in compare.ADDRESSES:
                raw = library.g_mime_header_get_raw_value(header) or b""
                one.mailboxes += [(name, *(each if each is None else text_of(each) for each in mailbox))
                                  for mailbox in library.addresses_in(raw)]
            elif name not in PARAMETRIC:
                one.fields.append((name, text_of(library.g_mime_header_get_value(header) or b"")))


class Python:
    """It doesn't know that white space may stand behind a field's name, and takes what is encoded as a message/global for
    a message itself: for both it is helped."""
    name = "Python"

    def why_not(self):
        return None

    def read(self, octets, path="1"):
        found = []
        self.walk(email.message_from_bytes(compare.without_spaces(octets), policy=email.policy.default), path, found)
        return found

    def walk(self, part, path, found):
        one = Found(path, part.get_content_type())
        found.append(one)
        self.read_fields(part, one)
        inner = part.get_payload()
        if isinstance(inner, list):
            encoding = str(part.get("content-transfer-encoding", "")).lower()
            if one.kind == "message/global" and encoding in ("base64", "quoted-printable"):
                encoded = inner[0].get_payload().encode("ascii", "surrogateescape")
                found += self.read(compare.decode(encoded, encoding.encode()), path + ".1")
                return
            for number, each in enumerate(inner, 1):
                self.walk(each, "%s.%d" % (path, number), found)
            return
        one.octets = part.get_payload(decode=True)
        one.file_name = part.get_filename()
        if part.get_content_maintype() == "text":
            one.text = self.text_of(part, one.octets)

    @staticmethod
    def text_of(part, octets):
        try:
            return octets.decode(part.get_content_charset("ascii"), "replace")
        except LookupError:
            return octets.decode("ascii", "replace")

    @staticmethod
    def read_fields(part, one):
        for name, value in part.items():
            name = name.lower()
            if hasattr(value, "params"):
                one.parameters += [(name, *each) for each in value.params.items()]
            elif hasattr(value, "groups"):
                one.mailboxes += [(name, group.display_name, each.display_name, each.addr_spec)
                                  for group in value.groups for each in group.addresses]
            elif name not in PARAMETRIC:
                one.fields.append((name, str(value)))


def plain(text):
    """White space, forms of a domain and of an octet in a URI don't count."""
    if text is None:
        return ""
    text = text_of(text.encode("utf-8", "surrogateescape"))
    text = text_of(urllib.parse.unquote_to_bytes(text.encode("utf-8", "surrogateescape")))
    text = re.sub(r"@([^\s<>,;:()\"\[\]]+)", lambda match: "@" + compare.domain_text(match.group(1)), text)
    return compare.squeeze(text)


def is_kept(before, after):
    """Where the reader showed that it couldn't read an octet, or handed it on, anything may stand."""
    before, after = re.sub("[\udc80-\udcff]", "\ufffd", plain(before)), plain(after)
    if "\ufffd" not in before:
        return before == after
    known = [re.escape(piece) for piece in re.split("\ufffd+", before)]
    return re.fullmatch(".*".join(known), after, re.DOTALL) is not None


def with_lf(octets):
    return octets if octets is None else octets.replace(b"\r\n", b"\n")


def lost(before, after):
    """Of two lists of tuples in one order."""
    before, after = list(dict.fromkeys(before)), list(dict.fromkeys(after))
    if len(before) == len(after):
        pairs = zip(before, after)
        return [(a, b) for a, b in pairs if len(a) != len(b) or not all(is_kept(*each) for each in zip(a, b))]
    return [(before, after)]


def part_differences(before, after):
    where = "part %s (%s)" % (before.path, before.kind)
    parameters = [each for each in after.parameters if each != UNKNOWN or UNKNOWN in before.parameters]
    for what, was, now in (("fields", before.fields, after.fields), ("mailboxes", before.mailboxes, after.mailboxes),
                           ("parameters", before.parameters, parameters)):
        yield from ("%s: of its %s %r became %r" % (where, what, *pair) for pair in lost(was, now))
    if with_lf(before.octets) != with_lf(after.octets):
        yield "%s: %r became %r" % (where, (before.octets or b"")[:200], (after.octets or b"")[:200])
    for what, was, now in (("text", before.text, after.text), ("file name", before.file_name, after.file_name)):
        if not is_kept(was, now):
            yield "%s: its %s %r became %r" % (where, what, (was or "")[:200], (now or "")[:200])


def differences(reader, before, after):
    """None where the reader finds nothing before."""
    was, now = reader.read(before), reader.read(after)
    shapes = [[(one.path, one.kind) for one in found] for found in (was, now)]
    if was and shapes[0] != shapes[1]:
        return ["%s: parts %r became %r" % (reader.name, *shapes)]
    return ["%s: %s" % (reader.name, one) for pair in zip(was, now) for one in part_differences(*pair)]


def readers():
    """Those that are here, and why others aren't."""
    everyone = (GMime(), Python())
    missing = [(reader.name, reader.why_not()) for reader in everyone if reader.why_not()]
    return [reader for reader in everyone if not reader.why_not()], missing
