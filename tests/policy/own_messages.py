"""Messages of our own, one for each thing that a conversion meets, with LF.

MESSAGES: (what it shows, its octets, None or the enhanced status code of the refusal with both options).
PAIRS: (what it shows, the same message with 8-bit octets, and in quoted-printable as it was written by hand).

usage: own_messages.py FOLDER: writes MESSAGES there.
"""

import os
import sys

HEAD = "From: Alice <alice@a.example>\nTo: bob@b.example\nSubject: lunch\nMessage-Id: <1@a.example>\nMIME-Version: 1.0\n"
TEXT = "Content-Type: text/plain; charset=utf-8\n"
LABEL = "Content-Transfer-Encoding: %s\n"
EIGHT = TEXT + LABEL % "8bit"
WORDS = "Grüße aus Köln\n日本語\n"


def message(fields, body=WORDS, head=HEAD):
    return (head + fields + "\n" + body).encode("utf-8", "surrogateescape")


def header(fields, body="At one?\n"):
    return message("", body, HEAD + fields)


def multipart(kind, *parts, fields="", before="", after=""):
    return message("Content-Type: multipart/%s; boundary=x1\n%s" % (kind, fields),
                   before + "".join("--x1\n" + part + "\n" for part in parts) + "--x1--\n" + after)


def part(fields=EIGHT, body=WORDS):
    return fields + "\n" + body


def inner(fields=EIGHT, body=WORDS):
    return "From: carol@c.example\nSubject: inside\nMIME-Version: 1.0\n" + part(fields, body)


BODIES = [
    ("7 bits: nothing to do", message(TEXT, "At one?\n"), None),
    ("quoted-printable stays", message(TEXT + LABEL % "quoted-printable", "Gr=C3=BC=C3=9Fe =\nall\n"), None),
    ("base64 stays", message(TEXT + LABEL % "base64", "R3LDvMOfZQ==\n"), None),
    ("8bit", message(EIGHT), None),
    ("8bit, with a comment and capitals", message(TEXT + LABEL % "(so) 8BIT (it is)"), None),
    ("binary", message("Content-Type: image/png\n" + LABEL % "binary", "\udc89PNG\n\udcff\udcfe\n"), None),
    ("no label", message(TEXT), None),
    ("a label of 7bit", message(TEXT + LABEL % "7bit"), None),
    ("no MIME at all", message("", head="From: alice@a.example\nSubject: lunch\n"), None),
    ("Latin-1", message("Content-Type: text/plain; charset=iso-8859-1\n" + LABEL % "8bit", "Gr\udcfc\udcdfe\n"), None),
    ("no charset told", message("Content-Type: text/plain\n" + LABEL % "8bit"), None),
    ("a lot of octets, which base64 says in less", message(EIGHT, "日本語日本語\n" * 40), None),
    ("a line above 998 octets", message(EIGHT, "Grüße " * 200 + "\n"), None),
    ("white space at the ends of lines, and lines of dots", message(EIGHT, "ü \n.\n..\n\t\n-- \n"), None),
    ("lines that begin with From, and =", message(EIGHT, "From ü\n=C3\n=\n"), None),
    ("no line end at the end", message(EIGHT, "ü"), None),
    ("a CR by itself", message(EIGHT, "ü\rx\n"), None),
    ("NUL", message(EIGHT, "ü\0x\n"), None),
    ("8 bits under base64", message(TEXT + LABEL % "base64", "R3Lü\n"), "5.6.0"),
    ("stray 8-bit octets in base64", message(TEXT + LABEL % "base64", "\udcefR3LDvM\udca0OfZQ==\n\udcff\n"), None),
    ("a word under base64", message(TEXT + LABEL % "base64", "Fußmatten\n"), "5.6.0"),
    ("8 bits under quoted-printable", message(TEXT + LABEL % "quoted-printable"), None),
    ("an unknown encoding", message(TEXT + LABEL % "x-zip"), "5.6.3"),
    ("two types", message(TEXT + "Content-Type: text/html\n"), "5.6.0"),
]

