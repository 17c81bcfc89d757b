"""The log without -f: what /dev/log gets, and that nobody waits for who reads it. The daemon runs in a mount
namespace with a /dev of its own; where that isn't allowed, tests/unit/test_log alone looks at these things."""

import os
import re
import signal
import socket
import subprocess
import time

from fakemta import packet
from harness import NATIVE, POSTERN, Daemon, case, check, same, skip, wait_until

POLICY = '''
rule refused
    if rcpt
    reject 550 5.7.1 "no {helo}"
'''
# Of this shell, the file to stand in for /dev/log is the first argument, the command the others.
OWN_DEV = '''
set -e
dev=$1.dev
mkdir "$dev"
mount -t tmpfs postern "$dev"
for each in null zero random urandom; do
    : >"$dev/$each"
    mount --bind "/dev/$each" "$dev/$each"
done
ln -s "$1" "$dev/log"
mount --rbind "$dev" /dev
shift
exec "$@"
'''
UNSHARE = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
LINE = re.compile(r"<(\d+)>[A-Z][a-z]{2} [ 1-3]\d \d\d:\d\d:\d\d postern\[(\d+)\]: (.*)")
LONG = "h" * 1000  # a line's text is cut behind some 1,200 octets


class Reader:
    """The other end of /dev/log."""

    def __init__(self, path, kind=socket.SOCK_DGRAM):
        self.path, self.kind = path, kind
        self.lines = []
        self.open()

    def open(self):
        self.socket = self.ear = socket.socket(socket.AF_UNIX, self.kind)
        self.socket.bind(self.path)
        os.chmod(self.path, 0o666)
        if self.kind == socket.SOCK_STREAM:
            self.socket.listen(5)

    def close(self):
        self.socket.close()
        self.ear.close()
        os.unlink(self.path)

    def read(self):
        """All that comes until it stays silent for as long as the daemon needs to look again."""
        if self.kind == socket.SOCK_STREAM and self.ear is self.socket:
            self.ear = self.socket.accept()[0]
        self.ear.settimeout(2)
        octets = b""
        try:
            while True:
                octets += self.ear.recv(65536) + (b"\0" if self.kind == socket.SOCK_DGRAM else b"")
        except socket.timeout:
            self.lines += octets.decode().split("\0")[:-1]
        return self.lines


class Quiet(Daemon):
    """Without -f."""

    def __init__(self, policy, kind=socket.SOCK_DGRAM):
        self.reader = None
        self.kind = kind
        super().__init__(policy)

    def command(self):
        path = os.path.join(self.directory.name, "dev-log")
        self.reader = Reader(path, self.kind)
        return UNSHARE + ["sh", "-c", OWN_DEV, "sh", path, POSTERN, "serve", "-c", self.policy]

    def is_ready(self):
        """The path is there before anybody listens on it."""
        try:
            self.mta().close()
        except OSError:
            return self.process.poll() is not None
        return True

    def __exit__(self, *unused):
        super().__exit__()
        self.reader.ear.close()
        self.reader.socket.close()


def may_have_own_dev():
    try:
        with Quiet(POLICY) as daemon:
            daemon.stop()
    except (RuntimeError, OSError):
        return False
    return True


def refusals(daemon, count, helo=LONG):
    with daemon.mta() as mta:
        mta.negotiate()
        mta.connect()
        mta.helo(helo)
        mta.mail("<a@example.com>")
        return [mta.rcpt("<b%d@example.net>" % i)[:3] for i in range(count)]


def lost(lines):
    return sum(int(number) for line in lines for number in re.findall(r"log: lines dropped: (\d+)$", line))


def check_kind(name, kind):
    with Quiet(POLICY, kind) as daemon:
        same(refusals(daemon, 400), ["550"] * 400, name + ": 400 lines that nobody reads hold nobody up")
        began = time.monotonic()
        for _ in range(40):
            with daemon.mta() as mta:
                mta.socket.sendall(packet(b"O", b"\0\0\0\6"))
                mta.is_closed()
        same(refusals(daemon, 1), ["550"], name + ": nor does what the engine has to say of 40 bad negotiations")
        check(time.monotonic() - began < 10, name + ": at once", time.monotonic() - began)
        lines = [LINE.fullmatch(line) for line in daemon.reader.read()]
        check(all(lines), name + ": every line has the form of syslog(3)", daemon.reader.lines[:3])
        same({line[2] for line in lines if line}, {str(daemon.server())}, name + ": and the process's number")
        same({line[1] for line in lines if line and "reject" in line[3]}, {"22"}, name + ": facility and priority")
        texts = [line[3] for line in lines if line]
        refused = [text for text in texts if "reject: RCPT" in text]
        told = len([text for text in texts if "a malformed packet" in text])
        check(100 < len(refused) < 400 and len(refused) + told + lost(texts) == 401 + (40 if NATIVE else 0),
              name + ": lines come, or are counted", (len(refused), told, lost(texts)))
        daemon.reader.close()
        refusals(daemon, 2, "while-away")
        daemon.reader.open()
        refusals(daemon, 1, "again")
        texts = daemon.reader.read()
        same([len([t for t in texts if word in t and "550" in t]) for word in ("while-away", "again")], [2, 1],
             name + ": a reader that comes again hears all")
        refusals(daemon, 400)
        began = time.monotonic()
        same(daemon.stop(), 0, name + ": it stops though nobody reads")
        check(time.monotonic() - began < 5, name + ": soon", time.monotonic() - began)


@case
def syslog_holds_nobody_up():
    if not may_have_own_dev():
        skip("/dev/log that nobody reads: no mount namespace of its own can be had")
        return
    check_kind("datagrams", socket.SOCK_DGRAM)
    check_kind("a stream", socket.SOCK_STREAM)


@case
def standard_error_holds_nobody_up():
    with Daemon(POLICY) as daemon:
        daemon.stop()
        ours, theirs = os.pipe()
        daemon.process = subprocess.Popen([POSTERN, "serve", "-f", "-c", daemon.policy], stderr=theirs)
        daemon.status = None
        wait_until(lambda: os.path.exists(daemon.where.partition(":")[2]))
        same(refusals(daemon, 400), ["550"] * 400, "a pipe that nobody reads holds nobody up")
        os.set_blocking(ours, False)
        text = b""
        end = time.monotonic() + 3
        while time.monotonic() < end:
            try:
                text += os.read(ours, 65536)
            except BlockingIOError:
                time.sleep(0.01)
        lines = text.decode().splitlines()
        refused = [line for line in lines if "reject: RCPT" in line]
        check(100 < len(refused) < 400 and len(refused) + lost(lines) == 400, "lines come, or are counted",
              (len(refused), lost(lines)))
        daemon.signal(signal.SIGTERM)
        same(daemon.wait(), 0, "and it stops")
        os.close(ours)
        os.close(theirs)
