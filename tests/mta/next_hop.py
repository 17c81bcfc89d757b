"""Messages for next hops that take less, whether one is the other in 7 bits, and the manual's recipes."""

import binascii
import email
import email.policy
import functools
import os
import re
import shutil

import kit
from harness import POSTERN, same

ROOT = os.path.realpath(os.environ["srcdir"])
MANUAL = ROOT + "/doc/postern.8"
STANDARD = 'let strict-utf8-headers = yes\ninclude "%s/rules/policies/standard.rules"\n' % ROOT
NEXT_HOP = 'include "%s/rules/policies/next-hop.rules"\n' % ROOT
OLD, NEW = "<carol@old.example>", "<dave@new.example>"
OLD_HOST = "127.0.0.2"
OLD_DOMAINS = "old.example", "bücher.example", "xn--bcher-kva.example"
FILLER = "Grüße aus Köln, und noch mehr: 日本語\r\n"


def message(subject="lunch", body="At one?\r\n", fields="", sender="Alice <alice@example.org>"):
    return ("From: %s\r\nTo: carol@old.example\r\nSubject: %s\r\nMessage-Id: <1@example.org>\r\n"
            "Date: Thu, 26 Nov 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\n%s\r\n%s"
            % (sender, subject, fields, body)).encode()


def text_part(encoding="8bit", body=FILLER):
    return "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n%s" % (encoding, body)


def multipart(kind, *parts):
    return ("Content-Type: multipart/%s; boundary=x1\r\n" % kind,
            "".join("--x1\r\n%s\r\n" % part for part in parts) + "--x1--\r\n")


TEXT_8BIT = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
SIGNED, SIGNED_BODY = multipart('signed; micalg=sha1; protocol="application/pgp-signature"', text_part(),
                                "Content-Type: application/pgp-signature\r\n\r\nnone\r\n")
MIXED, MIXED_BODY = multipart("mixed", text_part(), 'Content-Type: text/plain; name="Übersicht.txt"\r\n'
                              "Content-Disposition: attachment;\r\n filename=\"Übersicht.txt\"\r\n\r\nnothing\r\n")

EIGHT_BIT = message(fields=TEXT_8BIT, body=FILLER)
LABELLED = message(fields=TEXT_8BIT)
UNLABELLED = message(fields="Content-Type: text/plain; charset=utf-8\r\n", body=FILLER)
UTF8_HEADER = message(subject="Grüße aus Köln", sender="Jörg Älice <alice@example.org>")
BOTH = message("Grüße", FILLER, TEXT_8BIT, "Jörg Älice <alice@bücher.example>")
PARTS = message("Grüße", MIXED_BODY, MIXED)
PLAIN = message()
CONVERTIBLE = [("an 8-bit body", EIGHT_BIT), ("one without label", UNLABELLED), ("a header in UTF-8", UTF8_HEADER),
               ("both", BOTH), ("in parts", PARTS), ("nothing to convert", PLAIN)]

SIGNED_8BIT = message(fields=SIGNED, body=SIGNED_BODY)
UTF8_ADDRESS = message(sender="Jörg <jörg@example.org>")
UNCONVERTIBLE = [("signed 8-bit text", SIGNED_8BIT, "5.6.2"), ("an address in UTF-8", UTF8_ADDRESS, "5.6.7")]

# What MTAs put on top or into gaps.
OF_MTAS = ("received", "return-path", "x-postern-resent", "x-postern-next-hop", "content-transfer-encoding",
           "mime-version")


WORD = r"=\?([^?*]+)(?:\*[^?]*)?\?([bqBQ])\?([^? ]*)\?="


def decoded_word(match):
    charset, encoding, text = match.groups()
    if encoding in "bB":
        octets = binascii.a2b_base64(text + "==")
    else:
        octets = binascii.a2b_qp(text.replace("_", " "))
    try:
        return octets.decode("utf-8" if charset.lower() == "unknown-8bit" else charset, "surrogateescape")
    except LookupError:
        return match[0]


def decoded(value):
    """Encoded words read (RFC 2047), A-labels as U-labels; white space counts once, and before a colon not at all,
    and quotes don't."""
    value = re.sub("(%s)\\s+(?=%s)" % (WORD, WORD), r"\1", " ".join(value.split()))
    value = re.sub(WORD, decoded_word, value)
    return " ".join(re.sub(r"xn--[a-z0-9-]+", lambda label: label[0].encode().decode("idna"), value).replace('"', "").split()).replace(" :", ":")


def read(value, charset):
    """Text that is no UTF-8 in the charset of what stands below, if it is valid in that."""
    octets = value.encode("utf-8", "surrogateescape")
    for name in "utf-8", charset or "utf-8":
        try:
            return octets.decode(name)
        except (LookupError, UnicodeError):
            pass
    return octets.decode("utf-8", "surrogateescape")


def said_fields(part):
    """Its fields as people read them; of those about content, type and file name."""
    fields = [(name, read(value, part.get_content_charset())) for name, value in part.raw_items()]
    text = "".join("%s: %s\n" % field for field in fields) + "\n"
    # The library takes no octet that isn't UTF-8 in a parameter.
    header = email.message_from_string(re.sub("[\udc80-\udcff]", lambda octet: chr(ord(octet[0]) + 0x400), text))
    said = [(name.lower(), decoded(value)) for name, value in fields
            if name.lower() not in OF_MTAS and not name.lower().startswith("content-")]
    charset = header.get_content_charset("unknown-8bit")
    return said + [header.get_content_type(), header.get_filename(), charset]


