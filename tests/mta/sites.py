"""What each site of doc/examples/sites is for, seen by clients, by next hops, and in the log. Whoever reads this in says
behind which MTA."""

import re

from harness import case, check, same, wait_until
from kit_sites import OWN_SERVER, Site, read

mta = None

HEADER = "From: %s\nTo: you@example.net\nDate: Mon, 2 Nov 2026 09:30:00 +0100\nMessage-ID: <1@example.com>\n"
EIGHT_BIT = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
BODY = "\nBis morgen im Café, wenn der Strahl dann noch steht.\n"


def message(author, more="Subject: lunch\n", body="\nAt one?\n"):
    return HEADER % author + more + body


def attachment(name):
    return "Subject: see this\nMIME-Version: 1.0\nContent-Type: application/octet-stream; name=\"%s\"\n" % name


def passes(site, title, *envelope, to=1, **how):
    """Sent, and arrived so many times."""
    said = site.send(*envelope, **how)
    check(said.startswith("250"), title, said)
    found = site.arrived()
    same(len(found), to, title + ": it arrives")
    return found


def is_refused(site, code, rule, title, *envelope, **how):
    """With this code, for everything, and the log names the rule."""
    before = len(site.log())
    said = site.send(*envelope, **how)
    check(said.startswith((code + " ", code[:3] + "-" + code[4:])), title, said)
    check(site.logs(" reject: .*; rule=%s " % rule, before), title + ": the log has it", site.log())
    same(site.arrived(), [], title + ": nothing arrives")


def begin(site, rule, *envelope, **how):
    """In place it watches: the message that this rule wouldn't take passes. Then it refuses."""
    site.put_in_place()
    passes(site, "while it watches all passes", *envelope, **how)
    check(site.logs(" audit-reject: .*; rule=%s " % rule), "and is logged", site.log())
    site.follow("From watching to refusing")


@case
def submission():
    alice, bob, carol, scanner = ("%s@example.com" % name for name in ("alice", "bob", "carol", "scanner"))
    friend = "friend@example.net"
    with Site("submission", mta, alice, bob, carol, scanner) as site:
        begin(site, "from-not-yours", bob, friend, message(alice), login=bob)

        passes(site, "alice writes as herself", alice, friend, message("Alice <%s>" % alice), login=alice)
        passes(site, "by port 465 too", "alice+shop@example.com", friend, message(alice), login=alice, port=465)
        passes(site, "carol as the group that she is in", "sales@example.com", friend, message("sales@example.com"), login=carol)
        passes(site, "and for the director, as Sender", carol, friend,
               message("director@example.com", "Sender: %s\n" % carol), login=carol)
        passes(site, "a read receipt", "", friend, message(alice, "Subject: Read: lunch\n"), login=alice)
        passes(site, "the scanner writes to us", scanner, alice, message(scanner), login=scanner)

        is_refused(site, "550 5.7.1", "sender-not-yours", "bob as alice, in the envelope", alice, friend, message(bob), login=bob)
        is_refused(site, "550 5.7.1", "from-not-yours", "in From", bob, friend, message(alice), login=bob)
        is_refused(site, "550 5.7.1", "hidden-address", "in the name", bob, friend,
                   message('"director@example.com" <%s>' % bob), login=bob)
        is_refused(site, "550 5.7.1", "sender-not-yours", "bob isn't in the group", "sales@example.com", friend,
                   message("sales@example.com"), login=bob)
        is_refused(site, "550 5.7.1", "machines-write-to-us-only", "the scanner writes to the world", scanner, friend,
                   message(scanner), login=scanner)
        site.add_owner("shop@example.com %s" % bob)
        with site.client(bob) as client:
            check(wait_until(lambda: client.say("RSET") and client.begin("<shop@example.com>").startswith("250")),
                  "an address that bob was given just now")
        with site.client(alice) as client:
            said = client.begin("<%s> SIZE=30000000" % alice, "<%s>" % friend)
            check(said.startswith("552 5.3.4"), "too large a message is refused at once", said)
        with site.client(carol) as client:
            said = client.begin("<%s> SIZE=30000000" % carol, "<%s>" % friend)
            check(said.startswith("250"), "unless the login may", said)
        with site.client(port=587) as client:
            said = client.say("EHLO client.example")
            check("PLAIN" not in said and "LOGIN" not in said, "no password goes in plain text", said)
            client.start_tls()
            said = client.begin("<%s>" % friend, "<%s>" % alice)
            check(said.startswith(("5")), "and nobody passes without a login", said)


