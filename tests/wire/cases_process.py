"""The process: its socket, its limits, its end."""

import os
import resource
import signal
import socket
import stat
import statistics
import subprocess
import time

from fakemta import Closed, Mta
from harness import POSTERN, Daemon, case, check, free_port, same, wait_until

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
def stays_at_sighup():
    with Daemon(HEADER) as daemon:
        mta = open_message(daemon)
        daemon.signal(signal.SIGHUP)
        check(wait_until(lambda: daemon.lines("restart")), "SIGHUP is answered in the log", daemon.log())
        same(mta.eom(), "continue", "and cuts nothing off")


@case
def is_killed():
    with Daemon(HEADER) as daemon:
        mta = open_message(daemon)
        daemon.process.kill()
        daemon.wait()
        check(mta.is_closed(), "an MTA sees at once that the daemon was killed")


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
    for words in ["serve", "-x"], ["serve", "word"], ["nonsense"], []:
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


@case
def stays_below_its_limit_of_descriptors():
    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))

    with Daemon(HEADER, before=limit) as daemon:
        check(daemon.lines("for up to 64 sessions"), "the bound is in the log", daemon.log())
        inside = [daemon.session() for _ in range(64)]
        waiting = [daemon.mta(timeout=20) for _ in range(10)]
        before = daemon.cpu_seconds()
        time.sleep(1)
        check(daemon.cpu_seconds() - before < 0.5, "it doesn't spin while the gate is full")
        same(inside[0].message(), "continue", "those inside are served")
        for mta in inside:
            mta.quit()
        same([mta.begin().message() for mta in waiting], ["continue"] * 10, "those that waited come in")


@case
def has_one_policy_a_process():
    with Daemon("list unused = { 192.0.2.7 }\n" + HEADER) as daemon:
        check(daemon.lines("warning: .*postern.conf:3.*unused"), "warnings of check are in the log", daemon.log())
        check(daemon.lines("version [0-9.]+, policy .*postern.conf: 1 rules, mode enforce; on unix:"),
              "what runs is in the log", daemon.log())
