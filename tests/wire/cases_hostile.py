"""Packets that no MTA sends: the connection may be lost, the daemon not."""

import base64
import os
import random
import struct

from fakemta import Closed, packet, strings
from harness import NATIVE, Daemon, case, case_of, check, free_port, same, wait_until

POLICY = r'''
rule h if any header["Subject"] == "bad" reject
rule b if any body ~ /bad/ reject
rule c if command.verb == "TURN" reject
rule m replace-header "X-A" "b"
'''

OPTNEG = packet(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF))
CONNECT = packet(b"C", strings("h.example") + b"4" + struct.pack(">H", 25) + strings("192.0.2.7"))

# Sent on a fresh connection, which is then closed.
BYTES = [
    ("nothing at all", b""),
    ("half a length", b"\0\0"),
    ("a length of zero", b"\0\0\0\0"),
    ("a length of 4 GiB", b"\xff\xff\xff\xff" + b"O" * 100),
    ("a length of 2 GiB", b"\x80\0\0\0O"),
    ("a length that is never filled", b"\0\0\xff\xffB" + b"x" * 10),
    ("an unknown command", OPTNEG + packet(b"z", b"what")),
    ("a command of NUL", OPTNEG + packet(b"\0", b"\0\0\0")),
    ("a negotiation of 4 octets", packet(b"O", b"\0\0\0\6")),
    ("a negotiation of version 0", packet(b"O", struct.pack(">III", 0, 0, 0))),
    ("a negotiation that offers nothing", packet(b"O", struct.pack(">III", 6, 0, 0)) + CONNECT),
    ("two negotiations", OPTNEG + OPTNEG + CONNECT),
    ("MAIL without negotiation", packet(b"M", strings("<a@example.com>"))),
    ("QUIT without negotiation", packet(b"Q")),
    ("RCPT without MAIL", OPTNEG + CONNECT + packet(b"R", strings("<b@example.net>"))),
    ("the end of a message without MAIL", OPTNEG + CONNECT + packet(b"E")),
    ("a body without MAIL", OPTNEG + CONNECT + packet(b"B", b"x")),
    ("a header field without MAIL", OPTNEG + CONNECT + packet(b"L", strings("Subject", "bad"))),
    ("connect without family", OPTNEG + packet(b"C", strings("h.example"))),
    ("connect of a strange family", OPTNEG + packet(b"C", strings("h.example") + b"X\0\0" + strings("?"))),
    ("connect with a bad address", OPTNEG + packet(b"C", strings("h.example") + b"4\0\0" + strings("999.1"))),
    ("connect without address family", OPTNEG + packet(b"C", strings("localhost") + b"U\0")),
    ("connect from a unix socket", OPTNEG + packet(b"C", strings("localhost") + b"L\0\0" + strings("/x"))),
    ("connect with an address without NUL", OPTNEG + packet(b"C", b"h\0004\0\031192.0.2.7")),
    ("HELO without NUL", OPTNEG + CONNECT + packet(b"H", b"helo")),
    ("MAIL without NUL", OPTNEG + CONNECT + packet(b"M", b"<a@example.com>")),
    ("MAIL of NULs", OPTNEG + CONNECT + packet(b"M", b"\0" * 1000)),
    ("MAIL with 20,000 parameters", OPTNEG + CONNECT + packet(b"M", strings("<a@b>") + b"X\0" * 20000)),
    ("a header field of one string", OPTNEG + CONNECT + packet(b"M", strings("<a@b>")) +
     packet(b"R", strings("<b@c>")) + packet(b"L", strings("Subject"))),
    ("macros of an unknown stage", OPTNEG + packet(b"D", b"?" + strings("j", "x")) + CONNECT),
    ("macros without stage", OPTNEG + packet(b"D") + CONNECT),
    ("an unknown verb without NUL", OPTNEG + CONNECT + packet(b"U", b"TURN")),
    ("an unknown verb of 24 octets without NUL", OPTNEG + CONNECT + packet(b"U", b"T" * 24)),
    ("an unknown verb of 5,000 octets without NUL", OPTNEG + CONNECT + packet(b"U", b"T" * 5000)),
    ("an unknown verb without octets", OPTNEG + CONNECT + packet(b"U")),
    ("an unknown verb that is NUL", OPTNEG + CONNECT + packet(b"U", b"\0")),
    ("an unknown verb behind a NUL", OPTNEG + CONNECT + packet(b"U", b"\0TURN")),
    ("a new connection on the old one", OPTNEG + CONNECT + packet(b"K") + CONNECT +
     packet(b"M", strings("<a@b>")) + packet(b"R", strings("<b@c>"))),
]