PARTS = [
    ("parts, one of which is 8-bit", multipart("mixed", part(TEXT, "hi\n"), part()), None),
    ("8 bits in a part without a header", multipart("mixed", "\n" + WORDS), None),
    ("a preamble and an epilogue", multipart("mixed", part(), before="for old readers\n", after="the end\n"), None),
    ("a multipart labelled 8bit", multipart("mixed", part(), fields=LABEL % "8bit"), None),
    ("a multipart in another", multipart(
        "mixed", "Content-Type: multipart/alternative; boundary=x2\n\n--x2\n%s\n--x2\n%s\n--x2--\n" % (
            part(), part("Content-Type: text/html; charset=utf-8\n", "<p>ü</p>\n"))), None),
    ("a multipart that doesn't end", message("Content-Type: multipart/mixed; boundary=x1\n", "--x1\n" + part(EIGHT, "ü")), None),
    ("no boundary", message("Content-Type: multipart/mixed\n", "--x1\n" + part() + "--x1--\n"), "5.6.5"),
    ("a signed part", multipart('signed; protocol="application/pgp-signature"; micalg=pgp-sha256', part(),
                                part("Content-Type: application/pgp-signature\n", "none\n")), "5.6.2"),
    ("a signed part in 7 bits beside one that isn't", multipart(
        "mixed", 'Content-Type: multipart/signed; boundary=x2; protocol="application/pgp-signature"\n\n'
        "--x2\n%s\n--x2\n%s\n--x2--\n" % (part(TEXT, "hi\n"), part("Content-Type: application/pgp-signature\n", "none\n")),
        part()), None),
    ("a message in it", multipart("mixed", part("Content-Type: message/rfc822\n" + LABEL % "8bit", inner())), None),
    ("a message that is all", message("Content-Type: message/rfc822\n", inner()), None),
    ("a message whose header has UTF-8", multipart(
        "mixed", part("Content-Type: message/global\n" + LABEL % "8bit", "Subject: Grüße\n" + inner())), None),
    ("a digest", multipart("digest", "\n" + inner(), "\n" + inner(TEXT, "hi\n")), None),
    ("a report in 8 bits", multipart(
        "report; report-type=delivery-status", part(),
        part("Content-Type: message/delivery-status\n",
             "Reporting-MTA: dns; a.example\n\nFinal-Recipient: rfc822; bob@b.example\nAction: failed\nStatus: 5.1.1\n")),
     None),
    ("a piece of a message", message('Content-Type: message/partial; id="1@a.example"; number=2; total=2\n'), "5.6.2"),
    ("a file name in UTF-8", multipart(
        "mixed", part('Content-Type: text/plain; name="Übersicht.txt"\n'
                      'Content-Disposition: attachment;\n\tfilename="Übersicht.txt"; size=3\n', "hi\n")), None),
    ("a file name twice, in both forms", multipart(
        "mixed", part('Content-Type: text/plain; name="Übersicht.txt"\nContent-Disposition: attachment;'
                      " filename=\"Übersicht.txt\"; filename*=utf-8''%C3%9Cbersicht.txt\n", "hi\n")), None),
    ("a file name with a comment", multipart(
        "mixed", part('Content-Disposition: attachment; filename="Übersicht.txt" (neu); size=3\n', "hi\n")), None),
    ("two file names", multipart(
        "mixed", part('Content-Disposition: attachment; filename="Übersicht.exe"; filename="Übersicht.txt"\n', "hi\n")),
     "5.6.9"),
    ("sections of a file name", multipart(
        "mixed", part('Content-Disposition: attachment; filename*0="Über"; filename*1="sicht, schön.txt"\n', "hi\n")), None),
    ("a charset that isn't ASCII", multipart("mixed", part("Content-Type: text/plain; charset=“utf-8”\n", "hi\n")), None),
    ("a boundary that isn't ASCII", message("Content-Type: multipart/mixed; boundary=\"ü\"\n",
                                            "--ü\n" + part() + "\n--ü--\n"), "5.6.9"),
    ("a long file name", multipart(
        "mixed", part("Content-Type: application/pdf\n"
                      'Content-Disposition: attachment; filename="%s.pdf"\n' % ("Über alle Maßen " * 8), "hi\n")), None),
]

