"""Random sessions through both engines: the same octets back, and the same log. Each is sent at once and to its
end, so that what is ignored needs no waiting. Left out is where native is meant to differ:

- RCPT and DATA out of order are answered 4xx, which libmilter ignores; and so is the end of a message, which
  is sent all the same;
- MAIL that was refused is such an end too, so that RCPT behind it is out of order;
- an unknown command disturbs nothing, while behind it libmilter ignores CONNECT and a header without DATA, and
  takes a body, as it may behind ABORT;
- another session on the same connection (QUIT_NC) is served, where libmilter goes on with the client before, or
  falls silent;
- malformed packets end the connection, also where libmilter ignores them or goes on;
- the last piece of a body may come with the end of the message, and is answered once."""

import os
import random
import re
import select
import socket
import struct
import sys

import harness
from fakemta import packet, strings
from harness import Daemon, case, check, same

POLICY = r'''
set log-accept yes
set max-header-bytes 4KB
set max-recipients 5
rule a-d if any header["X-Do"] ~ /quarantine/ quarantine "{sender}"
rule a-add if any header["X-Do"] ~ /add/ add-header "X-Added" "{header['Subject']}"
rule a-replace if any header["X-Do"] ~ /replace/ replace-header "Subject" "{header['Subject'].decoded}"
rule a-remove if any header["X-Do"] ~ /remove/ remove-header "Subject"
rule a-sender if any header["X-Do"] ~ /sender/ set-sender "{header['X-Sender']}"
rule a-recipient if any header["X-Do"] ~ /recipient/ add-recipient "<c@example.org>" add-recipient "{rcpt}"
rule a-off if rcpt.local == "off" remove-recipient
rule a-eight if any header["X-Do"] ~ /8bit/ downgrade 8bit
rule a-no if rcpt.local == "no" reject 550 5.1.1 "100%, {rcpt}" "{helo}"
rule a-later if any header["X-Do"] ~ /tempfail/ tempfail "{header['Subject']}"
rule a-reject if any header["X-Do"] ~ /reject/ reject
rule a-discard if any header["X-Do"] ~ /discard/ discard
rule a-body if any body ~ /reject/ reject "{body}"
rule a-command if command.verb == "TURN" reject 502 5.5.1 "{command}"
rule a-accept if any header["X-Do"] ~ /accept/ accept
'''

# Each stage as it is told, in the log.
TOLD = r'''
set log-accept yes
set earliest-verdict connect
rule connect at connect log "{client.ip} {client.name} {client.port} {client.local} {mta.host} {mta.version}"
rule helo at helo log "{helo} {tls.version}"
rule mail at mail log "{sender} {mail.params} {auth.user} {auth.mechanism} {queue.id}"
rule rcpt at rcpt log "{rcpt} {rcpt.params} {rcpt.mailer} {queue.id}"
rule data at data log "{rcpt.count} {recipients} {queue.id}"
rule header at header log "{header.count} {header.size} {header['Subject']} {header['X-Do']}"
rule body at body log "{message.size} {body}"
rule command if command.verb log "{command}"
'''

POLICIES = [
    ("every step", POLICY),
    ("what is told", TOLD),
    ("few steps", 'set log-accept yes rule n if rcpt.local == "no" reject'),
    ("no body", 'set log-accept yes rule h if any header["Subject"] == "bad" reject rule a add-header "X-A" "b"'),
    ("a verdict at DATA", 'set log-accept yes rule d at data if helo == "bad.example" tempfail '
                          'rule c if command.verb == "TURN" tempfail'),
]

# What the MTA can leave out and needn't wait for. One for each daemon, since libmilter takes a step that one MTA
# leaves out for done with all others.
STEPS = [0x1FFFFF, 0x100000, 0x7F, 0, 0x1FF3FF, 0x150E20]

DO = ["quarantine", "add", "replace", "remove", "sender", "recipient", "8bit", "tempfail", "reject", "discard",
      "accept"]


# What native answers to the end of a message out of order. Nothing else is answered so in these sessions.
DISORDER = packet(b"t")


