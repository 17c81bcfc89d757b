"""`postern test --through` a living MTA: what its tests come to there, and that no message gets out.

Whoever reads this in makes a site, and calls these.
"""

import os
import re
import socket
import subprocess

from harness import POSTERN, check, same

LOGIN = "alice@test.example"

POLICY = """\
table owners = "none:"
rule not-yours if auth.user and sender and auth.user not in owners[sender]
    reject 553 5.7.1 "this isn't yours, {auth.user}"
rule blocked if client.ip == "192.0.2.66" reject 550 5.7.1 "blocked"
rule left if rcpt == "dave@example.net" reject 550 5.1.1 "has left: 100%"
rule two if count[header["From"]] > 1 reject 554 5.6.0 "two From fields"
rule bad if any body ~ /bad/ discard "bad"
rule lottery if any header["Subject"] ~ /lottery/i quarantine "lottery"
rule tag if rcpt.domain == "tag.example" add-header "X-Tag" "y"
"""

TESTS = r"""
test "ordinary mail"
    mail <bob@example.org>
    rcpt <carol@example.net>
    message
    expect accept

test "a login of mine"
    table owners alice@example.org alice@test.example
    auth alice@test.example PLAIN
    mail <alice@example.org>
    rcpt <carol@example.net>
    expect none
    message
    expect accept

test "a login that isn't"
    table owners alice@example.org bob
    auth alice@test.example PLAIN
    mail <alice@example.org>
    rcpt <carol@example.net>
    expect reject 553 5.7.1 rule not-yours text "isn't yours, alice@test.example"

test "another login"
    table owners alice@example.org bob
    auth carl PLAIN
    mail <alice@example.org>
    rcpt <carol@example.net>
    expect reject 553 5.7.1 rule not-yours text "carl"

test "another client"
    connect 192.0.2.66
    mail <bob@example.org>
    rcpt <carol@example.net>
    expect reject 550 5.7.1 rule blocked

test "handed in"
    local
    mail <bob@example.org>
    rcpt <carol@example.net>
    expect none

test "one of two has left, and another message"
    helo laptop.example
    mail <bob@example.org>
    rcpt <dave@example.net>
    expect reject 550 5.1.1 rule left text "100%"
    rcpt <carol@example.net>
    expect none
    message
        From: bob@example.org
        Subject: the lottery

        text
        .
        ..
    expect quarantine rule lottery
    mail <bob@example.org>
    rcpt <carol@example.net>
    message
        From: bob@example.org
        From: boss@example.org

        text
    expect reject 554 5.6.0 rule two

test "with TLS"
    tls TLSv1.3
    mail <bob@example.org>
    rcpt <carol@tag.example>
    message
        From: bob@example.org

        bad
    expect discard rule bad

test "a change"
    mail <bob@example.org>
    rcpt <carol@tag.example>
    message
        From: bob@example.org

        good
    expect accept
    expect header X-Tag "y"
"""

NAMES = ["ordinary mail", "a login of mine", "a login that isn't", "another login", "another client", "handed in",
         "one of two has left, and another message", "with TLS", "a change"]
SKIPS = {
    "another login": "auth carl: the login is alice@test.example",
    "another client": "connect 192.0.2.66: this client is 127.0.0.1",
    "handed in": "local: no client connects",
}
CLOSED = "it takes no mail that Postern doesn't answer for"


class Through:
    """Postern with a status socket, behind this site; a context."""

    def __init__(self, site, policy=POLICY, tests=TESTS, mode="audit", where=None):
        directory = site.new_directory("status")
        os.chmod(directory, 0o777)
        self.site = site
        self.socket = directory + "/socket"
        self.password = directory + "/password"
        with open(self.password, "w", encoding="ascii") as file:
            file.write("secret\n")
        self.policy = 'set status-socket "unix:%s"\nset mode %s\n%s%s' % (self.socket, mode, policy, tests)
        self.postern = site.policy(self.policy, where)

    def __enter__(self):
        self.postern.__enter__()
        return self

    def __exit__(self, *unused):
        self.postern.__exit__(*unused)

    def test(self, *options, port=None, login=True, **more):
        """Exit status, TAP without places and ports, and what was complained of."""
        credentials = ["--auth-user", LOGIN, "--auth-password-file", self.password] if login else []
        done = subprocess.run([POSTERN, "test", "-c", self.postern.file, "--through", "127.0.0.1:%d" % (port or self.site.port),
                               *credentials, *options], capture_output=True, text=True, check=False, timeout=100, **more)
        said = re.sub(r"(?m)^# \S+?postern\.conf:\d+: ", "# ", done.stdout)
        said = re.sub(r"postern-test-[0-9a-z]{26}", "NONCE", said)
        return done.returncode, said.replace("127.0.0.1:%d" % (port or self.site.port), "MTA"), done.stderr

    def ask(self, path):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self.socket)
            connection.sendall(("GET %s HTTP/1.0\r\n\r\n" % path).encode())
            return connection.makefile("rb").read().decode().partition("\r\n\r\n")

    def nonce(self):
        """Its word, and what Postern says of it."""
        said = self.ask("/plays/nonce/")[2].split()
        return said[1], "postern test %s" % said[3]

    def nothing_got_out(self, what):
        same(self.site.delivered(), [], "%s: nothing is delivered" % what)
        same(self.site.held(), [], "%s: nothing is held" % what)