HEADERS = [
    ("a text", header("Comments: Grüße aus Köln\n"), None),
    ("a long one", header("Comments: %s\n" % ("Grüße aus Köln, und noch mehr " * 12)), None),
    ("a folded one", header("Comments: Grüße\n  aus\n\tKöln\n"), None),
    ("encoded words beside it", header("Comments: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= aus Köln\n"), None),
    ("Latin-1", header("Comments: Gr\udcfc\udcdfe\n"), None),
    ("a name", header("Cc: Jörg Müller <joerg@b.example>, \"Ö, X\" <x@b.example>\n"), None),
    ("a comment", header("Cc: joerg@b.example (Jörg Müller)\n"), None),
    ("a group", header("Cc: Fußball: joerg@b.example, x@b.example;\n"), None),
    ("a domain", header("Cc: alice@bücher.example\n"), None),
    ("a local part", header("Cc: jörg@b.example\n"), "5.6.7"),
    ("a local part in a message inside", multipart(
        "mixed", part("Content-Type: message/rfc822\n", "To: jörg@b.example\n" + inner(TEXT, "hi\n"))), "5.6.7"),
    ("a local part in Latin-1", header("Cc: j\udcf6rg@b.example\n"), "5.6.7"),
    ("a comment of an MTA", header("Received: from mx.a.example (Müller [192.0.2.1])\n\tby mx.b.example;"
                                   " Thu, 26 Nov 2026 12:00:00 +0000\n"), None),
    ("a field that nobody knows", header("X-Wetter: schön\n"), None),
    ("both", message(EIGHT, head=HEAD + "Comments: Grüße\n"), None),
    ("the line of a mailbox file", b"From alice@a.example Thu Nov 26 12:00:00 2026\n" + message(EIGHT), None),
]

MESSAGES = [(kind + ": " + shows, octets, code) for kind, group in
            (("a body", BODIES), ("parts", PARTS), ("a header", HEADERS)) for shows, octets, code in group]

QP = TEXT + LABEL % "quoted-printable"
PAIRS = [
    ("a text", message(EIGHT, "Grüße\n.\nund mehr \n"), message(QP, "Gr=C3=BC=C3=9Fe\n.\nund mehr=20\n")),
    ("Latin-1", message("Content-Type: text/plain; charset=iso-8859-1\n" + LABEL % "8bit", "Gr\udcfc\udcdfe = x\n"),
     message("Content-Type: text/plain; charset=iso-8859-1\n" + LABEL % "quoted-printable", "Gr=FC=DFe =3D x\n")),
    ("a part", multipart("mixed", part(TEXT, "hi\n"), part(EIGHT, "日本語\n")),
     multipart("mixed", part(TEXT, "hi\n"), part(QP, "=E6=97=A5=E6=9C=AC=\n=E8=AA=9E\n"))),
    ("a part of a message inside",
     multipart("mixed", part("Content-Type: message/rfc822\n" + LABEL % "8bit", inner(EIGHT, "ü\n"))),
     multipart("mixed", part("Content-Type: message/rfc822\n", inner(QP, "=C3=BC\n")))),
]

if __name__ == "__main__":
    os.makedirs(sys.argv[1], exist_ok=True)
    for number, (_, text, _) in enumerate(MESSAGES):
        with open(os.path.join(sys.argv[1], "%d.eml" % number), "wb") as file:
            file.write(text)