class Session:
    """The octets of one session, made up as they go."""

    def __init__(self, seed, steps):
        self.random = random.Random(seed)
        self.steps = steps
        self.octets = b""
        self.offer()
        self.macros(b"C", j="mx.example.org", v="test")
        self.connect()

    def some(self, *of):
        return self.random.choice(of)

    def chance(self, percent):
        return self.random.randrange(100) < percent

    def add(self, letter, data=b""):
        self.octets += packet(letter, data)

    def macros(self, letter, **macros):
        if self.chance(80):
            pairs = []
            for name, value in macros.items():
                pairs += [name if len(name) == 1 else "{%s}" % name, value]
            self.add(b"D", letter + strings(*pairs))

    def offer(self):
        version = self.some(6, 6, 6, 6, 2, 3, 4, 5, 7, 1000)
        actions = self.some(0x1FF, 0x1FF, 0x1FF, 0, 0x3F, 0xFF, self.random.getrandbits(9))
        self.add(b"O", struct.pack(">III", version, actions, self.steps))

    def connect(self):
        host, family = self.some(("client.example", b"4\x10\x92" + strings("192.0.2.7")),
                                 ("[::1]", b"6\x10\x92" + strings("::1")),
                                 ("c6.example", b"6\x10\x92" + strings("IPv6:2001:db8::1")),
                                 ("v4.example", b"6\x10\x92" + strings("::ffff:192.0.2.9")),
                                 ("localhost", b"4\0\0" + strings("127.0.0.1")),
                                 ("localhost", b"L\0\0" + strings("/path")), ("localhost", b"U"), ("", b"U"))
        self.add(b"C", strings(host) + family)

    def helo(self):
        self.macros(b"H", tls_version="TLSv1.3", j="mx.example.org")
        self.add(b"H", strings(self.some("client.example", "bad.example", "", "[192.0.2.7]", "x" * 300)))

    def mail(self):
        self.macros(b"M", i="4%04X" % self.random.getrandbits(16), auth_type="PLAIN", auth_authen="alice")
        self.add(b"M", strings(self.some("<a@example.com>", "<>", "a@example.com", "<no@example.com>", "<ü@example.com>",
                                         ""), *self.some((), ("SIZE=9",), ("BODY=8BITMIME", "SMTPUTF8"))))

    def rcpt(self):
        self.macros(b"R", rcpt_mailer="smtp")
        self.add(b"R", strings(self.some("<b@example.net>", "<b@example.net>", "<no@example.net>", "<off@example.net>",
                                         "b@example.net", "<B@Example.NET>"), *self.some((), ("NOTIFY=NEVER",))))

    def header(self):
        name, body = self.some(("Subject", self.some("x", "bad", "100% sure", "=?utf-8?q?=C3=BC?=", "\n folded", "")),
                               ("X-Do", " ".join(self.random.sample(DO, self.random.randrange(1, 3)))),
                               ("From", "Alice <a@example.com>"), ("X-Sender", "<s@example.org>"),
                               ("MIME-Version", "1.0"), ("Content-Type", "text/plain; charset=utf-8"),
                               ("Content-Transfer-Encoding", "8bit"), ("X-Long", "y" * self.random.randrange(3000)))
        self.add(b"L", strings(name, body))

    def body(self):
        self.add(b"B", self.some(b"text\r\n", b"\xc3\xbc\r\n", b"reject\r\n", b"a\0b", b"x" * self.random.randrange(1, 65536),
                                 ("ü" * 30 + "\r\n").encode() * self.random.randrange(1, 1000)))

    def unknown(self):
        self.add(b"U", strings(self.some("XFOO", "TURN", "turn x", "")))

    def content(self):
        if self.chance(70):
            self.macros(b"T", i="4ABCD")
            self.add(b"T")
        for _ in range(self.random.randrange(6)):
            self.header()
        if self.chance(95):
            self.macros(b"N", i="4ABCD")
            self.add(b"N")
        for _ in range(self.some(0, 1, 1, 2, 4)):
            self.body()
        if self.chance(95):
            self.macros(b"E", i="4ABCD", j="mx.example.org")
            self.add(b"E")

    def abort(self):
        self.add(b"A")
        self.helo()

    def disorder(self):
        """What the order of the protocol has no place for."""
        self.some(self.abort, self.header, self.body, self.helo, lambda: self.add(b"N"),
                  lambda: self.add(b"E"), self.offer, self.connect)()

    def transaction(self):
        self.mail()
        for _ in range(self.some(1, 1, 1, 2, 3, 8)):
            if self.chance(5):
                self.unknown()
            self.rcpt()
        if self.chance(10):
            self.disorder()
        elif self.chance(10):
            self.abort()
        else:
            self.content()
        if self.chance(20):
            self.disorder()

    def whole(self):
        if self.chance(90):
            self.helo()
        for _ in range(self.random.randrange(5)):
            if self.chance(10):
                self.helo()
            if self.chance(10):
                self.disorder()
            if self.chance(10):
                self.unknown()
            self.transaction()
        self.add(b"Q")
        return self.octets


def converse(daemon, octets):
    """All that comes back when this is said and the connection closed."""
    back = b""
    with daemon.mta() as mta:
        mta.socket.setblocking(False)
        while True:
            readable, writable, _ = select.select([mta.socket], [mta.socket] if octets else [], [], 20)
            try:
                if writable:
                    octets = octets[mta.socket.send(octets[:65536]):]
                    if not octets:
                        mta.socket.shutdown(socket.SHUT_WR)
                more = mta.socket.recv(1 << 20) if readable or not writable else b"-"
            except OSError:
                return back
            if not more:
                return back
            back += more if readable else b""


def parsed(octets):
    packets = []
    while octets:
        length = struct.unpack(">I", octets[:4])[0]
        packets.append(octets[4:4 + length][:200])
        octets = octets[4 + length:]
    return packets


def differences(seen, other):
    at = next((i for i, (a, b) in enumerate(zip(seen, other)) if a != b), min(len(seen), len(other)))
    return at, seen[max(at - 2, 0):at + 3], other[max(at - 2, 0):at + 3]


def compare(name, policy, steps, count):
    with Daemon(policy, engine="libmilter") as libmilter, Daemon(policy, engine="native") as native:
        differ = []
        for seed in range(count):
            octets = Session("%s %x %d" % (name, steps, seed), steps).whole()
            heard = [converse(libmilter, octets), converse(native, octets).replace(DISORDER, b"")]
            if heard[0] != heard[1]:
                differ.append((seed, differences(parsed(heard[0]), parsed(heard[1])), [p[:20] for p in parsed(octets)]))
        same(differ[:1], [], "%s, steps %x: %d sessions are answered alike, octet by octet" % (name, steps, count))
        logs = [[re.sub(" id=[A-Z0-9]+", "", line) for line in daemon.lines("from")] for daemon in (libmilter, native)]
        check(logs[0] == logs[1], "%s, steps %x: and logged alike" % (name, steps), differences(*logs))


def both_say_the_same():
    sessions = 20000 if os.environ.get("POSTERN_LONG") == "1" else 2000
    for name, policy in POLICIES:
        for steps in STEPS:
            compare(name, policy, steps, sessions // len(POLICIES) // len(STEPS))


if __name__ == "__main__":
    case(both_say_the_same)
    sys.exit(harness.run_all())
