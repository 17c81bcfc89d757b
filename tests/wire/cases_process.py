"""The process: its socket, its limits, its end."""

import os
import resource
import select
import signal
import socket
import stat
import statistics
import struct
import subprocess
import time

from fakemta import Closed, Mta
from harness import POSTERN, Daemon, case, case_of, check, free_port, same, wait_until

HEADER = 'rule h add-header "X-A" "b"'


def is_refused(where):
    try:
        mta = Mta(where, timeout=5)
    except OSError:
        return True
    try:
        mta.negotiate()
    except (Closed, OSError):
        return True
    finally:
        mta.close()
    return False


def open_message(daemon):
    mta = daemon.session()
    mta.mail("<a@example.com>")
    mta.rcpt("<b@example.net>")
    mta.data(i="4XYZ")
    return mta


@case
def lets_sessions_end():
    for where in None, "inet:%d@127.0.0.1" % free_port():
        with Daemon(HEADER, where) as daemon:
            name = daemon.where.partition(":")[0]
            mta = open_message(daemon)
            daemon.signal(signal.SIGTERM)
            wait_until(lambda d=daemon: d.lines("stopping"))
            check(is_refused(daemon.where), name + ": a new connection is refused while it stops")
            time.sleep(0.2)
            check(daemon.is_alive(), name + ": it waits for the open session")
            same(mta.eom(i="4XYZ"), "continue", name + ": whose message is answered")
            same(len(mta.edits), 1, name + ": and changed as ever")
            same(mta.message(), "continue", name + ": and the session's next message too")
            mta.quit()
            same(daemon.wait(), 0, name + ": then it ends")
            check(daemon.lines("stopped: sessions served: 1, cut off: 0$"), name + ": and says so", daemon.log())


@case
def hears_out_who_came_last():
    """A connection that was accepted, and hadn't negotiated yet."""
    with Daemon(HEADER) as daemon:
        late = daemon.mta()
        never = daemon.mta()
        time.sleep(0.2)
        began = time.monotonic()
        daemon.signal(signal.SIGTERM)
        wait_until(lambda: daemon.lines("stopping"))
        time.sleep(0.3)
        same(late.begin().message(), "continue", "an MTA that negotiates after the stop is served")
        same(len(late.edits), 1, "as ever")
        late.quit()
        same(daemon.wait(), 0, "it ends")
        check(time.monotonic() - began < 5, "and waits a second for one that says nothing", time.monotonic() - began)
        check(never.is_closed(), "which is cut off")
        check(daemon.lines("stopped: sessions served: 1, cut off: 0$"), "and was no session", daemon.log())


@case
def takes_nobody_while_it_stops():
    """What libmilter may wait for at a stop, for up to five seconds, lets nobody in."""
    for where in None, "inet:%d@127.0.0.1" % free_port():
        with Daemon("set drain-time 5min " + HEADER, where) as daemon:
            name = daemon.where.partition(":")[0]
            mta = open_message(daemon)
            before = daemon.cpu_seconds()
            daemon.signal(signal.SIGTERM)
            wait_until(lambda d=daemon: d.lines("stopping"))
            for _ in range(5):
                check(is_refused(daemon.where), name + ": each of several is refused")
            time.sleep(6)
            check(is_refused(daemon.where), name + ": later too")
            check(daemon.cpu_seconds() - before < 1, name + ": without a spin", daemon.cpu_seconds() - before)
            same(mta.eom(), "continue", name + ": the open session goes on")
            mta.quit()
            same(daemon.wait(), 0, name + ": and ends it")
            check(not daemon.lines("accept|libmilter(?!;)"), name + ": libmilter minds nothing", daemon.log())


@case
def waits_no_longer_than_told():
    with Daemon("set drain-time 1s " + HEADER) as daemon:
        mta = open_message(daemon)
        began = time.monotonic()
        same(daemon.stop(), 0, "it stops although a session is open")
        check(0.9 < time.monotonic() - began < 10, "after drain-time", time.monotonic() - began)
        check(mta.is_closed(), "the session is cut off")
        check(daemon.lines("sessions served: 0, cut off: 1$"), "and the log says so", daemon.log())
    with Daemon("set drain-time 1h " + HEADER) as daemon:
        open_message(daemon)
        daemon.signal(signal.SIGINT)
        wait_until(lambda: daemon.lines("stopping"))
        began = time.monotonic()
        same(daemon.stop(), 0, "a second signal")
        check(time.monotonic() - began < 10, "ends the patience")
    with Daemon(HEADER) as daemon:
        same(daemon.stop(), 0, "without sessions it stops at once")


