"""submission.rules behind one MTA: each attack is refused, and each honest neighbour of one gets through.

Whoever reads this in says which: `site` is a kit's, and `differs` names what its MTA refuses itself or in
other words.
"""

from harness import case, check, same

site = None
differs = {}

ALICE, BOSS, LIST = "<alice@example.org>", "<boss@example.org>", "<list-bounces@lists.example>"

OWNERS = """\
alice@example.org      alice@test.example
alice@xn--bcher-kva.example alice@test.example
boss@example.org       boss@test.example
@example.org           postmaster@test.example
plus@example.org       al+ice@test.example
equals@example.org     bob@test.example, al=ice@test.example
elsewhere@example.org  alice@other.example
"""

POLICY = """\
table owners = "%s"
list our-domains = { example.org }
include "policies/submission.rules"
"""

TO_ALL = 'list submission-ports = { %d }\n'

# Title, envelope sender, header, code
ATTACKS = (
    ("another's envelope sender", BOSS, b"From: alice@example.org", "550 5.7.1"),
    ("another's From", ALICE, b"From: boss@example.org", "550 5.7.1"),
    ("two mailboxes", ALICE, b"From: <boss@example.org>, <alice@example.org>", "554 5.6.0"),
    ("two mailboxes, the other way round", ALICE, b"From: alice@example.org, boss@example.org",
     "554 5.6.0"),
    ("two mailboxes and a Sender", ALICE,
     b"From: <boss@example.org>, <alice@example.org>\r\nSender: alice@example.org", "550 5.7.1"),
    ("a group", ALICE, b"From: Board: boss@example.org, alice@example.org;\r\nSender: alice@example.org",
     "550 5.7.1"),
    ("a group of my own", ALICE, b"From: Board: alice@example.org;", "550 5.7.1"),
    ("a group of nobody", ALICE, b"From: Board:;", "550 5.7.1"),
    ("a colleague as comment", ALICE, b"From: (boss@example.org) alice@example.org", "550 5.7.1"),
    ("a colleague as comment behind", ALICE, b"From: alice@example.org (boss@example.org)", "550 5.7.1"),
    ("a colleague as comment in Sender", ALICE,
     b"From: alice@example.org\r\nSender: (boss@example.org) alice@example.org", "550 5.7.1"),
    ("a colleague as display name", ALICE, b'From: "boss@example.org" <alice@example.org>', "550 5.7.1"),
    ("and in brackets", ALICE, b'From: "Boss <boss@example.org>" <alice@example.org>', "550 5.7.1"),
    ("and without quotes", ALICE, b"From: boss@example.org <alice@example.org>", "554 5.6.0"),
    ("a colleague as encoded word", ALICE,
     b"From: =?utf-8?q?boss=40example.org?= <alice@example.org>", "550 5.7.1"),
    ("in base64, and in two pieces", ALICE,
     b"From: =?utf-8?b?Ym9zc0BleGE=?=\r\n =?utf-8?b?bXBsZS5vcmc=?= <alice@example.org>", "550 5.7.1"),
    ("in a charset that nobody knows", ALICE,
     b"From: =?x-none?q?boss=40example.org?= <alice@example.org>", "554 5.6.0"),
    ("in utf-16", ALICE,
     b"From: =?utf-16?b?/v8AYgBvAHMAcwBAAGUAeABhAG0AcABsAGUALgBvAHIAZw==?= <alice@example.org>", "554 5.6.0"),
    ("with an octet that is no UTF-8", ALICE,
     b"From: =?utf-8?q?boss=40example.org=FF?= <alice@example.org>", "550 5.7.1"),
    ("a colleague as a name in Resent-From", ALICE,
     b'Resent-From: "boss@example.org" <alice@example.org>\r\nFrom: alice@example.org', "550 5.7.1"),
    ("a colleague as a group of nobody in Sender", ALICE,
     b'From: alice@example.org\r\nSender: "boss@example.org":;', "550 5.7.1"),
    ("nobody we know, but of our domain", ALICE, b'From: "ceo@example.org" <alice@example.org>',
     "550 5.7.1"),
    ("repeated From", ALICE, b"From: alice@example.org\r\nFrom: boss@example.org", "554 5.6.0"),
    ("repeated From, in other case", ALICE, b"From: boss@example.org\r\nFROM: alice@example.org",
     "554 5.6.0"),
    ("white space before the colon", ALICE, b"From: alice@example.org\r\nFrom : boss@example.org",
     "554 5.6.0"),
    ("and alone", ALICE, b"Subject: x\r\nFrom : boss@example.org", "550 5.7.1"),
    ("and in front, where Postfix takes it for no From", ALICE, b"From : boss@example.org", "554 5.6.0"),
    ("folded before the colon", ALICE, b"From\r\n : boss@example.org", "554 5.6.0"),
    ("no From", ALICE, b"Subject: x", "554 5.6.0"),
    ("an empty From", ALICE, b"From:", "554 5.6.0"),
    ("a Sender of mine, another's From", ALICE, b"From: boss@example.org\r\nSender: alice@example.org",
     "550 5.7.1"),
    ("another's Sender", ALICE, b"From: alice@example.org\r\nSender: boss@example.org", "550 5.7.1"),
    ("two mailboxes in Sender", ALICE,
     b"From: alice@example.org\r\nSender: alice@example.org, boss@example.org", "554 5.6.0"),
    ("another's Resent-From", ALICE, b"Resent-From: boss@example.org\r\nFrom: alice@example.org",
     "550 5.7.1"),
    ("the null sender, another's From", "<>", b"From: boss@example.org", "550 5.7.1"),
    ("an encoded-word address", ALICE, b"From: =?utf-8?q?boss=40example.org?=", "554 5.6.0"),
    ("and one in brackets", ALICE,
     b"From: =?utf-8?b?PGJvc3NAZXhhbXBsZS5vcmc+?=, <alice@example.org>", "554 5.6.0"),
    ("a NUL", ALICE, b"From: boss@example.org\0 <alice@example.org>", "550 5.7.1"),
    ("a control character", ALICE, b"From: boss@example.org\x01 <alice@example.org>", "554 5.6.0"),
    ("a control character in the name", ALICE, b"From: Boss\x08 <alice@example.org>", "554 5.6.0"),
    ("text behind the brackets", ALICE, b"From: <alice@example.org>boss@example.org", "554 5.6.0"),
    ("a quoted pair between", ALICE, b"From: <alice@example.org>\\,<boss@example.org>", "554 5.6.0"),
    ("an overlong From", ALICE, b"From: alice@example.org\r\n (" + b"x" * 900 + b")" +
     5 * (b"\r\n (" + b"x" * 900 + b")"), "554 5.6.0"),
    ("a From of 100,000 octets", ALICE, b"From: alice@example.org" + 110 * (b"\r\n (" + b"x" * 900 + b")"),
     "554 5.6.0"),
    ("AUTH= of another", BOSS + " AUTH=boss@example.org", b"From: boss@example.org", "550 5.7.1"),
)

