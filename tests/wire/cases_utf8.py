"""standard.rules, in what no test block can write: octets that are no UTF-8 (RFC 3629)."""

import os

from harness import Daemon, case, check

POLICY = os.path.realpath(__file__ + "/../../../rules/policies/standard.rules")


@case
def addresses_that_are_no_utf8():
    with Daemon('include "%s"\n' % POLICY) as daemon:
        for address in (b"<\xFC@example.org>", b"<\xC0\xAF@example.org>", b"<a@b\xFCcher.example>"):
            with daemon.session() as mta:
                mta.mail(address, "SMTPUTF8")
                said = mta.rcpt("<c@example.net>")
                check(said.startswith("501 5.1.7 "), "SUX-17: the sender %r" % address, said)
            with daemon.session() as mta:
                mta.mail("<a@example.org>", "SMTPUTF8")
                said = mta.rcpt(address)
                check(said.startswith("501 5.1.3 "), "the recipient %r" % address, said)