# libmilter itself reads behind macros that aren't pairs, or have no last NUL, and may crash: it isn't sent any.
if NATIVE:
    BYTES += [
        ("macros of an odd number", OPTNEG + packet(b"D", b"C" + strings("j")) + CONNECT),
        ("macros without NUL", OPTNEG + packet(b"D", b"Cj") + CONNECT),
    ]


def throw(daemon, octets):
    mta = daemon.mta()
    mta.socket.sendall(octets)
    mta.socket.shutdown(1)
    mta.socket.settimeout(5)
    try:
        while mta.socket.recv(65536):
            pass
    except OSError:
        pass
    mta.close()


@case
def survives_strange_packets():
    with Daemon(POLICY) as daemon:
        for name, octets in BYTES:
            try:
                throw(daemon, octets)
            except BrokenPipeError:
                pass
            check(daemon.is_unharmed(), "alive after " + name, daemon.log())
        with daemon.session() as mta:
            same(mta.message(), "continue", "and still serves")


@case
def survives_strange_contents():
    with Daemon(POLICY) as daemon, daemon.session() as mta:
        for name, arguments in [
            ("NUL", [b"<a\0b@example.com>"]), ("controls", [b"<\x01\x1b\x7f\r\n@example.com>"]),
            ("octets that aren't UTF-8", [b"<\xff\xfe@\xc0\xaf>"]), ("an empty string", [b""]),
            ("60,000 octets", [b"<" + b"x" * 60000 + b"@example.com>"]),
            ("parameters of all kinds", [b"<>", b"SIZE=x", b"BODY=", b"=", b"AUTH=+", b"SMTPUTF8=\xff"]),
        ]:
            answer = mta.mail(*arguments)
            check(answer in ("continue", "no reply") or answer[0] in "45", "MAIL with " + name, answer)
            answer = mta.rcpt(*arguments)
            check(answer == "continue" or answer[0] in "45", "RCPT with " + name, answer)
        mta.mail("<a@example.com>")
        mta.rcpt("<b@example.net>")
        for name, body in [("X", ""), ("Subject", "\0\0"), ("Sub\xffject", "\n\n \n"), (":", "=?utf-8?b?"),
                           ("Subject", "=?x?" * 3000), ("From", "(" * 5000), ("From", "<" * 5000)]:
            mta.header(name.encode("latin-1"), body)
        check(mta.eoh()[0] in "c45", "a header of nonsense gets an answer")
        for piece in (b"\0", b"\n.\r\n", b"\r", b"\xff" * 65535):
            mta.body(piece)
        check(mta.eom()[0] in "c45", "and so does its body")
        check(not [c for c in daemon.log() if c != "\n" and not " " <= c <= "~"], "the log stays printable")


def noise():
    """A packet of any octets."""
    letter = random.choice(b"ABCDEHLMNOQRTUK")
    data = random.randbytes(random.randrange(40)) + random.choice((b"", b"\0"))
    if letter == ord("D") and not NATIVE:
        data += b"\0"
        data += b"\0" * (data.count(b"\0", 1) % 2)
    return packet(bytes([letter]), data)


@case
def survives_noise():
    random.seed(6)
    sessions = 10000 if os.environ.get("POSTERN_LONG") == "1" else 200
    with Daemon(POLICY) as daemon:
        for _ in range(sessions):
            try:
                throw(daemon, OPTNEG + CONNECT + b"".join(noise() for _ in range(random.randrange(1, 12))))
            except BrokenPipeError:
                pass
        check(daemon.is_unharmed(), "alive after %d sessions of noise" % sessions, daemon.log()[-2000:])
        with daemon.session() as mta:
            same(mta.message(), "continue", "and still serves")


@case
def gives_back_what_broken_sessions_held():
    with Daemon(POLICY) as daemon:
        with daemon.session() as mta:
            mta.message()
        before = daemon.descriptors()
        for _ in range(50):
            mta = daemon.session()
            mta.mail("<a@example.com>")
            mta.rcpt("<b@example.net>")
            mta.header("Subject", "x")
            mta.close()
        check(wait_until(lambda: daemon.descriptors() <= before + 2), "descriptors are given back",
              (before, daemon.descriptors()))


@case
def answers_nothing_without_negotiation():
    with Daemon(POLICY) as daemon, daemon.mta() as mta:
        mta.send(b"M", strings("<a@example.com>"))
        try:
            same(mta.answer(), "tempfail", "MAIL from an MTA that never negotiated")
        except Closed:
            check(True, "MAIL from an MTA that never negotiated: cut off")


