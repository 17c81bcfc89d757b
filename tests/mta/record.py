"""usage: record.py postfix|sendmail >FILE: the sessions of a private MTA with Postern, as tests/wire/recordings.py has
them. In the environment POSTERN, PYTHONPATH with tests/wire, and SENDMAIL_ROOT with what sendmail.bash has unpacked."""

import socket
import struct
import sys
import threading

import kit
from harness import free_port, wait_until
from recordings import POLICIES, Recording

UTF8 = "From: Älice <älice@example.org>\r\nSubject: grün\r\n\r\ngrün\r\n".encode()
LARGE = b"Subject: large\r\n\r\n" + b"one line of a large message\r\n" * 7000


def subject(text, body=b"At one?\r\n", more=b""):
    return b"From: Alice <alice@example.org>\r\n" + more + b"Subject: " + text + b"\r\n\r\n" + body


class Tap:
    """Between an MTA and a milter: what they say, a recording for each connection."""

    def __init__(self, port, milter_port):
        self.milter_port = milter_port
        self.under = ("", "")
        self.recordings, self.open = [], 0
        self.lock = threading.Lock()
        self.listening = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            mta, _ = self.listening.accept()
            try:
                milter = socket.create_connection(("127.0.0.1", self.milter_port))
            except OSError:
                mta.close()
                continue
            recording = Recording(*self.under)
            self.recordings.append(recording)
            self.open += 2
            for mark, *ends in (">", mta, milter), ("<", milter, mta):
                threading.Thread(target=self.carry, args=(recording, mark, *ends), daemon=True).start()

    def carry(self, recording, mark, come, go):
        octets = b""
        try:
            while True:
                more = come.recv(65536)
                if not more:
                    break
                octets = self.keep(recording, mark, octets + more)
                go.sendall(more)
            go.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        with self.lock:
            self.open -= 1

    def keep(self, recording, mark, octets):
        """The rest, which is no whole packet."""
        with self.lock:
            while len(octets) >= 4 and len(octets) >= 4 + struct.unpack(">I", octets[:4])[0]:
                end = 4 + struct.unpack(">I", octets[:4])[0]
                recording.packets.append((mark, octets[4:5], octets[5:end]))
                octets = octets[end:]
        return octets

    def is_quiet(self):
        with self.lock:
            return self.open == 0


def plain(client):
    client.deliver()


def parameters(client):
    client.say("MAIL FROM:<alice@example.org> SIZE=900 BODY=8BITMIME RET=HDRS ENVID=a+2Bb")
    client.say("RCPT TO:<carol@example.net> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;carol@example.net")
    client.data(subject(b"=?utf-8?q?gr=C3=BCn?=", b"gr\xc3\xbcn\r\n", b"X-Folded: one\r\n two\r\n\tthree\r\n"))


def paths(client):
    for sender in "<>", "<@hop.example:alice@example.org>", '<"al ice"@example.org>', "<ALICE@Example.ORG>":
        client.deliver(sender)
    client.deliver("<alice@example.org>", "<postmaster@example.net>")


def utf8(client):
    client.say("MAIL FROM:<älice@example.org> SMTPUTF8 BODY=8BITMIME")
    client.say("RCPT TO:<bób@example.net>")
    client.data(UTF8)


def login(client):
    client.login("alice@test.example")
    client.deliver("<alice@test.example> AUTH=<>")


def tls(client):
    client.start_tls()
    client.deliver()
    client.login("alice@test.example")
    client.deliver("<alice@test.example>")


def several(client):
    client.deliver()
    client.begin()
    client.say("RSET")
    client.deliver("<bob@example.org>", "<alice@example.net>")
    client.begin()
    client.say("EHLO again.example")
    client.deliver("<bob@example.org>")


def unknown(client):
    for line in "XFOO one two", "XTURN", "EXPN staff", "NOOP", "VRFY alice":
        client.say(line)
    client.begin()
    client.say("XTURN")
    client.say("RSET")
    client.deliver()


