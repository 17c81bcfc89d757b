"""Telling addresses, as clients send them, and the replies that they see."""

import os
import re
import sys

import harness
import kit

STRICT = ("strict-lengths", "strict-hosts", "strict-dots", "strict-idna2008")
STANDARD = "".join("let %s = yes\n" % name for name in STRICT) + 'include "%s/rules/policies/standard.rules"\n' % os.path.realpath(os.environ["srcdir"])
PLAIN = "<alice@example.org>"

# RFC, MAIL or RCPT, path with parameters of MAIL behind it, code and enhanced code
ADDRESSES = [
    ("RFC 5321 4.1.2: quotes, and a blank in them", "RCPT", '<"john doe"@example.net>', "", "250 2.1.5"),
    ("RFC 5321 4.5.5: the null sender", "MAIL", "<>", "", "250 2.1.5"),
    ("RFC 5321 4.1.1.3: the bare Postmaster", "RCPT", "<PostMaster>", "", "250 2.1.5"),
    ("RFC 5321 4.1.1.3: a source route", "RCPT", "<@relay.example:carol@example.net>", "", "250 2.1.5"),
    ("RFC 5321 4.1.2: two dots in a row", "MAIL", "<a..b@example.org>", "", "501 5.1.7"),
    ("RFC 5321 4.1.2: a dot in front", "RCPT", "<.carol@example.net>", "", "501 5.1.3"),
    ("RFC 5321 4.1.2: two @", "MAIL", "<a@b@example.org>", "", "501 5.1.7"),
    ("RFC 5321 4.1.2: a comment", "MAIL", "<a(comment)@example.org>", "", "501 5.1.7"),
    ("RFC 5321 4.1.2: an underscore in the domain", "RCPT", "<carol@exa_mple.net>", "", "501 5.1.3"),
    ("RFC 5321 4.1.2: a dot behind the domain", "MAIL", "<alice@example.org.>", "", "501 5.1.7"),
    ("RFC 5321 4.1.2: a control character", "MAIL", "<al\x01ice@example.org>", "", "501 5.1.7"),
    ("RFC 5321 4.5.3.1.1: a local part of 64 octets", "RCPT", "<%s@example.net>" % ("a" * 64), "", "250 2.1.5"),
    ("RFC 5321 4.5.3.1.1: one of 65", "RCPT", "<%s@example.net>" % ("a" * 65), "", "501 5.1.3"),
    ("RFC 5321 4.5.3.1.1: one of 2000", "MAIL", "<%s@example.org>" % ("a" * 1900), "", "501 5.1.7"),
    ("RFC 5321 4.1.3: IPv6", "RCPT", "<carol@[IPv6:2001:db8::1]>", "", "250 2.1.5"),
    ("RFC 5321 4.1.3: a tag that nobody registered", "MAIL", "<a@[x400:foo]>", "", "501 5.1.7"),
    ("RFC 6531 3.5: UTF-8 in the local part, undeclared", "MAIL", "<jörg@example.org>", "", "550 5.6.7"),
    ("RFC 6531 3.5: the same in a recipient", "RCPT", "<用户@example.net>", "", "553 5.6.7"),
    ("RFC 6531 3.4: declared", "MAIL", "<δοκιμή@βόλος.example>", " SMTPUTF8", "250 2.1.5"),
    ("RFC 6531 3.2: an A-label needs nothing", "RCPT", "<carol@xn--bcher-kva.example>", "", "250 2.1.5"),
    ("RFC 5890 2.3.2.1: what looks like an A-label", "MAIL", "<alice@xn--a.example>", "", "501 5.1.7"),
    ("RFC 5892 2: a domain of symbols", "MAIL", "<alice@\u2603.example>", " SMTPUTF8", "501 5.1.7"),
    ("RFC 5198 2: a zero-width space", "RCPT", "<ca\u200brol@example.net>", " SMTPUTF8", "550 5.7.1"),
    ("RFC 5198 2: a direction mark", "MAIL", "<al\u202eice@example.org>", " SMTPUTF8", "550 5.7.1"),
    ("RFC 5198 2: a C1 control", "MAIL", "<al\u0085ice@example.org>", " SMTPUTF8", "550 5.7.1"),
]


@harness.case
def addresses():
    with site.policy(STANDARD), site.client() as client:
        for name, command, path, parameters, expected in ADDRESSES:
            sender = path if command == "MAIL" else PLAIN
            recipient = path if command == "RCPT" else "<carol@example.net>"
            said = client.say("MAIL FROM:" + sender + parameters)
            if said.startswith("250"):
                said = client.say("RCPT TO:" + recipient)
            harness.check(said.startswith(expected) and said.isascii(), name, said)
            client.say("RSET")


@harness.case
def octets():
    """What isn't UTF-8 never reaches the milter: Postfix says so itself (RFC 3629 section 3)."""
    with site.policy(STANDARD), site.client() as client:
        said = client.say(b"MAIL FROM:<jos\xe9@example.org> SMTPUTF8")
        harness.check(said.startswith("500 5.5.2"), "Latin-1", said)


LOGGED = ("<δοκιμή@βόλος.example>", "<用户@bücher.example>", "<e\u0301@example.net>", "<\U0001f600@example.net>",
          "<שלום@example.net>", "<alice@xn--bcher-kva.example>")


@harness.case
def the_log_has_them_as_postfix_has():
    with site.policy('rule refused if rcpt reject 550 5.7.1 "not here"') as postern, site.client() as client:
        for address in LOGGED:
            client.say("MAIL FROM:%s SMTPUTF8" % address)
            client.say("RCPT TO:" + address)
            client.say("RSET")
            fields = re.compile("reject: RCPT .*(?<= )(from=%s).*(?<= )(to=%s) " % (address, address))
            harness.check(fields.search(postern.log()) and site.logs("milter-" + fields.pattern),
                          "our line and Postfix's have the same: " + address, postern.log()[-400:] + site.log()[-400:])
        client.say("MAIL FROM:<a\u202eb@example.org> SMTPUTF8")
        client.say("RCPT TO:<carol@example.net>")
        harness.check(" from=<a\\x{E2}\\x{80}\\x{AE}b@example.org> " in postern.log() and site.logs("from=<a\u202eb@"),
                      "ours escapes a direction mark, which Postfix's has as it is", site.log()[-400:])


with kit.Site("smtputf8_enable=yes") as site:
    sys.exit(harness.run_all())