@case
def stops_as_soon_as_it_serves():
    for _ in range(10):
        with Daemon(HEADER) as daemon:
            mta = open_message(daemon)
            daemon.signal(signal.SIGTERM)
            wait_until(lambda d=daemon: d.lines("stopping"))
            same(mta.eom(), "continue", "stopped when it has just started, it serves the session that is open")
            mta.quit()
            same(daemon.wait(), 0, "and ends")
            check(not os.path.exists(daemon.where.partition(":")[2]), "without its socket")


@case
def is_killed():
    with Daemon(HEADER) as daemon:
        mta = open_message(daemon)
        os.kill(daemon.server(), signal.SIGKILL)
        check(mta.is_closed(), "an MTA sees at once that who serves it was killed")


@case
def listens_on_unix_sockets():
    with Daemon('set socket-mode "0660"') as daemon:
        path = daemon.where.partition(":")[2]
        same(stat.S_IMODE(os.stat(path).st_mode), 0o660, "the mode of the socket")
        again = subprocess.run([POSTERN, "serve", "-f", "-c", daemon.policy], capture_output=True, timeout=20,
                               check=False)
        same(again.returncode, os.EX_UNAVAILABLE, "a second daemon on the same path gives up")
        check(b"socket" in again.stderr, "and says why", again.stderr)
        with daemon.session() as mta:
            same(mta.message(), "continue", "the first one isn't disturbed")
        daemon.process.kill()
        daemon.wait()
        check(os.path.exists(path), "a killed daemon leaves its socket")
        log = open(daemon.log_name, "ab")
        with log:
            daemon.process = subprocess.Popen([POSTERN, "serve", "-f", "-c", daemon.policy], stderr=log)
        daemon.status = None
        wait_until(lambda: len(daemon.lines("version ")) == 2 or not daemon.is_alive())
        with daemon.session() as mta:
            same(mta.message(), "continue", "which the next one replaces")
        same(daemon.stop(), 0, "it stops")
        check(not os.path.exists(path), "and takes its socket away")


@case
def leaves_other_files_alone():
    for name, make in [("a file", lambda p: open(p, "w").close()),
                       ("a socket that another program serves", serve_path)]:
        with Daemon("") as daemon:
            daemon.stop()
            path = daemon.where.partition(":")[2]
            held = make(path)
            again = subprocess.run([POSTERN, "serve", "-f", "-c", daemon.policy], capture_output=True,
                                   timeout=20, check=False)
            same(again.returncode, os.EX_UNAVAILABLE, "it doesn't start over " + name)
            check(os.path.exists(path), name + " is still there")
            if held:
                held.close()


def serve_path(path):
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    return server


@case
def listens_on_inet_sockets():
    wheres = ["inet:%d@127.0.0.1" % free_port(), "inet:%d@localhost" % free_port()]
    if socket.has_ipv6 and os.path.exists("/proc/net/if_inet6"):
        wheres.append("inet6:%d@::1" % free_port(socket.AF_INET6))
    for where in wheres:
        with Daemon(HEADER, where) as daemon:
            with Mta(where).begin() as mta:
                same(mta.message(), "continue", "a message over " + where.partition(":")[0])
            again = subprocess.run([POSTERN, "serve", "-f", "-c", daemon.policy], capture_output=True,
                                   timeout=20, check=False)
            same(again.returncode, os.EX_UNAVAILABLE, "a port that is taken")