# Behind OPTNEG and CONNECT, with what the log of the engine native calls them.
MALFORMED = [
    ("a packet without a command", b"\0\0\0\0"),
    ("a packet that is too long", b"\0\1\0\1B"),
    ("a packet of an unknown command", packet(b"z")),
    ("a malformed packet", packet(b"M", b"<a@example.com>")),
    ("a malformed packet", packet(b"D", b"Mi\0")),
    ("a malformed packet", packet(b"D", b"Mi\0x")),
    ("a malformed packet", packet(b"U", b"TURN")),
    ("a malformed packet", packet(b"H")),
]


@case_of("native")
def native_ends_what_is_malformed():
    with Daemon(POLICY) as daemon:
        for number, (name, octets) in enumerate(MALFORMED):
            with daemon.session() as mta:
                mta.socket.sendall(octets + packet(b"M", strings("<a@example.com>")))
                check(mta.is_closed(), "%d, %s: the connection is closed" % (number, name))
            said = [line for line in daemon.lines("the connection is closed")][number:]
            check(len(said) == 1 and "%s behind HELO" % name in said[0], "%d: once in the log" % number, said)
        with daemon.session() as mta:
            same(mta.message(), "continue", "others are served")


# What was said last before a malformed packet, as the log of the engine native calls it.
STAGES = [("the beginning", b""), ("OPTNEG", OPTNEG), ("CONNECT", CONNECT), ("HELO", packet(b"H", strings("x"))),
          ("MAIL", packet(b"M", strings("<a@example.com>"))), ("RCPT", packet(b"R", strings("<b@example.net>"))),
          ("DATA", packet(b"T")), ("HEADER", packet(b"L", strings("Subject", "x"))), ("EOH", packet(b"N")),
          ("BODY", packet(b"B", b"x")), ("BODYEOB", packet(b"E"))]


@case_of("native")
def native_says_whom_it_cut_off_and_when():
    with Daemon(POLICY, where="inet:%d@127.0.0.1" % free_port()) as daemon:
        for last in range(len(STAGES)):
            throw(daemon, b"".join(octets for _, octets in STAGES[:last + 1]) + packet(b"H") * 3)
        same([line.partition("warning: ")[2] for line in daemon.lines("MTA ")],
             ["MTA 127.0.0.1: a malformed packet behind %s; the connection is closed" % stage for stage, _ in STAGES],
             "peer and stage, once a connection")


@case_of("native")
def native_answers_what_has_no_mail():
    later = "451 4.3.0 this can't be handled just now; please try again later"
    for mode, answers in ("enforce", [later, "tempfail", "tempfail"]), ("audit", ["continue"] * 3):
        with Daemon(POLICY, mode=mode) as daemon, daemon.session() as mta:
            same([mta.rcpt("<b@example.net>"), mta.eom(), mta.eom()], answers, "RCPT and an end, in mode %s" % mode)
            same(mta.message(), "continue", "and a whole message goes on behind that")
            same(len(daemon.lines("MTA local: the end of a message without its beginning")), 1, "the end is logged once")
            same(len(daemon.lines("a command without MAIL before it")), 1, "and RCPT")


@case_of("native")
def native_holds_no_thread_for_half_a_packet():
    with Daemon(POLICY) as daemon:
        half = [daemon.session() for _ in range(200)]
        for mta in half:
            mta.socket.sendall(packet(b"M", strings("<a@example.com>"))[:9])
        with daemon.session() as mta:
            same(mta.message(), "continue", "a session beside 200 with half a packet")
        check(daemon.threads() < 10, "on few threads", daemon.threads())
        for mta in half:
            mta.socket.sendall(packet(b"M", strings("<a@example.com>"))[9:])
            mta.socket.sendall(packet(b"R", strings("<b@example.net>")))
        same({mta.answer() for mta in half}, {"continue"}, "the other halves come")


TEXT = ("text ü, " * 5 + "\r\n").encode() * 1000


@case_of("native")
def native_holds_no_thread_for_who_does_not_read():
    with Daemon("rule d downgrade 8bit") as daemon:
        deaf = [daemon.session() for _ in range(20)]
        for mta in deaf:
            mta.mail("<a@example.com>")
            mta.rcpt("<b@example.net>")
            mta.header("MIME-Version", "1.0")
            mta.header("Content-Type", "text/plain; charset=utf-8")
            mta.header("Content-Transfer-Encoding", "8bit")
            mta.eoh()
            for _ in range(16):
                mta.body(TEXT)
            mta.send(b"E")
        with daemon.session() as mta:
            same(mta.message(), "continue", "a session beside 20 that don't read their new bodies")
        check(daemon.threads() < len(deaf), "on fewer threads than these", daemon.threads())
        for mta in deaf[::4]:
            same(mta.answer(), "continue", "which come once they read")
            same(base64.b64decode(mta.new_body()) == TEXT * 16, True, "whole")