def expected(failed=(), skips=None):
    lines = ["ok 1 - MTA asks Postern", "ok 2 - " + CLOSED]
    for number, name in enumerate(NAMES, 3):
        skip = (SKIPS if skips is None else skips).get(name)
        lines.append("%sok %d - %s%s" % ("not " if name in failed else "", number, name,
                                         " # SKIP not played: " + skip if skip else ""))
    return lines + ["1..%d" % (len(NAMES) + 2)]


def plain(said):
    return [line for line in said.splitlines() if not line.startswith("#")]


def plays(site):
    """All tests in one go; what the milter has said of it, and counted."""
    for mode in "audit", "enforce":
        with Through(site, mode=mode) as through:
            status, said, complaints = through.test()
            same(plain(said), expected(), "mode %s: each test is played, or says why not" % mode)
            same((status, complaints), (0, ""), "mode %s: and all is well" % mode)
            through.nothing_got_out("mode %s" % mode)
            lines = through.postern.verdicts()
            check(lines and not [line for line in lines if "a test is played through the MTA" not in line],
                  "mode %s: the log has no verdict of theirs" % mode, lines)
            counted = through.ask("/metrics")[2]
            check(not re.search(r"(?m)^postern_verdicts_total\{.* [1-9]", counted), "mode %s: none is counted" % mode,
                  counted)


def fails_open(through, port, what):
    status, said, _ = through.test(port=port)
    same((status, plain(said)[1]), (1, "not ok 2 - " + CLOSED), "%s: it is told of" % what)
    check(re.search('\n# Postern hung up, and the MTA said "250 .*ok"\n', said, re.I), "%s: and how" % what, said)
    check("ok 3 - ordinary mail # SKIP not played: no message is sent to an MTA that takes mail without Postern's answer"
          in said and "\nok 5 - a login that isn't\n" in said, "%s: only envelopes are played" % what, said)
    through.nothing_got_out(what)


def not_asked(through, port, what, *patterns):
    status, said, _ = through.test(port=port, login=False)
    check(status == 1 and said.startswith("not ok 1 - MTA asks Postern\n") and said.endswith("\n1..1\n") and
          all(re.search(pattern, said) for pattern in patterns), "%s: it is told of" % what, (status, said))
    through.nothing_got_out(what)


def by_hand(through):
    """Whoever proves a transaction has that one alone, once; a stranger has none."""
    site = through.site
    word, agreed = through.nonce()
    with site.client() as client:
        client.say("MAIL FROM:<bob@example.org>")
        said = client.say("RCPT TO:<%s@example.net>" % word)
        check(agreed in said, "a nonce is answered", said)
        client.say("RCPT TO:<carol@example.net>")
        check((agreed + ": accept") in client.data(), "and that message is refused")
        said = client.deliver("<bob@example.org>", "<carol@example.net>")
        check(said.startswith("250"), "the next one of the session is anybody's, and taken", said)
    with site.client() as client:
        said = client.begin("<bob@example.org>", "<%s@example.net>" % word)
        check(said.startswith("250"), "the same nonce is nothing any more", said)
        said = client.say("RCPT TO:<%s@example.net>" % word.replace("-test-", "-fail-"))
        check(said.startswith("250"), "and makes nobody hang up", said)
    with site.client() as client:
        said = client.deliver("<bob@example.org>", "<postern-test-%026d@example.net>" % 7)
        check(said.startswith("250"), "a stranger's guess is a recipient as any other", said)
    same(len(site.delivered()), 2, "both of these messages are delivered")


def in_the_middle(through, what, disturb):
    """Proven, with a recipient, and behind DATA; then something happens to Postern."""
    word, agreed = through.nonce()
    with through.site.client() as client:
        client.say("MAIL FROM:<bob@example.org>")
        check(agreed in client.say("RCPT TO:<%s@example.net>" % word), "%s: proven" % what)
        client.say("RCPT TO:<carol@example.net>")
        client.say("DATA")
        disturb()
        client.send(b"Subject: x\r\n\r\ntext\r\n")
        said = client.say(".")
        check(said[:1] in "45", "%s: the message is refused" % what, said)
    through.nothing_got_out(what)
