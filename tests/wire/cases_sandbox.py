"""What serves shuts itself in first; and tables that change are read inside all the same."""

import ctypes
import errno
import os
import re
import signal
import sqlite3
import struct
import subprocess
import tempfile
import time

from fakemta import Closed
from harness import ENGINE, Daemon, case, check, same, skip, wait_until

# Built without one of its halves, or on a kernel without it, the rest is served all the same.
CLOSED = r"sandbox: closed by seccomp and Landlock \(ABI [0-9]+\)$"
LACKS = r"warning: sandbox: which (files may be opened|system calls may be made) isn't limited"


def states(daemon, name):
    """What each thread's status says behind the name."""
    found = set()
    for task in os.listdir("/proc/%d/task" % daemon.server()):
        with open("/proc/%d/task/%s/status" % (daemon.server(), task), encoding="ascii") as file:
            found.update(re.findall("^%s:\t(.*)$" % name, file.read(), re.M))
    return found


@case
def shuts_itself_in():
    with Daemon("") as daemon:
        daemon.session().message()
        closed = daemon.lines(CLOSED)
        same(len(closed) + len(daemon.lines(LACKS)) > 0, True, "the log says how far the sandbox is closed")
        same(states(daemon, "NoNewPrivs"), {"1"}, "nothing gives it more rights")
        if closed:
            same(states(daemon, "Seccomp"), {"2"}, "each thread's system calls are limited")
    with Daemon("set sandbox no") as daemon:
        daemon.session().message()
        same(daemon.lines("sandbox"), [], 'with "set sandbox no" there is none')
        same(states(daemon, "Seccomp"), {"0"}, "and no limit")


class Filter(ctypes.Structure):
    """Of seccomp(2), for this process and all that it starts: what is done where every one of `tests`, an offset in
    struct seccomp_data, an operation and a number, holds."""

    EQUAL, AT_LEAST = 0x15, 0x35
    CALL, FIRST, THIRD = 0, 16, 32
    TRAP, NOT_THERE = 0x00030000, 0x00050000 | errno.ENOSYS
    LOAD, RETURN, ALLOW = 0x20, 0x06, 0x7fff0000
    PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
    _fields_ = [("length", ctypes.c_ushort), ("program", ctypes.c_char_p)]

    def __init__(self, action, *tests):
        steps = []
        for number, (offset, operation, value) in enumerate(tests):
            to_the_end = 2 * (len(tests) - number) - 1
            steps += [(self.LOAD, 0, 0, offset), (operation, 0, to_the_end, value)]
        steps += [(self.RETURN, 0, 0, action), (self.RETURN, 0, 0, self.ALLOW)]
        super().__init__(len(steps), b"".join(struct.pack("=HBBI", *step) for step in steps))

    def __call__(self):
        libc = ctypes.CDLL(None)
        if libc.prctl(self.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or \
                libc.prctl(self.PR_SET_SECCOMP, self.SECCOMP_MODE_FILTER, ctypes.byref(self), 0, 0) != 0:
            raise OSError


WRITE = {"x86_64": 1, "aarch64": 64}.get(os.uname().machine)
LANDLOCK_CREATE_RULESET = 444


@case
def says_which_system_call_ended_it():
    if WRITE is None:
        skip("a system call that isn't allowed: this machine's numbers aren't known")
        return
    # What traps is the same to the process, whoever forbids it: here a line of the log that is long.
    trap = Filter(Filter.TRAP, (Filter.CALL, Filter.EQUAL, WRITE), (Filter.FIRST, Filter.EQUAL, 2),
                  (Filter.THIRD, Filter.AT_LEAST, 1000))
    rule = 'rule long if sender.local == "long" log "%s"\n' % ("x" * 1100)
    with Daemon(rule, before=trap) as daemon:
        if not daemon.lines("sandbox: closed by seccomp"):
            skip("a system call that isn't allowed: there is no seccomp")
            return
        began = time.monotonic()
        for number in 1, 2:
            mta = daemon.session()
            try:
                mta.message(sender="<long@example.com>")
            except (Closed, OSError):
                pass
            check(wait_until(lambda n=number: daemon.lines(
                "generation %d was at work for client.example.192.0.2.7. at " % n)),
                "the log names for whom a generation that was ended was at work", daemon.log())
            check(daemon.lines("error: generation %d, process [0-9]+, has died: signal 31 " % number) and daemon.lines(
                "error: generation %d: the sandbox forbids system call write; \"set sandbox no\" in the policy" % number),
                "the system call that wasn't allowed, and what may be done", daemon.log())
            with daemon.session() as other:
                same(other.message(), "continue", "another serves in its place")
        check(daemon.lines("error: sandbox: system call %d isn't allowed" % WRITE), "the one that ended said so, too",
              daemon.log())
        check(time.monotonic() - began < 10, "at once", time.monotonic() - began)


@case
def says_once_that_there_is_no_landlock():
    lacks = "warning: sandbox: which files may be opened isn't limited .*: this kernel has no Landlock$"
    without = Filter(Filter.NOT_THERE, (Filter.CALL, Filter.EQUAL, LANDLOCK_CREATE_RULESET))
    for switched_on_later in False, True:
        with Daemon("set sandbox no" if switched_on_later else "", before=without) as daemon:
            name = "switched on later, " if switched_on_later else ""
            for count in 1, 2:
                with open(daemon.policy, "w", encoding="utf-8") as file:
                    file.write(daemon.head("enforce", ENGINE, "") + "# %d\n" % count)
                daemon.signal(signal.SIGHUP)
                check(wait_until(lambda n=count: len(daemon.lines("reloaded: ")) == n, 20), name + "a reload", daemon.log())
            same(daemon.session().message(), "continue", name + "it serves where the kernel has no Landlock")
            same(len(daemon.lines(lacks)), 1, name + "which the log says once")
            same(daemon.lines("sandbox: closed"), [], name + "and nothing else")


# Of prctl(2): memory that was writable never becomes executable.
PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1


def forbid_executable_memory():
    """For this process and all that it starts."""
    if ctypes.CDLL(None).prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) != 0:
        raise OSError


