"""The load generator speaks milter as an MTA does, and the filters that ours is compared with answer it."""

import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading

import fakemta
import harness
from harness import POSTERN, case, check, same

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../bench"))
import filters  # noqa: E402

SESSION = """test "one"
    connect 192.0.2.7 client.example
    tls TLSv1.3
    helo client.example
    auth alice PLAIN
    mail <alice@example.com> SIZE=9
    rcpt <bob@example.net>
    rcpt <carol@example.net>
    message
        From: alice@example.com
        Subject: lunch

        At one?
"""


class FakeFilter:
    """Negotiates these steps and lists of macros for one message, and keeps the letters of what comes; a macro packet
    has that of its command in small. answers: what isn't answered with "go on"."""

    def __init__(self, steps=0, macros=(), answers=None):
        self.terms = struct.pack(">III", 6, 0, steps)
        for stage, names in macros:
            self.terms += struct.pack(">I", stage) + fakemta.strings(names)
        self.silent = {letter for letter, _, no_reply in fakemta.COMMANDS.values()
                       if no_reply and steps & fakemta.STEPS[no_reply]}
        self.answers = answers or {}
        self.seen = []
        self.macros = {}
        self.directory = tempfile.TemporaryDirectory(prefix="postern-bench-")
        self.address = "unix:%s/socket" % self.directory.name
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(self.address[5:])
        self.listening.listen()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        for _ in range(2):
            connection, _ = self.listening.accept()
            self.seen = []
            packets = connection.makefile("rb")
            while self.take(connection, packets):
                pass

    def take(self, connection, packets):
        head = packets.read(4)
        if len(head) < 4:
            return False
        data = packets.read(struct.unpack(">I", head)[0])
        letter = data[:1]
        if letter == b"D":
            words = data[2:].split(b"\0")[:-1]
            self.macros[data[1:2].decode()] = dict(zip(words[::2], words[1::2]))
            letter = data[1:2].lower()
        elif letter == b"O":
            connection.sendall(fakemta.packet(b"O", self.terms))
        elif letter not in b"QA" and letter not in self.silent:
            connection.sendall(fakemta.packet(self.answers.get(letter, b"c")))
        self.seen.append(letter.decode())
        return letter != b"Q"

    def play(self):
        """What was seen of one message, after the connection that only negotiates, as one word."""
        path = os.path.join(self.directory.name, "sessions")
        with open(path, "w", encoding="utf-8") as file:
            file.write(SESSION)
        subprocess.run([filters.built("load"), "-n", "1", self.address, path], stdout=subprocess.DEVNULL, check=True,
                       timeout=60)
        self.thread.join(10)
        return "".join(self.seen)


def steps(*names):
    return sum(fakemta.STEPS[name] for name in names)


@case
def everything_comes():
    same(FakeFilter().play(), "OcChHmMrRrRtTLLnNBeEQ", "where nothing is negotiated everything is sent")
    silent = steps("NR_CONN", "NR_HELO", "NR_MAIL", "NR_RCPT", "NR_DATA", "NR_HDR", "NR_EOH", "NR_BODY")
    same(FakeFilter(silent).play(), "OcChHmMrRrRtTLLnNBeEQ", "and no answer is waited for where none comes")


@case
def steps_are_left_out():
    left_out = steps("NOCONNECT", "NOHELO", "NOMAIL", "NORCPT", "NODATA", "NOHDRS", "NOEOH", "NOBODY")
    same(FakeFilter(left_out).play(), "OchmrrtneEQ", "what isn't wanted isn't sent, its macros are")


@case
def macros_are_chosen():
    fake = FakeFilter(macros=[(2, "{auth_authen} {mail_addr}"), (1, "{tls_version}")])
    fake.play()
    same(fake.macros["M"], {b"{auth_authen}": b"alice", b"{mail_addr}": b"alice@example.com"}, "the macros of a list")
    same(fake.macros["H"], {b"{tls_version}": b"TLSv1.3"}, "of another stage")
    check(b"{rcpt_addr}" in fake.macros["R"], "a stage without a list has all", fake.macros["R"])


@case
def answers_are_heeded():
    for answers, seen, text in (({b"M": b"r"}, "OcChHmMAQ", "a refused sender sends nothing more"),
                                ({b"R": b"t"}, "OcChHmMrRrRAQ", "each recipient is offered; without one, no message"),
                                ({b"T": b"a"}, "OcChHmMrRrRtTAQ", "what is accepted isn't told of any more"),
                                ({b"B": b"s"}, "OcChHmMrRrRtTLLnNBeEQ", "behind a skip the end comes"),
                                ({b"C": b"r"}, "OcCQ", "a refused connection is over"),
                                ({b"H": b"a"}, "OcChHQ", "of an accepted client no more is told")):
        same(FakeFilter(answers=answers).play(), seen, text)


@case
def all_filters_answer():
    with filters.Place() as place:
        ours = place.ours("libmilter", 10, 1000)
        terms = place.terms_of(ours)
        for filter_ in (ours, place.null(terms), place.bare(terms)):
            said = filter_.load("-c", 4, "-n", 40, "-w", 4, "-i", 3, place.sessions(4096, 1000))
            same((said["messages"], said["accepted"]), (40, 40), "40 messages through %s" % filter_.name)
            check(said["answers"] >= 80 and said["cpu"] > 0 and said["rss"] > 0, "and what they cost", said)
            filter_.stop()


@case
def shipped_policies_refuse_some():
    """The mail that is measured with is what the policies expect, played and through the milter."""
    with filters.Place() as place:
        mail = filters.made("mail.py", "--messages", 60, "--owners", 100, "--expect")
        refused = len(re.findall(b"(?m)^    expect reject", mail))
        ours = place.ours("libmilter", "shipped", 100)
        said = ours.load("-n", 60, place.write("mail", mail))
        same((said["accepted"], said["refused"]), (60 - refused, refused), "60 messages, some of them refused")
        ours.stop()
        played = subprocess.run([POSTERN, "test", "-c", os.path.join(place.directory, "shipped.rules"),
                                 os.path.join(place.directory, "mail")], capture_output=True, check=False)
        same(played.returncode, 0, "postern test finds them so too")


sys.exit(harness.run_all())