NEIGHBOURS = (
    ("a display name with a comma", ALICE, b'From: "Doe, Alice" <alice@example.org>'),
    ("a comment", ALICE, b"From: alice@example.org (Alice)"),
    ("an address with detail", "<alice+tag@example.org>", b"From: alice+tag@example.org"),
    ("my own address as name", ALICE, b"From: \"'alice@example.org'\" <alice@example.org>"),
    ("a stranger's address as name", ALICE, b'From: "dan@shop.example" <alice@example.org>'),
    ("a name in UTF-8 as encoded word", ALICE,
     b"From: =?utf-8?q?J=C3=B6rg_Doe?= <alice@example.org> (=?utf-8?q?J=C3=B6rg?=)"),
    ("case, and quotes without need", "<ALICE@EXAMPLE.ORG>", b'From: "Alice"@Example.Org'),
    ("the A-label of an alias domain", "<alice@xn--bcher-kva.example>",
     b"From: alice@xn--bcher-kva.example"),
    ("two addresses of mine, and a Sender", ALICE,
     b"From: alice@example.org,\r\n alice@xn--bcher-kva.example\r\nSender: alice@example.org"),
    ("a Reply-To of another", ALICE, b"From: alice@example.org\r\nReply-To: boss@example.org"),
    ("a message that I resend to myself", ALICE, b"Resent-From: alice@example.org\r\nFrom: alice@example.org"),
    ("AUTH= of another", ALICE + " AUTH=boss@example.org", b"From: alice@example.org"),
    ("a read receipt", "<>", b"From: Alice <alice@example.org>\r\nSubject: Read: lunch"),
)


# Login, and the one of these addresses that is its own
ODD_LOGINS = (("al+ice@test.example", "plus"), ("al=ice@test.example", "equals"),
              ("alice@other.example", "elsewhere"), ("alice@test.example", "alice"))

# Each is delivered by one of the MTAs, or by both, with an address of boss where nothing refuses it.
ODD_SENDERS = (
    "<x@shop.example>,<boss@example.org>", "<boss@example.org(c)>", "<>,<boss@example.org>",
    "<>boss@example.org", "<x@shop.example><boss@example.org>", "<x@shop.example>;<boss@example.org>",
    "<boss@example.org..>", "<boss%example.org>", "<example.org!boss>", '<"boss@example.org">',
    '<"boss"@"example.org">', '<boss@"example.org">', "<boss@example.org\t>", "boss", "<boss>",
    "<boss@example\\.org>", "g:boss@example.org;", "<g:boss@example.org;>", "<alice@example.org>,<boss@example.org>",
)