def kernel_forbids_executable_memory():
    try:
        subprocess.run(["true"], preexec_fn=forbid_executable_memory, check=True)
    except subprocess.SubprocessError:
        return False
    return True


@case
def matches_without_writable_programs():
    if not kernel_forbids_executable_memory():
        return
    rule = "set earliest-verdict mail rule a if sender ~ /^(b|c)+@example\\.com$/ reject\n"
    with Daemon(rule, before=forbid_executable_memory) as daemon:
        with daemon.session() as mta:
            check(mta.mail("<bcb@example.com>").startswith("550 ") and mta.mail("<d@example.com>") == "continue",
                  "patterns match where no memory may be written and executed", daemon.log())
        same(len(daemon.lines("patterns are matched more slowly")), 1, "which the log says once")
    with Daemon(rule) as daemon:
        same(daemon.lines("patterns are"), [], "and nowhere else")


def old(path):
    """As if it had been quiet for a while."""
    os.utime(path, (time.time() - 60, time.time() - 60))


def write_text(form):
    def write(path, key):
        with open(path + ".new", "w", encoding="ascii") as file:
            file.write(form % key)
        old(path + ".new")
        os.rename(path + ".new", path)
    return write


def write_mapped(kind):
    def write(path, key):
        write_text("%s x\n")(path, key)
        subprocess.run(["postmap", "%s:%s" % (kind, path)], check=True)
        for name in os.listdir(os.path.dirname(path)):
            old(os.path.join(os.path.dirname(path), name))
    return write


def write_database(mode):
    def write(path, key):
        with open(path, "w", encoding="ascii") as file:
            file.write("dbpath = %s.db\nquery = SELECT v FROM t WHERE k = '%%s'\n" % path)
        with sqlite3.connect(path + ".db", isolation_level=None) as database:
            database.execute("PRAGMA journal_mode = " + mode)
            database.execute("CREATE TABLE IF NOT EXISTS t (k, v)")
            database.execute("DELETE FROM t")
            database.execute("INSERT INTO t VALUES (?, 'x')", (key,))
        database.close()
        os.chmod(path + ".db", 0o666)
    return write


def replace_database(path, key):
    write_database("delete")(path + ".new", key)
    os.rename(path + ".new.db", path + ".db")
    os.rename(path + ".new", path)
    with open(path, "w", encoding="ascii") as file:
        file.write("dbpath = %s.db\nquery = SELECT v FROM t WHERE k = '%%s'\n" % path)


def makers():
    """What writes a table with one key: by the table's name, its type and that."""
    mapped = subprocess.run(["postconf", "-m"], capture_output=True, text=True, check=False).stdout.split()
    found = {"texthash": ("texthash", write_text("%s x\n")),
             "pcre": ("pcre", write_text("/^%s$/ x\n")),
             "regexp": ("regexp", write_text("/^%s$/ x\n")),
             "sqlite": ("sqlite", write_database("delete")),
             "sqlite-wal": ("sqlite", write_database("wal")),
             "sqlite-replaced": ("sqlite", replace_database)}
    for kind in ["hash", "btree", "cdb", "lmdb"]:
        if kind in mapped:
            found[kind] = (kind, write_mapped(kind))
        else:
            skip("the Postfix here has no %s" % kind)
    return found


def is_found(daemon, name, key):
    with daemon.session() as mta:
        return mta.mail("<%s@%s.example>" % (key, name)).startswith("550 ")


@case
def reads_tables_afresh():
    with tempfile.TemporaryDirectory(prefix="postern-wire-") as top:
        os.chmod(top, 0o755)
        made, policy = makers(), "set earliest-verdict mail\n"
        for name, (kind, write) in made.items():
            os.mkdir(os.path.join(top, name))
            os.chmod(os.path.join(top, name), 0o777)
            path = os.path.join(top, name, "table")
            write(path, "before")
            policy += 'table %s = "%s:%s"\n' % (name, kind, path)
            policy += 'rule %s if sender.domain == "%s.example" and sender.local in %s reject\n' % (name, name, name)
        with Daemon(policy) as daemon:
            for name, (kind, write) in made.items():
                check(is_found(daemon, name, "before") and not is_found(daemon, name, "after"), name + ": is read")
                write(os.path.join(top, name, "table"), "after")
            for name in made:
                check(wait_until(lambda name=name: is_found(daemon, name, "after"), 20) and
                      not is_found(daemon, name, "before"), name + ": is read afresh", daemon.log())