# libmilter as others than Debian have it.
TAKES_NO_DESCRIPTOR = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
int smfi_setconn(char *name)
{
    int (*setconn)(char *name) = (int (*)(char *))dlsym(RTLD_NEXT, "smfi_setconn");
    return strncmp(name, "fd:", 3) == 0 ? -1 : setconn(name);
}
"""


class OtherLibmilter(Daemon):
    def command(self):
        source, shim = self.directory.name + "/shim.c", self.directory.name + "/shim.so"
        with open(source, "w", encoding="ascii") as file:
            file.write(TAKES_NO_DESCRIPTOR)
        subprocess.run(["cc", "-shared", "-fPIC", "-o", shim, source], check=True)
        options = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        return ["env", "LD_PRELOAD=" + shim, "ASAN_OPTIONS=" + options, *super().command()]


@case
def listens_where_libmilter_takes_no_descriptor():
    for where in None, "inet:%d@127.0.0.1" % free_port():
        with OtherLibmilter('set socket-mode "0640" ' + HEADER, where) as daemon:
            name = "a libmilter that takes no descriptor, " + daemon.where.partition(":")[0]
            if where is None:
                same(stat.S_IMODE(os.stat(daemon.where.partition(":")[2]).st_mode), 0o640, name + ": the mode")
            mta = open_message(daemon)
            daemon.signal(signal.SIGTERM)
            wait_until(lambda d=daemon: d.lines("stopping"))
            check(is_refused(daemon.where), name + ": who comes during a stop is refused")
            same(mta.eom(), "continue", name + ": an open session is served to its end")
            same(len(mta.edits), 1, name + ": as ever")
            mta.quit()
            same(daemon.wait(), 0, name + ": then it ends")
            check(daemon.lines("stopped: sessions served: 1, cut off: 0$"), name + ": with nobody cut off",
                  daemon.log())


@case
def waits_for_no_acknowledgement():
    with Daemon(HEADER, "inet:%d@127.0.0.1" % free_port()) as daemon, daemon.session() as mta:
        times = []
        for _ in range(20):
            mta.message()
            mta.mail("<a@example.com>")
            mta.rcpt("<b@example.net>")
            began = time.monotonic()
            mta.eom()
            times.append(time.monotonic() - began)
            same(len(mta.edits), 1, "a field is added")
        check(statistics.median(times) < 0.03, "a delayed acknowledgement takes 0.04 s: no answer waits for one",
              times)


@case
def refuses_to_start():
    for policy, where, status, text in [
        ("rule r if nonsense reject", None, os.EX_CONFIG, "postern.conf:3:"),
        ('set user "nobody-has-this-name"', None, os.EX_CONFIG, "nobody-has-this-name"),
        ('set socket-mode "rw"', None, os.EX_CONFIG, "socket-mode"),
        ('set socket-group "no-group-has-this-name"', None, os.EX_CONFIG, "socket-group: "),
        ('set group "no-group-has-this-name"', None, os.EX_CONFIG, "no-group-has-this-name"),
        ("", "inet:0@127.0.0.1", os.EX_CONFIG, "port"),
        ("", "inet:smtp@127.0.0.1", os.EX_CONFIG, "port"),
        ("", "unix:relative", os.EX_CONFIG, "/"),
        ("", "unix:/nonexistent/directory/socket", os.EX_UNAVAILABLE, "/nonexistent/directory/socket"),
        ("", "unix:/" + "x" * 200, os.EX_CONFIG, "107 at most"),
        ("", "pigeon:1", os.EX_CONFIG, "pigeon"),
    ]:
        with Daemon(policy, where, expect_start=False) as daemon:
            got = daemon.wait()
            check(got == status and text in daemon.log(),
                  "no start: %s" % (where or policy)[:40], (got, daemon.log()))
    for words in ["serve", "-x"], ["serve", "word"], []:
        got = subprocess.run([POSTERN, *words], capture_output=True, timeout=20, check=False)
        check(got.returncode == os.EX_USAGE and b"usage: postern" in got.stderr, "usage: %s" % words, got)


@case
def serves_many_at_once():
    with Daemon(HEADER) as daemon:
        sessions = [daemon.session() for _ in range(200)]
        for number, mta in enumerate(sessions):
            mta.mail("<a%d@example.com>" % number)
        for mta in sessions:
            mta.rcpt("<b@example.net>")
        answers = [mta.eom() for mta in sessions]
        same(answers, ["continue"] * 200, "200 sessions at once")
        same([len(mta.edits) for mta in sessions], [1] * 200, "each gets its change")
        for mta in sessions:
            mta.quit()
        same(daemon.stop(), 0, "all end")
        check(daemon.lines("sessions served: 200, cut off: 0$"), "all are counted", daemon.log())


TOO_MANY = "451 4.3.2 too many sessions are open just now; please try again later"


def comes_in(daemon):
    with daemon.session() as mta:
        return mta.message() == "continue"


@case_of("libmilter")
def tells_sessions_beyond_the_most_to_come_later():
    for when in "", "set earliest-verdict connect rule c if client.name == \"x\" reject ":
        with Daemon("set max-sessions 2 " + when + HEADER) as daemon:
            inside = [daemon.session() for _ in range(2)]
            with daemon.mta() as beyond:
                beyond.negotiate()
                same(beyond.connect(), TOO_MANY, "one more is told so at once")
                same(beyond.helo(), TOO_MANY, "and at HELO")
                same(beyond.mail("<a@example.com>"), TOO_MANY, "at MAIL")
                same(beyond.mail("<a@example.com>"), TOO_MANY, "at each MAIL")
            check(len(daemon.lines("warning: max-sessions is reached: more are told to come later$")) == 1,
                  "the log says it", daemon.log())
            same([mta.message() for mta in inside], ["continue"] * 2, "those inside are served")
            same(len(inside[0].edits), 1, "as ever")
            inside.pop().quit()
            check(wait_until(lambda d=daemon: comes_in(d)), "when one has gone another comes in", daemon.log())


@case_of("libmilter")
def tells_them_so_however_little_is_negotiated():
    with Daemon("set max-sessions 1") as daemon, daemon.session(), daemon.mta() as beyond:
        beyond.negotiate(actions=0, steps=0)
        same(beyond.connect(), TOO_MANY, "an MTA that offers nothing")
    with Daemon("set max-sessions 1") as daemon, daemon.session(), daemon.mta() as beyond:
        beyond.negotiate(version=2, actions=0x3f, steps=0x7f)
        same(beyond.connect(), TOO_MANY, "version 2 of the protocol")


@case_of("libmilter")
def refuses_nobody_in_mode_audit():
    with Daemon("set max-sessions 1 " + HEADER, mode="audit") as daemon, daemon.session():
        with daemon.session() as beyond:
            same(beyond.message(), "continue", "mode audit: a session beyond the most goes on")
        check(daemon.lines("max-sessions is reached: more would be told to come later"), "and the log says it",
              daemon.log())


@case_of("libmilter")
def leaves_descriptors_for_those_beyond():
    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 128))

    with Daemon(HEADER, before=limit) as daemon:
        check(daemon.lines("warning: max-sessions is 4096, but 128 descriptors are enough for 32 sessions$"),
              "how many sessions the descriptors are enough for is in the log", daemon.log())
        check(daemon.lines("for up to 32 sessions"), "as is the bound", daemon.log())
        inside = [daemon.session() for _ in range(32)]
        beyond = [daemon.mta().negotiate() for _ in range(20)]
        same([mta.connect() for mta in beyond], [TOO_MANY] * 20, "who comes then is told to come later")
        before = daemon.cpu_seconds()
        time.sleep(1)
        check(daemon.cpu_seconds() - before < 0.5, "it doesn't spin", daemon.cpu_seconds() - before)
        same([mta.message() for mta in inside], ["continue"] * 32, "those inside are served")
    with Daemon("set max-sessions 7") as daemon:
        check(daemon.lines("for up to 7 sessions") and not daemon.lines("descriptors"),
              "else max-sessions is the bound", daemon.log())


@case_of("native")
def lets_sessions_beyond_the_most_wait():
    with Daemon("set max-sessions 2 " + HEADER) as daemon:
        inside = [daemon.session() for _ in range(2)]
        waiting = [daemon.mta(timeout=20) for _ in range(5)]
        before = daemon.cpu_seconds()
        time.sleep(1)
        check(daemon.cpu_seconds() - before < 0.5, "it doesn't spin", daemon.cpu_seconds() - before)
        check(len(daemon.lines("warning: max-sessions is reached: 2; more of them wait$")) == 1, "the log says it",
              daemon.log())
        waiting[0].send(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF))
        same(select.select([waiting[0].socket], [], [], 1)[0], [], "one that waits hears nothing")
        waiting.pop(0).close()
        same([mta.message() for mta in inside], ["continue"] * 2, "those inside are served")
        inside.pop().quit()
        for mta in waiting:
            same(mta.begin().message(), "continue", "one that waited comes in when another has gone")
            mta.quit()


@case_of("native")
def keeps_descriptors_for_itself():
    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 128))

    with Daemon(HEADER, before=limit) as daemon:
        check(daemon.lines("warning: max-sessions is 4096, but 128 descriptors are enough for 64 sessions$"),
              "how many sessions the descriptors are enough for is in the log", daemon.log())
        inside = [daemon.session() for _ in range(64)]
        with daemon.mta() as beyond:
            beyond.send(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF))
            check(beyond.is_silent(1), "one more waits")
        same([mta.message() for mta in inside], ["continue"] * 64, "those inside are served")


@case
def has_one_policy_a_process():
    with Daemon("list unused = { 192.0.2.7 }\n" + HEADER) as daemon:
        check(daemon.lines("warning: .*postern.conf:3.*unused"), "warnings of check are in the log", daemon.log())
        check(daemon.lines(r"version [0-9.]+, policy .*postern.conf, hash [0-9a-f]{16}: 1 rules, mode enforce, "
                           r"engine \w+; on unix:"),
              "what runs is in the log", daemon.log())
