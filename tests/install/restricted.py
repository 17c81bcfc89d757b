"""Where no systemd runs: what a unit starts and reloads, under those of its restrictions that a process can lay on
itself: its system calls and families of addresses, its descriptors, and no privileges. Its view of files and devices,
its networks and namespaces are tried where systemd runs (tests/distro/package.sh)."""

import ctypes
import errno
import os
import re
import resource
import shlex
import socket
import subprocess
import sys
import tempfile

import harness
from harness import check, same

ALLOW, DENY, EQUAL = 0x7FFF0000, 0x00050000, 4
NOBODY = 65534
POLICY = 'rule not-him if sender.local == "bob" reject 550 5.7.1 "not he"'
REFUSED = "550 5.7.1 not he"
PR_SET_NO_NEW_PRIVS = 38
seccomp = ctypes.CDLL("libseccomp.so.2")
seccomp.seccomp_init.restype = ctypes.c_void_p
libc = ctypes.CDLL(None)


class Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("how", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def calls_of(name):
    """What systemd takes for it: one, or those of a set, which may hold other sets."""
    if not name.startswith("@"):
        return {name}
    said = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True)
    inside = re.findall(r"(?m)^ +([-@a-z_0-9]+)$", said.stdout)
    return set().union(*map(calls_of, inside))


class Unit:
    """What contrib/systemd has, with our program, and a policy that isn't the installed one."""

    def __init__(self, name, policy):
        with open(os.path.join(os.environ["srcdir"], "contrib/systemd", name + ".in"), encoding="utf-8") as file:
            lines = [line.strip().split("=", 1) for line in file if re.match("[A-Z].*=", line)]
        self.lines = lines
        self.policy = policy
        self.allowed = self.allowed_calls()
        self.families = [getattr(socket, name) for name in self.words("RestrictAddressFamilies")]

    def values(self, key):
        return [value for name, value in self.lines if name == key]

    def words(self, key):
        return " ".join(self.values(key)).split()

    def allowed_calls(self):
        """Line by line, as systemd.exec(5) has it: the first says that these alone are allowed."""
        allowed = calls_of("@default")
        for line in self.values("SystemCallFilter"):
            calls = set().union(*map(calls_of, line.lstrip("~").split()))
            allowed = allowed - calls if line.startswith("~") else allowed | calls
        return allowed

    def commands(self, key, pid=0):
        for line in self.values(key):
            words = shlex.split(line.replace("@sbindir@/postern", harness.POSTERN).replace("$MAINPID", str(pid)))
            if words[0] == harness.POSTERN and "-c" not in words:
                words += ["-c", ""]
            if "-c" in words:
                words[words.index("-c") + 1] = self.policy
            yield words

    def restrict(self):
        """Of this process, as the last thing before the program."""
        files = int(self.values("LimitNOFILE")[0])
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(files, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
        os.umask(int(self.values("UMask")[0], 8))
        if os.geteuid() == 0:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        self.load_filter()

    def load_filter(self):
        context = ctypes.c_void_p(seccomp.seccomp_init(DENY | getattr(errno, self.values("SystemCallErrorNumber")[0])))
        for name in self.allowed - {"socket"}:
            number = seccomp.seccomp_syscall_resolve_name(name.encode())
            if number >= 0:
                seccomp.seccomp_rule_add(context, ALLOW, number, 0)
        number = seccomp.seccomp_syscall_resolve_name(b"socket")
        for family in self.families:
            seccomp.seccomp_rule_add_array(context, ALLOW, number, 1, ctypes.byref(Comparison(0, EQUAL, family, 0)))
        if seccomp.seccomp_load(context) != 0:
            os._exit(1)

    def run(self, words):
        return subprocess.run(words, preexec_fn=self.restrict, capture_output=True, text=True, check=False)


class Service(harness.Daemon):
    """Started by the line of the unit, with -f so that its log can be read here."""

    def __init__(self, name):
        self.folder = tempfile.TemporaryDirectory(prefix="postern-unit-")
        if os.geteuid() == 0:
            os.chown(self.folder.name, NOBODY, NOBODY)
        self.name = name
        super().__init__(POLICY, where="unix:%s/socket" % self.folder.name, before=self.restrict)

    def restrict(self):
        self.unit.restrict()

    def command(self):
        self.unit = Unit(self.name, self.policy)
        words, = self.unit.commands("ExecStart")
        return words + ["-f"]

    def reload(self):
        """As systemd does: up to the first that fails. Its status, and what it said."""
        done = None
        for words in self.unit.commands("ExecReload", self.process.pid):
            done = self.unit.run(words)
            if done.returncode != 0:
                break
        return done.returncode, done.stderr

    def rewrite(self, old, new):
        with open(self.policy, encoding="utf-8") as file:
            text = file.read()
        with open(self.policy, "w", encoding="utf-8") as file:
            file.write(text.replace(old, new))

    def answers(self):
        """To bob, and to alice."""
        return [self.answer(sender) for sender in ("<bob@example.com>", "<alice@example.com>")]

    def answer(self, sender):
        with self.session() as mta:
            mta.mail(sender)
            return mta.rcpt("<carol@example.net>")


def try_unit(name):
    with Service(name) as service:
        same(oct(os.stat(service.where.partition(":")[2]).st_mode & 0o777), "0o660", name + ": it starts")
        same(service.answers(), [REFUSED, "continue"], name + ": it serves")
        service.rewrite('"bob"', '"alice"')
        same(service.reload(), (0, ""), name + ": it reloads")
        check(harness.wait_until(lambda: service.lines("reloaded: generation 2 serves")), name + ": which is told")
        same(service.answers(), ["continue", REFUSED], name + ": it serves by the new policy")
        service.rewrite("sender.local", "sendr")
        status, said = service.reload()
        check(status == os.EX_DATAERR and 'unknown name "sendr"' in said, name + ": what is wrong isn't taken",
              (status, said))
        same(service.answers(), ["continue", REFUSED], name + ": the policy before it goes on")
        check(service.is_unharmed(), name + ": it is unharmed", service.log())
        same(service.stop(), 0, name + ": it stops")


# It would trace the process at its end.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
try_unit("postern.service")
try_unit("postern@.service")
print("1..%d" % harness.results["run"])
sys.exit(harness.results["failed"] > 0)