def submit(login, sender, header, encrypted=False):
    with site.client() as client:
        if encrypted:
            client.start_tls()
        if login:
            check(client.login(login).startswith("235 2"), "%s logs in" % login)
        return client.deliver(sender, "<carol@example.net>", text=header + b"\r\n\r\ntext\r\n")


def answered(said, code):
    return said.replace("-", " ").startswith(code)


def policy(**options):
    return POLICY % site.make_map(OWNERS, **options)


@case
def attacks():
    by_mta = 0
    with site.policy(policy()) as postern:
        for title, sender, header, code in ATTACKS:
            code, by_postern = differs.get(title, (code, True))
            said = submit("alice@test.example", sender, header)
            check(answered(said, code), "attack: %s" % title, said)
            if by_postern:
                check("alice@test.example" in said, "%s: the reply says who was refused" % title, said)
            by_mta += not by_postern
        same(site.delivered(), [], "no attack is delivered")
        check(len([line for line in postern.verdicts() if "reject:" in line]) == len(ATTACKS) - by_mta,
              "each is logged", postern.verdicts())


@case
def neighbours():
    with site.policy(policy()):
        for title, sender, header in NEIGHBOURS:
            said = submit("alice@test.example", sender, header)
            check(said.startswith("250 2.0.0"), "neighbour: %s" % title, said)
        same(len(site.delivered()), len(NEIGHBOURS), "all of them are delivered")


@case
def behind_a_nul():
    """Some MTAs end the field there, some take the NUL out; nobody may read another's address."""
    with site.policy(policy()):
        said = submit("alice@test.example", ALICE, b"From: alice@example.org\0, boss@example.org")
        delivered = site.delivered()
        check(not said.startswith("250") or b"boss@" not in delivered[0][1],
              "behind a NUL nothing is delivered", (said, delivered))


@case
def odd_senders():
    with site.policy(policy()):
        for login, author in ("alice@test.example", b"alice@example.org"), (None, b"x@shop.example"):
            for sender in ODD_SENDERS:
                said = submit(login, sender, b"From: " + author)
                check(said.startswith("5"), "%s: %r is refused" % (login or "outside", sender), said)
        same(site.delivered(), [], "nothing is delivered")


@case
def odd_logins():
    """In the map they are written as they are, whatever the MTA makes of them on its way."""
    with site.policy(policy()) as postern:
        for login, own in ODD_LOGINS:
            for _, local in ODD_LOGINS:
                address = local + "@example.org"
                said = submit(login, "<%s>" % address, b"From: " + address.encode())
                if local == own:
                    check(said.startswith("250 2.0.0"), "%s may send as %s" % (login, address), said)
                else:
                    check(answered(said, "550 5.7.1") and login in said.replace("\n550 5.7.1 ", " "),
                          "%s may not send as %s" % (login, address), said)
        same(len(site.delivered()), len(ODD_LOGINS), "each sends one")
        check(all("sasl_username=al" in line and "+2B" not in line for line in postern.verdicts()),
              "the log has them as they are", postern.verdicts())


@case
def from_outside():
    with site.policy(policy()):
        for title, sender, header, address in (
                ("our envelope sender", BOSS, b"From: boss@example.org", "boss@example.org"),
                ("ours, and a From of theirs", BOSS, b"From: x@shop.example", "boss@example.org"),
                ("the null sender, and a From of ours", "<>", b"From: Boss <boss@example.org>",
                 "boss@example.org")):
            said = submit(None, sender, header)
            check(answered(said, "550 5.7.1") and address in said, "outside: %s" % title, said)
        for title, sender, header in (
                ("a mailing list brings our own mail back", LIST,
                 b"From: Alice <alice@example.org>\r\nSender: list-bounces@lists.example"),
                ("a stranger", "<x@shop.example>", b'From: "boss@example.org" <x@shop.example>'),
                ("a bounce", "<>", b"From: MAILER-DAEMON@shop.example")):
            said = submit(None, sender, header)
            check(said.startswith("250"), "outside: %s" % title, said)
        same(len(site.delivered()), 3, "they are delivered")


@case
def submission_port():
    with site.policy(policy() + TO_ALL % site.port + "let refuse-logins-without-tls = yes\n"):
        said = submit(None, "<x@shop.example> AUTH=alice@example.org", b"From: x@shop.example")
        check(answered(said, "530 5.7.0"), "port: nobody without a login", said)
        said = submit("alice@test.example", ALICE, b"From: alice@example.org")
        check(answered(said, "530 5.7.0"), "port: no login without TLS", said)
        said = submit("alice@test.example", ALICE, b"From: alice@example.org", encrypted=True)
        check(said.startswith("250"), "port: with both", said)
        same(len(site.delivered()), 1, "one is delivered")