def leaves(octets):
    whole = email.message_from_bytes(octets.replace(b"\r\n", b"\n"), policy=email.policy.compat32)
    for part in whole.walk():
        content = b"" if part.is_multipart() else part.get_payload(decode=True)
        content = content.replace(b"\r\n", b"\n").rstrip(b"\n")
        yield part.get_content_type(), said_fields(part), content


def difference(before, after, whole=True):
    """What is wrong with the second as the first in 7 bits, whole or in its header (None: in neither); [] when nothing is."""
    seven_bit = after if whole else b"" if whole is None else after.partition(b"\r\n\r\n")[0]
    found = ["not 7-bit"] if re.search(rb"[\x80-\xff]", seven_bit) else []
    old, new = list(leaves(before)), list(leaves(after))
    found += ["%d parts, then %d" % (len(old), len(new))] if len(old) != len(new) else []
    return found + [pair for pair in zip(old, new) if pair[0] != pair[1]]


def is_refusal(said, status):
    """For what can't be converted; the reply has a line or two."""
    return re.match(r"55[04][ -]%s " % re.escape(status), said) is not None


def displays():
    """The literal displays of the manual, as people read them."""
    with open(MANUAL, encoding="utf-8") as file:
        found = re.findall(r"(?ms)^\.Bd -literal[^\n]*\n(.*?)^\.Ed$", file.read())
    return [text.replace("\\e", "\\").replace("\\(dq", '"').replace("\\&", "") for text in found]


def display(pattern):
    """The one that matches."""
    found = [text for text in displays() if re.search(pattern, text)]
    if len(found) != 1:
        raise RuntimeError("%d displays of the manual match %r" % (len(found), pattern))
    return found[0]


# The policies of both recipes.
RESENDS = display("^let next-hop-resends") + NEXT_HOP
STRIPPED = display("^let smtputf8-stripped") + STANDARD + NEXT_HOP


def main_cf(text):
    """Lines of main.cf as settings: those that begin with white space continue."""
    return re.sub(r"\n\s+", " ", text).strip().split("\n")


def master_cf(text):
    """The manual's lines for the service, for this machine. postdrop(1) takes the directory of a configuration that
    the system's own doesn't know from its own group alone, which pipe(8) refuses to run as: hence the other
    setgid_group."""
    for written, here in [(" pipe\n", " pipe -o setgid_group=tty\n"), ("user=postern", "user=nobody:postdrop"),
                          ("/usr/sbin/postern", "/etc/postfix/postern")]:
        if written not in text:
            raise RuntimeError("the manual doesn't say %r" % written)
        text = text.replace(written, here)
    return text


def queued(told):
    """True where all was accepted."""
    return all(said.startswith("250") for said in told)


def nothing_bounces(site_of):
    """Of a case: Postfix' log has no bounce of any kind from what is done meanwhile."""
    def watched(function):
        @functools.wraps(function)
        def watch():
            before = len(site_of().bounced())
            function()
            same(site_of().bounced()[before:], [], function.__name__ + ": nothing bounces")
        return watch
    return watched


class Site(kit.Site):
    """Postfix with two next hops: old.example offers no extension, all else does."""

    def __init__(self, *settings, files=None):
        self.old = kit.Sink((), OLD_HOST)
        hop = "smtp:[%s]:%d" % (OLD_HOST, self.old.port)
        super().__init__("transport_maps=inline:{ %s }" % ", ".join("%s=%s" % (name, hop) for name in OLD_DOMAINS),
                         *settings, files=files)

    def arrived(self):
        """What came to the old hop, and to the others, since the last call."""
        new = self.delivered()
        old, self.old.messages = self.old.messages, []
        return old, new

    def send(self, sender, *recipients, text):
        """A transaction; the last reply to each step: of recipients, and at the end if there was one."""
        with self.client() as client:
            told = [client.say("MAIL FROM:" + sender)]
            told += [client.say("RCPT TO:" + recipient) for recipient in recipients]
            if any(said.startswith("250") for said in told[1:]):
                told.append(client.data(text))
        return told[1:]

    def bounced(self):
        """Lines of the log about bounces of any kind."""
        return [line for line in self.log().splitlines() if re.search("status=bounced|non-delivery notification", line)]


def hops_table(site):
    """For a policy: the table next-hops, with a line for the old hop."""
    name = os.path.join(site.new_directory("table"), "next-hops")
    with open(name, "w", encoding="ascii") as file:
        file.write(OLD_HOST + " no-8bitmime no-smtputf8\n")
    return 'table next-hops = "texthash:%s"\n' % name


def resend_site(*settings, domains=OLD_DOMAINS, change=lambda text: text):
    """With the recipe of the manual that queues mail once more. domains: all of their mail is, whatever Postern says;
    without any it is as the manual has it."""
    access = display("^alias@") + "".join(name + " FILTER resend:\n" for name in domains)
    site = Site(*main_cf(display("^milter_header_checks")),
                *main_cf(display("check_recipient_access").replace("hash:", "texthash:")), *settings,
                files={"resend": access, "resend_checks": display(r"X-Postern-Next-Hop"),
                       "master.more": change(master_cf(display("pipe\n")))})
    # Where it was built not everybody may look.
    shutil.copy(POSTERN, site.postfix + "/etc/postern")
    return site


def strip_site(*settings):
    """With the recipe of the manual that takes the declaration off."""
    return Site(*main_cf(display("smtpd_command_filter")), *settings,
                files={"smtputf8.pcre": display("ascii:")})