@case
def relay():
    ann, outside = "ann@cs.example.edu", "friend@example.net"
    bob, desk, new = "bob@physics.example.edu", "desk@library.example.edu", "carol@cs.example.edu"
    utf8 = "Subject: Grüße\n" + EIGHT_BIT
    signed = ("Subject: contract\nMIME-Version: 1.0\nContent-Type: multipart/signed; boundary=b; micalg=pgp-sha256;\n"
              " protocol=\"application/pgp-signature\"\n")
    parts = "\n--b\n" + EIGHT_BIT + BODY + "--b\nContent-Type: application/pgp-signature\n\niQEz\n--b--\n"
    with Site("relay", mta) as site:
        begin(site, "departments-write-from-campus", ann, new, message(ann))
        same(read(site.etc + "/postern/next-hops"), read(site.place + "/next-hops"), "probe has written the table that is shown")

        (hop, _, text), = passes(site, "a new machine", ann, new, message(ann, utf8, BODY), source=OWN_SERVER)
        same((hop, "Grüße" in text, "Café" in text), ("mail.cs.example.edu", True, True), "it gets what was sent")
        (hop, _, text), = passes(site, "an old machine", ann, bob, message(ann, utf8, BODY), source=OWN_SERVER)
        same((hop, text.isascii()), ("vax.physics.example.edu", True), "it gets 7 bits")
        check("Subject: =?utf-8?b?R3LDvMOfZQ==?=" in text and "Caf=C3=A9" in text, "and nothing is lost", text)
        check(site.logs("downgrade: .*Subject to ASCII, the message to quoted-printable; rule="), "the log tells of both", site.log())
        (hop, _, text), = passes(site, "the library", outside, desk, message(outside, utf8, BODY))
        same((hop, "=?utf-8?b?R3LDvMOfZQ==?=" in text, "Café" in text), ("aleph.library.example.edu", True, True),
             "it gets 8 bits, and a header in ASCII")
        is_refused(site, "554 5.6.2", "next-hop-utf8", "what is signed inside", ann, bob, message(ann, signed, parts),
                   source=OWN_SERVER)
        is_refused(site, "550 5.7.1", "departments-write-from-campus", "from outside as a department", ann, new, message(ann))
        with site.client(source=OWN_SERVER) as client:
            client.begin("<%s>" % ann, "<%s>" % new)
            said = client.say("RCPT TO:<%s>" % bob)
            check(said.startswith("452 4.5.3"), "an old machine behind a new one: by itself", said)
            check(client.data(message(ann).encode().replace(b"\n", b"\r\n")).startswith("250"), "the first goes on")
        same([hop for hop, _, _ in site.arrived()], ["mail.cs.example.edu"], "to the new machine alone")
        if mta == "Postfix":
            relay_smtputf8(site)


def relay_smtputf8(site):
    """Which Sendmail doesn't offer."""
    ann, desk = "<ann@cs.example.edu> SMTPUTF8", "<desk@library.example.edu>"
    text = message("ann@cs.example.edu", "Subject: Grüße\n").replace("\n", "\r\n").encode()
    with site.client(source=OWN_SERVER) as client:
        said = client.deliver(ann, desk, text=text)
        check(said.startswith("554 5.6.9"), "a header that was declared SMTPUTF8 can't travel: the client hears it", said)
        said = client.begin("<jörg@cs.example.edu> SMTPUTF8", desk)
        check(said.startswith("553 5.6.7"), "nor can such a sender", said)
        client.say("RSET")
        said = client.begin(ann, "<jörg@library.example.edu>")
        check(said.startswith("553 5.6.7"), "nor such a recipient", said)
        client.say("RSET")
        said = client.deliver(ann, "<jörg@cs.example.edu>", text=text)
        check(said.startswith("250"), "a new machine takes all of that", said)
    same([(hop, "Grüße" in text) for hop, _, text in site.arrived()], [("mail.cs.example.edu", True)], "and gets it as it is")


@case
def hosting():
    friend, ann, bob, dan = "friend@example.net", "ann@law.example", "bob@bakery.example", "dan@school.example"
    with Site("hosting", mta) as site:
        begin(site, "claimed-sender", ann, bob, message(ann))

        (_, _, text), = passes(site, "from elsewhere, to the baker", friend, bob, message(friend))
        check("Subject: [EXT] lunch" in text, "it is marked", text)
        (_, _, text), = passes(site, "from our own server", ann, bob, message(ann), source=OWN_SERVER)
        check("Subject: lunch" in text, "it isn't", text)
        passes(site, "a mailing list brings back what a tenant wrote, to the baker", "list@lists.example.net", bob, message(bob))
        is_refused(site, "550 5.7.1", "claimed-from", "to the lawyers", "list@lists.example.net", ann, message(ann))
        is_refused(site, "550 5.7.1", "claimed-sender", "from outside as a tenant", ann, bob, message(ann))
        is_refused(site, "550 5.7.1", "claimed-from", "without sender as a tenant", "", bob, message(ann))
        is_refused(site, "550 5.7.1", "refused-extension", "a program", friend, dan, message(friend, attachment("game.exe")))
        is_refused(site, "550 5.7.1", "no-macros", "macros, to the lawyers", friend, ann,
                   message(friend, attachment("offer.docm")))
        passes(site, "to the school", friend, dan, message(friend, attachment("offer.docm")))
        is_refused(site, "550 5.7.1", "bulk-no-unsubscribe", "bulk mail, to the lawyers", friend, ann,
                   message(friend, "Precedence: bulk\n"))
        passes(site, "to the baker", friend, bob, message(friend, "Precedence: bulk\n"))
        is_refused(site, "550 5.7.1", "unwanted-by-tenant", "unwanted, by the school", "win@casino.example", dan,
                   message("win@casino.example"))
        passes(site, "a complaint with its sample", "win@casino.example", "abuse@law.example",
               message(friend, attachment("sample.exe")))
        said = site.send(friend, bob, message(friend, attachment("offer.docm")))
        check(said.startswith("250"), "macros, to the baker", said)
        same(site.held(), 1, "are held")
        with site.client() as client:
            client.begin("<%s> SIZE=20000000" % friend, "<%s>" % ann)
            said = client.say("RCPT TO:<%s>" % bob)
            check(said.startswith("452 4.5.3"), "two tenants: by themselves", said)
            client.say("RSET")
            said = client.begin("<%s> SIZE=20000000" % friend, "<%s>" % dan)
            check(said.startswith("552 5.2.3"), "the school takes 5MB", said)
            client.say("RSET")
            said = client.begin("<%s>" % friend, "<somebody@example.org>")
            check(re.match("5[05][04] 5.7.1", said), "and nobody's mail is passed on to strangers", said)
