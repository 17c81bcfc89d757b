"""`postern probe` against small servers: what it prints, what it says to them, and how long it takes."""

import os
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import threading
import time

import harness
from harness import POSTERN, case, check, free_port, same

GREETING = b"220 hop.example ESMTP\r\n"
BOTH = b"250-hop.example\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
NEITHER = b"250-hop.example\r\n250 HELP\r\n"
BYE = {"QUIT": b"221 bye\r\n"}
scratch = tempfile.TemporaryDirectory(prefix="postern-probe-")


class Hop:
    """Answers each verb with these octets, or lets a function do it; keeps the lines that it was told."""

    def __init__(self, replies=None, greeting=GREETING, serve=None, family=socket.AF_INET):
        self.replies = dict(BYE, **(replies or {}))
        self.greeting = greeting
        self.act = serve or self.converse
        self.lines = []
        self.gone = threading.Event()
        address = "::1" if family == socket.AF_INET6 else "127.0.0.1"
        self.listening = socket.create_server((address, 0), family=family)
        self.port = self.listening.getsockname()[1]
        self.name = ("[::1]:%d" if family == socket.AF_INET6 else "127.0.0.1:%d") % self.port
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listening.accept()
            try:
                self.act(connection)
            except OSError:
                pass
            connection.close()
            self.gone.set()

    def converse(self, connection):
        connection.sendall(self.greeting)
        self.answer(connection, self.replies)

    def answer(self, connection, replies):
        for line in connection.makefile("rb"):
            self.lines.append(line)
            verb = line.split()[0].decode()
            reply = replies.get(verb, b"500 5.5.1 what?\r\n")
            if callable(reply):
                return reply(connection)
            connection.sendall(reply)
            if verb == "QUIT":
                return None
        return None

    def said(self):
        """All that it was told, once the client is gone."""
        self.gone.wait(10)
        return self.lines


def probe(*arguments):
    """Exit status, standard output, standard error, seconds."""
    began = time.monotonic()
    done = subprocess.run([POSTERN, "probe", *arguments], capture_output=True, check=False, timeout=60,
                          stdin=subprocess.DEVNULL)
    return (done.returncode, done.stdout.decode(), done.stderr.decode("utf-8", "replace"),
            time.monotonic() - began)