def refused_recipients(client):
    client.say("MAIL FROM:<alice@example.org>")
    for name in "nobody", "carol", "busy", "off", "nobody":
        client.say("RCPT TO:<%s@example.net>" % name)
    client.say("RCPT TO:<x")
    client.data(subject(b"some of you"))
    client.deliver("<alice@example.org>", "<nobody@example.net>")
    client.say("DATA")
    client.say("RSET")
    client.deliver()


def refused_messages(client):
    for word in b"bad", b"late", b"gone":
        client.deliver(text=subject(word))
    client.deliver(text=subject(b"lunch", b"bad\r\n"))
    client.deliver()


def large(client):
    client.deliver(text=LARGE)


def changed(client):
    client.say("MAIL FROM:<alice@example.org> BODY=8BITMIME")
    client.say("RCPT TO:<carol@example.net>")
    client.say("RCPT TO:<off@example.net>")
    client.data(subject(b"all of it", b"gr\xc3\xbcn\r\n" * 200,
                        b"X-Do: replace, remove, sender, recipient, 8bit\r\nX-Hop: a\r\nX-Hop: b\r\nMIME-Version: 1.0\r\n"
                        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"))
    client.deliver(text=subject(b"held", more=b"X-Do: hold\r\n"))


def odd(client):
    client.deliver(text=b"\r\nno header\r\n")
    client.deliver(text=b"Subject: no body\r\n")
    client.deliver(text=subject(b"dots", b".\r\n..\r\n.dot\r\n"))
    client.deliver(text=b"Subject:\r\nX-Empty: \r\nX-Long: " + b"long " * 300 + b"\r\n\r\n" + b"x" * 900 + b"\r\n")


def gone_in_envelope(client):
    client.begin()


def gone_in_data(client):
    client.begin()
    client.say("DATA")
    client.send(subject(b"unfinished"))


def early(client):
    client.say("MAIL FROM:<nobody@example.org>")
    client.say("RCPT TO:<carol@example.net>")
    client.say("RSET")
    client.deliver(text=subject(b"fine"))
    client.deliver(text=subject(b"lunch", b"mark\r\n"))
    client.say("EHLO refused.example")
    client.begin()


SESSIONS = [
    ("every step", plain), ("every step", parameters), ("every step", paths), ("every step", utf8), ("every step", login),
    ("every step", tls), ("every step", several), ("every step", unknown), ("every step", refused_recipients),
    ("every step", refused_messages), ("every step", large), ("every step", changed), ("every step", odd),
    ("every step", gone_in_envelope), ("every step", gone_in_data),
    ("few steps", plain), ("few steps", several), ("few steps", refused_recipients), ("few steps", large),
    ("early", early), ("early", several),
]


def record(site, tap, policy, sessions):
    with site.policy(POLICIES[policy], "inet:%d@127.0.0.1" % tap.milter_port):
        for session in sessions:
            tap.under = (session.__name__.replace("_", " "), policy)
            with site.client() as client:
                session(client)
                if not session.__name__.startswith("gone"):
                    client.say("QUIT")
            wait_until(tap.is_quiet, 30)


def record_local(site, tap, policy):
    tap.under = ("handed in locally", policy)
    with site.policy(POLICIES[policy], "inet:%d@127.0.0.1" % tap.milter_port):
        site.command("sendmail", "-f", "alice@example.org", "carol@example.net", text=subject(b"local"))
        site.delivered()
        wait_until(tap.is_quiet, 30)


def main(mta):
    if mta == "sendmail":
        import kit_sendmail
        site = kit_sendmail.Site()
    else:
        site = kit.Site()
    with site:
        tap = Tap(int(site.milter[len("inet:"):].partition("@")[0]), free_port())
        for policy in POLICIES:
            record(site, tap, policy, [session for under, session in SESSIONS if under == policy])
        if mta == "postfix":
            record_local(site, tap, "every step")
        print("\n".join(recording.text() for recording in tap.recordings), end="")


main(sys.argv[1])