def make_certificate():
    name = os.path.join(scratch.name, "hop.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                    "-nodes", "-days", "2", "-subj", "/CN=hop.example", "-keyout", name, "-out", name + ".crt"],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(name + ".crt", name)
    return context


def with_starttls(reply):
    return reply.replace(b"250 ", b"250-STARTTLS\r\n250 ")


def tls_hop(plain, behind):
    """Offers one list in plain text and STARTTLS, and another one behind it."""
    context = make_certificate()

    def start(connection):
        connection.sendall(b"220 2.0.0 go on\r\n")
        try:
            session = context.wrap_socket(connection, server_side=True)
        except ssl.SSLError:
            return
        hop.answer(session, dict(BYE, EHLO=behind))
        session.close()

    hop = Hop({"EHLO": with_starttls(plain), "STARTTLS": start})
    return hop


def has_tls():
    return b"libssl" in subprocess.run(["ldd", POSTERN], capture_output=True, check=False).stdout


@case
def offers():
    for reply, line in ((BOTH, "full"), (NEITHER, "no-8bitmime no-smtputf8"),
                        (b"250-hop.example\r\n250 8bitmime\r\n", "no-smtputf8"),
                        (b"250-hop.example\n250 SmtpUtf8 x\n", "no-8bitmime"),
                        (b"250 8BITMIME SMTPUTF8\r\n", "no-8bitmime no-smtputf8")):
        hop = Hop({"EHLO": reply})
        same(probe(hop.name)[:3], (0, "127.0.0.1  %s\n" % line, ""), "offered %r: %s" % (reply, line))
        said = hop.said()
        check(len(said) == 2 and said[0].startswith(b"EHLO ") and said[1] == b"QUIT\r\n",
              "EHLO and QUIT are all that is said", said)


@case
def names():
    hop = Hop({"EHLO": BOTH})
    probe("-n", "probe.example.org", hop.name)
    same(hop.said()[0], b"EHLO probe.example.org\r\n", "-n: the name given with EHLO")
    hop = Hop({"EHLO": BOTH})
    probe(hop.name)
    own = socket.gethostname()
    wanted = {b"EHLO %s\r\n" % name.encode() for name in (own, "[127.0.0.1]")}
    check(hop.said()[0] in wanted, "otherwise the machine's name, or the address", hop.lines)
    hop = Hop({"EHLO": BOTH})
    same(probe("LocalHost.:%d" % hop.port)[:2], (0, "localhost  full\n"), "a name: lower case, and no dot behind it")
    same(probe("[127.0.0.1]:%d" % hop.port)[:2], (0, "127.0.0.1  full\n"), "an address in brackets")


@case
def ipv6():
    try:
        hop = Hop({"EHLO": NEITHER}, family=socket.AF_INET6)
    except OSError:
        print("# no IPv6 here")
        return
    for name in "[::1]:%d", "[IPv6:::1]:%d":
        same(probe(name % hop.port)[:2], (0, "::1  no-8bitmime no-smtputf8\n"), name)
    check(any(b"EHLO [IPv6:::1]" in line or b"." in line for line in hop.said()), "EHLO over IPv6", hop.lines)


@case
def several():
    hops = [Hop({"EHLO": BOTH}), Hop({"EHLO": NEITHER})]
    status, out, err, _ = probe(hops[0].name, "127.0.0.2:%d" % free_port(), "localhost:%d" % hops[1].port)
    lines = out.split("\n")
    same((status, lines[0], lines[2]), (75, "127.0.0.1  full", "localhost  no-8bitmime no-smtputf8"),
         "one of three is away: the others are told, and the status is 75")
    check(lines[1].startswith("# 127.0.0.2: can't be reached: Connection refused"), "a comment for it", out)
    check(err.startswith("postern: probe: 127.0.0.2: can't be reached"), "and a complaint", err)


@case
def not_to_be_asked():
    for what, hop, reason in (
            ("HELO only", Hop({"HELO": b"250 hop.example\r\n"}), 'answered EHLO with "500 5.5.1 what?"'),
            ("a refusal", Hop(greeting=b"554-5.7.1 go\r\n554 5.7.1 away\r\n"), 'greeted with "554-5.7.1 go"'),
            ("421", Hop(greeting=b"421 4.3.2 busy \x1b[1m\xff\r\n"),
             'greeted with "421 4.3.2 busy \\x{1B}[1m\\x{FF}"'),
            ("421 to EHLO", Hop({"EHLO": b"421 bye\r\n"}), 'answered EHLO with "421 bye"'),
            ("closed at once", Hop(serve=lambda connection: None), "closed the connection"),
            ("closed in a line", Hop(serve=lambda connection: connection.sendall(b"220 ho")), "closed the connection"),
            ("another protocol", Hop(greeting=b"SSH-2.0-x\r\n"), "began a line without a reply code"),
            ("NULs", Hop(greeting=b"\0" * 5000), "sent a line that is too long"),
            ("two codes", Hop({"EHLO": b"250-hop\r\n500 hop\r\n"}), "gave one reply two codes"),
            ("talk out of turn", Hop(greeting=GREETING + b"250 8BITMIME\r\n"), "said more than it was asked"),
            ("two replies", Hop({"EHLO": b"250 hop\r\n" + BOTH}), "said more than it was asked"),
    ):
        status, out, err, seconds = probe("-t", "5", hop.name)
        same((status, out, err), (75, "# 127.0.0.1: %s\n" % reason, "postern: probe: 127.0.0.1: %s\n" % reason),
             "%s: %s" % (what, reason))
        check(seconds < 4, "%s: found out soon" % what, seconds)
    hop = Hop(greeting=b"554 5.7.1 go away\r\n")
    probe(hop.name)
    same(hop.said(), [b"QUIT\r\n"], "a refusal is answered with QUIT")


def endless(octets, pause=0.0):
    def serve(connection):
        connection.sendall(GREETING)
        while True:
            connection.sendall(octets)
            time.sleep(pause)
    return Hop(serve=serve)


@case
def hostile():
    for what, hop, reasons in (
            ("an endless line", endless(b"a" * 1000), ("sent a line that is too long", "said more")),
            ("endless lines", Hop({"EHLO": b"250-8BITMIME\r\n" * 10000}), ("sent a reply that is too long",)),
            ("a long line", Hop({"EHLO": b"250-" + b"x" * 100000 + b"\r\n250 8BITMIME\r\n"}),
             ("sent a line that is too long",)),
            ("replies without end", endless(b"250 ok\r\n" * 100), ("said more",)),
    ):
        status, out, _, seconds = probe("-t", "5", hop.name)
        check(status == 75 and any(reason in out for reason in reasons), what, (status, out))
        check(seconds < 5, "%s: found out soon" % what, seconds)


@case
def slow():
    def drip(connection):
        connection.sendall(b"220-")
        while True:
            connection.sendall(b"x")
            time.sleep(0.1)

    for what, hop in (("no greeting", Hop(serve=lambda connection: time.sleep(30))),
                      ("a drip", Hop(serve=drip)),
                      ("no answer to EHLO", Hop({"EHLO": lambda connection: time.sleep(30)}))):
        status, out, _, seconds = probe("-t", "1", hop.name)
        same((status, out), (75, "# 127.0.0.1: did not answer in time\n"), what)
        check(0.9 < seconds < 3, "%s: ended after the second it may take" % what, seconds)
    hop = Hop({"EHLO": BOTH, "QUIT": lambda connection: time.sleep(30)})
    status, out, _, seconds = probe("-t", "20", hop.name)
    check((status, out) == (0, "127.0.0.1  full\n") and seconds < 4, "no answer to QUIT is not waited for long", seconds)


@case
def starttls():
    if not has_tls():
        check(os.environ.get("POSTERN_REQUIRE_ALL") != "1", "built without OpenSSL # SKIP")
        return
    for plain, behind, line in ((NEITHER, BOTH, "full"), (BOTH, NEITHER, "no-8bitmime no-smtputf8")):
        hop = tls_hop(plain, behind)
        same(probe(hop.name)[:3], (0, "127.0.0.1  %s\n" % line, ""), "STARTTLS: what is behind it counts: " + line)
        same([said.split()[0] for said in hop.said()], [b"EHLO", b"STARTTLS", b"EHLO", b"QUIT"], "what is said")
    hop = tls_hop(NEITHER, BOTH)
    same(probe("-p", hop.name)[:3], (0, "127.0.0.1  no-8bitmime no-smtputf8\n", ""), "-p leaves STARTTLS alone")
    same([said.split()[0] for said in hop.said()], [b"EHLO", b"QUIT"], "-p: what is said")
    hop = tls_hop(BOTH, b"502 no\r\n")
    same(probe(hop.name)[:2], (75, '# 127.0.0.1: answered EHLO with "502 no"\n'), "no EHLO behind STARTTLS")


@case
def starttls_in_vain():
    def garbage(connection):
        connection.sendall(b"220 go on\r\n")
        connection.recv(10000)
        connection.sendall(b"nonsense\r\n" * 10)

    for what, reply in (("refused", b"454 4.7.0 not now\r\n"), ("closed", lambda connection: None),
                        ("nonsense", garbage), ("more behind the answer", b"220 go\r\n250-8BITMIME\r\n250 x\r\n"),
                        ("silence", lambda connection: (connection.sendall(b"220 go\r\n"), time.sleep(5)))):
        hop = Hop({"EHLO": with_starttls(BOTH), "STARTTLS": reply})
        status, out, err, seconds = probe("-t", "2", hop.name)
        same((status, out), (0, "127.0.0.1  full\n"), "STARTTLS, %s: what was offered before counts" % what)
        check("what it offers without TLS counts: " in err and err.count("\n") == 1, "%s: it is told" % what, err)
        check(seconds < 4, "%s: in bounded time" % what, seconds)


def write(text, mode=0o644):
    name = os.path.join(scratch.name, "next-hops")
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(name, mode)
    return name


def read(name):
    with open(name, encoding="utf-8") as file:
        return file.read()


@case
def update():
    hop = Hop({"EHLO": BOTH})
    away = "127.0.0.2:%d" % free_port()
    name = write("# ours\nother.example no-8bitmime\n127.0.0.2 no-smtputf8\n127.0.0.1 no-requiretls\n", 0o640)
    status, out, err, _ = probe("-o", name, hop.name, away)
    same((status, out), (0, ""), "-o: nothing is printed, and an old line makes up for who is away")
    check("127.0.0.2: can't be reached" in err, "-o: but that is told", err)
    after = "# ours\nother.example no-8bitmime\n127.0.0.2 no-smtputf8\n127.0.0.1  full no-requiretls\n"
    same(read(name), after, "-o: one line is exchanged, in its place")
    same(stat.S_IMODE(os.stat(name).st_mode), 0o640, "-o: the mode stays")
    inode = os.stat(name).st_ino
    probe("-o", name, hop.name)
    same((os.stat(name).st_ino, read(name)), (inode, after), "-o: what would be the same isn't written again")
    link = os.path.join(scratch.name, "link")
    os.symlink("next-hops", link)
    status = probe("-o", link, "localhost:%d" % hop.port, "127.0.0.3:%d" % free_port())[0]
    same((status, read(name)), (75, after + "localhost  full\n"), "-o: a new line, and 75 for who has none")
    check(os.path.islink(link) and os.stat(name).st_ino != inode, "-o: another file, behind the same link")
    check(not [entry for entry in os.listdir(scratch.name) if entry.startswith("next-hops.")], "-o: and no rest of it")


@case
def new_file():
    hop = Hop({"EHLO": NEITHER})
    name = os.path.join(scratch.name, "new")
    same((probe("-o", name, hop.name)[0], read(name)), (0, "127.0.0.1  no-8bitmime no-smtputf8\n"), "-o: a new file")
    status, _, err, _ = probe("-o", os.path.join(scratch.name, "nowhere", "file"), hop.name)
    check(status == 74 and "nowhere/file: No such file" in err, "-o: a folder that isn't there", (status, err))
    status, _, err, _ = probe("-o", scratch.name, hop.name)
    check(status == 74 and "it is a directory" in err, "-o: a folder", (status, err))
    with open("/dev/full", "wb") as full:
        status = subprocess.run([POSTERN, "probe", hop.name], stdout=full, stderr=subprocess.DEVNULL, check=False)
    same(status.returncode, 74, "standard output that can't be written")


@case
def usage():
    for arguments in ([], ["-t", "0", "a"], ["-t", "601", "a"], ["-t", "x", "a"], ["-n", "a b", "a"], ["-x", "a"],
                      ["a b"], ["a:0"], ["[::1"], ["127.0.0.1:1", "[127.0.0.1]:2"]):
        status, out, err, _ = probe(*arguments)
        check((status, out) == (64, "") and "usage: postern probe" in err, "wrong: %r" % arguments, (status, err))
    status, out, _, _ = probe("-t", "9", "nobody.invalid")
    check(status == 75 and out.startswith("# nobody.invalid: "), "a name that isn't there", (status, out))


@case
def as_a_table():
    """What is printed is a table, which rules read under the key that an MTA gives."""
    name = os.path.join(scratch.name, "table")
    small, large = Hop({"EHLO": NEITHER}), Hop({"EHLO": BOTH})
    probe("-o", name, small.name, "localhost:%d" % large.port)
    policy = os.path.join(scratch.name, "policy")
    with open(policy, "w", encoding="utf-8") as file:
        file.write('set mode enforce\ntable next-hops = "texthash:%s"\n'
                   'rule known at rcpt if "full" in next-hops[rcpt.host] log "known"\n'
                   'rule narrow if "no-8bitmime" in next-hops[rcpt.host] reject 554 5.6.3 "narrow"\n' % name)
        for macro, wanted in (("[127.0.0.1]:2525", "reject 554 5.6.3 rule narrow"), ("127.0.0.1:25", "reject"),
                              ("127.0.0.1", "reject"), ("localhost.", "none"), ("[LOCALHOST]:26", "none"),
                              ("127.0.0.9", "none")):
            file.write('test "%s"\n    mail <>\n    macro {rcpt_host} %s\n    rcpt <a@example.com>\n    expect %s\n'
                       % (macro, macro, wanted))
    done = subprocess.run([POSTERN, "test", "-c", policy], capture_output=True, check=False)
    same(done.returncode, 0, "a policy reads the table by rcpt.host")
    if done.returncode:
        print("# %r" % (done.stdout + done.stderr))
    done = subprocess.run([POSTERN, "lookup", "-c", policy, "next-hops", "127.0.0.1"], capture_output=True, check=False)
    check(b"answer: no-8bitmime no-smtputf8\n" in done.stdout, "lookup answers from it", done.stdout)
    done = subprocess.run([POSTERN, "lookup", "texthash:" + name, "localhost"], capture_output=True, check=False)
    check(b"answer: full\n" in done.stdout, "lookup answers from it without policy", done.stdout)


sys.exit(harness.run_all())
