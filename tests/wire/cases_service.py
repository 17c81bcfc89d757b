"""The service: a supervisor that has the socket, and generations that serve, each under a policy as it was read."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import harness
from fakemta import Closed, Mta
from harness import POSTERN, Daemon, case, check, children_of, free_port, same, skip, wait_until


def adds(value):
    return 'rule h add-header "X-A" "%s"' % value


def rewrite(daemon, policy, engine=harness.ENGINE):
    """The policy anew, as an editor leaves it."""
    with open(daemon.policy + ".new", "w", encoding="utf-8") as file:
        file.write(daemon.head("enforce", engine, policy) + policy + "\n")
    os.rename(daemon.policy + ".new", daemon.policy)


def reload(daemon, policy=None, seconds=20):
    """Until the log says how it went; that line."""
    if policy is not None:
        rewrite(daemon, policy)
    before = len(daemon.lines("reloaded: "))
    daemon.signal(signal.SIGHUP)
    wait_until(lambda: len(daemon.lines("reloaded: ")) > before or not daemon.is_alive(), seconds)
    return (daemon.lines("reloaded: ") or [daemon.log()])[-1]


def open_message(daemon):
    mta = daemon.session()
    mta.mail("<a@example.com>")
    mta.rcpt("<b@example.net>")
    return mta


def added(mta):
    """What the end of its message adds."""
    mta.eom()
    return [edit[-1] for edit in mta.edits]


def added_to_one(daemon):
    with open_message(daemon) as mta:
        return added(mta)


@case
def reads_its_policy_again():
    for where in None, "inet:%d@127.0.0.1" % free_port():
        with Daemon(adds("old"), where) as daemon:
            name = daemon.where.partition(":")[0] + ": "
            old = open_message(daemon)
            first = daemon.server()
            said = reload(daemon, adds("new"))
            check("generation 2 serves" in said, name + "the log says who serves now", said)
            check(daemon.server() != first, name + "which is another process")
            same(added_to_one(daemon), ["new"], name + "a new session is under the new policy")
            same(added(old), ["old"], name + "one that was open ends under the policy that it began with")
            same(old.message(), "continue", name + "its next message too")
            check(daemon.generations() == [first, daemon.server()], name + "as long as it is open", daemon.log())
            old.quit()
            check(wait_until(lambda d=daemon: len(d.generations()) == 1), name + "then that generation ends")
            check(daemon.lines("generation 1 ends: sessions served: 1, "), name + "and says so", daemon.log())
            same(daemon.stop(), 0, name + "it stops")


@case
def reads_lists_again():
    with Daemon("") as daemon:
        path = os.path.join(daemon.directory.name, "list")
        policy = 'list l from "%s" rule r if sender in l reject 550 5.7.1 "no"' % path
        for listed, expected in ("a@example.com", "550 5.7.1 no"), ("c@example.com", "continue"):
            with open(path, "w", encoding="ascii") as file:
                file.write(listed + "\n")
            reload(daemon, policy)
            with daemon.session() as mta:
                mta.mail("<a@example.com>")
                same(mta.rcpt("<b@example.net>"), expected, "a list file that says " + listed)


class Callers(threading.Thread):
    """One comes every 10 ms, and wants to be served."""

    def __init__(self, where):
        super().__init__()
        self.where = where
        self.served, self.problems = 0, []
        self.enough = threading.Event()

    def run(self):
        while not self.enough.wait(0.01):
            try:
                with Mta(self.where, timeout=30) as mta:
                    mta.begin()
                    answer = mta.message()
                    mta.quit()
                if answer != "continue":
                    self.problems.append(answer)
                self.served += 1
            except (OSError, Closed) as problem:
                self.problems.append(repr(problem))

    def stop(self):
        self.enough.set()
        self.join()


@case
def refuses_nobody_meanwhile():
    for where in None, "inet:%d@127.0.0.1" % free_port():
        with Daemon(adds("x"), where) as daemon:
            name = daemon.where.partition(":")[0] + ": "
            callers = Callers(daemon.where)
            callers.start()
            for _ in range(10):
                reload(daemon)
            callers.stop()
            same(callers.problems, [], name + "over 10 reloads all are served who come")
            check(callers.served > 20, name + "many", callers.served)
            check(wait_until(lambda d=daemon: len(d.generations()) == 1), name + "and one generation is left",
                  daemon.log())


@case
def keeps_its_policy_where_the_new_one_is_wrong():
    with Daemon(adds("old")) as daemon:
        mta = open_message(daemon)
        first = daemon.server()
        said = reload(daemon, adds("new") + "\nrule r if nonsense reject")
        check(re.search("error: not reloaded: generation 1 goes on; .*/postern.conf:[0-9]+:11: .*nonsense", said),
              "an error is in the log, with its place", said)
        check(daemon.lines("<3>.*postern.conf:[0-9]+:11: "), "as an error", daemon.log())
        same(daemon.generations(), [first], "who served goes on")
        same((added(mta), added_to_one(daemon)), (["old"], ["old"]), "under the old policy")
        reload(daemon, 'table t = "texthash:%s/none" rule r if sender in t reject' % daemon.directory.name)
        check(daemon.lines("not reloaded: .*/none"), "nor is one taken whose table isn't there", daemon.log())
        said = reload(daemon, adds("new"))
        check("generation 4 serves" in said and added_to_one(daemon) == ["new"], "mended it is taken", said)


@case
def says_what_takes_a_restart():
    with Daemon(adds("x")) as daemon:
        path = daemon.where.partition(":")[2]
        user = os.stat("/proc/%d" % daemon.server()).st_uid
        daemon.where = "unix:%s.other" % path
        rewrite(daemon, 'set user "daemon" set group "daemon" set socket-group "daemon" set socket-mode "0600" '
                        'set status-socket "unix:%s.status" %s' % (path, adds("new")))
        daemon.where = "unix:" + path
        reload(daemon)
        check(daemon.lines("warning: changed, which takes effect at a restart: user, group, socket, socket-group, "
                           "status-socket, socket-mode$"), "what counts at a start alone is named", daemon.log())
        same((os.path.exists(path + ".other"), os.path.exists(path + ".status"), added_to_one(daemon)),
             (False, False, ["new"]), "and the rest is taken")
        same(os.stat("/proc/%d" % daemon.server()).st_uid, user, "by the user who served before")


@case
def takes_another_engine():
    with Daemon(adds("old")) as daemon:
        mta = open_message(daemon)
        for engine in ("native", "libmilter") * 2:
            rewrite(daemon, adds(engine), engine)
            reload(daemon)
            same(added_to_one(daemon), [engine], "the engine may be another one, " + engine)
        same(added(mta), ["old"], "while a session goes on with the first")


@case
def takes_several_for_one():
    with Daemon(adds("x")) as daemon:
        for _ in range(20):
            daemon.signal(signal.SIGHUP)
        wait_until(lambda: daemon.lines("reloaded: "))
        time.sleep(1)
        check(wait_until(lambda: len(daemon.generations()) == 1), "one generation is left", daemon.log())
        check(1 <= len(daemon.lines("reloaded: ")) <= 3, "20 signals at once are few reloads", daemon.log())
        same(added_to_one(daemon), ["x"], "and it serves")


@case
def replaces_a_generation_that_dies():
    with Daemon(adds("x")) as daemon:
        mta, idle = open_message(daemon), daemon.session()
        idle.message()
        first = daemon.server()
        os.kill(first, signal.SIGKILL)
        check(mta.is_closed() and idle.is_closed(), "a generation that is killed cuts its sessions off")
        same(added_to_one(daemon), ["x"], "another takes its place")
        check(daemon.lines("error: generation 1, process %d, has died: signal 9 .*; sessions cut off: 2, served before: 0$" % first),
              "the log says so, and how it died", daemon.log())
        check(daemon.lines("within a message of client.example.192.0.2.7. at RCPT"), "whose message was cut off",
              daemon.log())
        check(daemon.lines("had a session of client.example.192.0.2.7. at END-OF-MESSAGE"), "and whose session", daemon.log())
        began = time.monotonic()
        for _ in range(5):
            os.kill(daemon.server(), signal.SIGKILL)
            same(added_to_one(daemon), ["x"], "one that has served is replaced at once")
        check(time.monotonic() - began < 10, "each time", time.monotonic() - began)


@case
def replaces_it_though_the_policy_is_wrong_by_now():
    with Daemon("") as daemon:
        with open(daemon.directory.name + "/names", "w", encoding="ascii") as file:
            file.write("a@example.com\n")
        reload(daemon, 'list l from "names" rule x if sender in l reject 550 5.7.1 "no" ' + adds("old"))
        said = reload(daemon, adds("new") + "\nrule r if nonsense reject")
        check("not reloaded" in said, "a reload tells of an error", said)
        for _ in range(3):
            os.kill(daemon.server(), signal.SIGKILL)
            with daemon.session() as mta:
                mta.mail("<a@example.com>")
                same(mta.rcpt("<b@example.net>"), "550 5.7.1 no", "one that dies is replaced under the policy before")
        check(daemon.lines("error: since .*postern.conf has an error, it is served as it was before"),
              "and the log says so", daemon.log())
        reload(daemon, adds("mended"))
        same(added_to_one(daemon), ["mended"], "mended it is taken")


@case
def waits_longer_for_each_that_only_dies():
    with Daemon(adds("x")) as daemon:
        def seconds_to_replace():
            number = len(daemon.lines("version "))
            began = time.monotonic()
            os.kill(daemon.server(), signal.SIGKILL)
            wait_until(lambda: len(daemon.lines("version ")) > number and daemon.generations(), 20)
            return time.monotonic() - began

        times = [seconds_to_replace() for _ in range(6)]
        check(times[-1] >= 1.6, "one that dies without having served is replaced later each time", times)
        same(added_to_one(daemon), ["x"], "and who comes meanwhile is served")
        after = seconds_to_replace()
        check(after < 3, "then one that has served is replaced at once again", (times, after))


@case
def outlives_its_supervisor():
    for where in None, "inet:%d@127.0.0.1" % free_port():
        with Daemon(adds("old"), where) as daemon, Daemon("") as next_one:
            name = daemon.where.partition(":")[0] + ": "
            next_one.stop()
            older = open_message(daemon)
            reload(daemon)
            mta = open_message(daemon)
            orphans = daemon.generations()
            daemon.process.kill()
            daemon.status = daemon.process.wait()
            check(wait_until(lambda d=daemon: len(d.lines("error: the supervisor has gone")) == 2),
                  name + "generations see that they have no supervisor any more", daemon.log())
            rewrite(daemon, adds("new"))
            with open(daemon.log_name, "ab") as log:
                next_one.process = subprocess.Popen([POSTERN, "serve", "-f", "-c", daemon.policy], stderr=log)
            next_one.status = None
            check(wait_until(lambda d=daemon: len(d.lines("version ")) == 3) and
                  added_to_one(daemon) == ["new"], name + "another may start at once", daemon.log())
            same((added(older), added(mta)), (["old"], ["old"]), name + "sessions go on to their end")
            older.quit()
            mta.quit()
            check(wait_until(lambda o=orphans: not any(os.path.exists("/proc/%d" % pid) for pid in o)),
                  name + "and the generations leave then", daemon.log())


@case
def lets_at_most_eight_generations_drain():
    with Daemon("set drain-time 1s " + adds("x")) as daemon:
        busy = open_message(daemon)
        idle = [daemon.session() for _ in range(2)]
        most = 0
        for _ in range(8):
            reload(daemon)
            idle.append(daemon.session())
        same(len(daemon.generations()), 9, "one serves, eight let sessions end")
        daemon.signal(signal.SIGHUP)
        check(wait_until(lambda: daemon.lines("a reload waits: ")), "a further reload waits", daemon.log())
        for _ in range(5):
            daemon.signal(signal.SIGHUP)
            time.sleep(0.5)
            most = max(most, len(daemon.generations()))
        same(most, 9, "and no generation comes on top")
        same(added(busy), ["x"], "a message isn't cut off")
        check(wait_until(lambda: "generation 10 serves" in daemon.lines("reloaded: ")[-1]),
              "when it is over the oldest ends", daemon.log())
        check(daemon.lines("generation 1 ends: .*ended between two messages: 3$"), "between two messages",
              daemon.log())
        check(all(mta.is_closed() for mta in idle[:2]), "with its idle sessions")
        same([mta.message() for mta in idle[3:]], ["continue"] * 7, "those of others go on")
        same(len(daemon.lines("a reload waits: ")), 1, "it was logged once")


@case
def idle_sessions_pin_few_generations():
    with Daemon("set drain-time 0s " + adds("x")) as daemon:
        idle, most = [], 0
        for number in range(20):
            idle += [daemon.session() for _ in range(1 + number % 2)]
            before = len(daemon.lines("reloaded: "))
            daemon.signal(signal.SIGHUP)
            while len(daemon.lines("reloaded: ")) == before and daemon.is_alive():
                most = max(most, len(daemon.generations()))
                time.sleep(0.01)
        check(most <= 9, "30 idle sessions over 20 reloads keep eight generations, beside who serves", most)
        same(added_to_one(daemon), ["x"], "and it serves")


def fds_handed(listening):
    """A command before the program: it gets this as a service manager hands it over."""
    return ["sh", "-c", 'exec 3<&%d; LISTEN_PID=$$ LISTEN_FDS=1 exec "$@"' % listening.fileno(), "sh"]


class Handed(Daemon):
    """Behind a socket that somebody else has made."""

    def __init__(self, policy, where, listening):
        self.listening = listening
        os.set_inheritable(listening.fileno(), True)
        super().__init__(policy, where)

    def command(self):
        return [*fds_handed(self.listening), *super().command()]


def start_handed(daemon):
    log = open(daemon.log_name, "ab")
    with log:
        daemon.process = subprocess.Popen(daemon.command(), stderr=log, close_fds=False)
    daemon.status = None


@case
def takes_a_socket_that_is_handed_over():
    for family in socket.AF_UNIX, socket.AF_INET:
        with tempfile.TemporaryDirectory() as directory, socket.socket(family) as listening:
            listening.bind(directory + "/s" if family == socket.AF_UNIX else ("127.0.0.1", 0))
            listening.listen(50)
            path = listening.getsockname()
            where = "unix:" + path if family == socket.AF_UNIX else "inet:%d@127.0.0.1" % path[1]
            with Daemon(adds("x")) as daemon:
                daemon.stop()
                daemon.listening, daemon.where = listening, where
                daemon.command = lambda d=daemon: [*fds_handed(d.listening), POSTERN, "serve", "-f", "-c", d.policy]
                os.set_inheritable(listening.fileno(), True)
                start_handed(daemon)
                name = where.partition(":")[0] + ": "
                same(added_to_one(daemon), ["x"], name + "a socket that is handed over is served")
                check(wait_until(lambda d=daemon, w=where: d.lines("on " + re.escape(w))), name + "and named",
                      daemon.log())
                mta = open_message(daemon)
                daemon.signal(signal.SIGTERM)
                wait_until(lambda d=daemon: len(d.lines("stopping")) == 2)
                waiting = Mta(where, timeout=30)
                same(added(mta), ["x"], name + "at a stop its sessions end")
                mta.quit()
                same(daemon.wait(), 0, name + "and it stops")
                start_handed(daemon)
                same(waiting.begin().message(), "continue", name + "who came in between is served by the next")
                check(family != socket.AF_UNIX or os.path.exists(path), name + "the socket stays")
                waiting.quit()


@case
def takes_no_other_descriptor():
    with Daemon(adds("x")) as daemon, open("/dev/null", "rb") as null, socket.socket(socket.AF_UNIX) as idle:
        daemon.stop()
        for handed in null, idle:
            os.set_inheritable(handed.fileno(), True)
            got = subprocess.run([*fds_handed(handed), POSTERN, "serve", "-f", "-c", daemon.policy], close_fds=False,
                                 capture_output=True, timeout=20, check=False)
            check(got.returncode == os.EX_UNAVAILABLE and b"LISTEN_FDS: " in got.stderr,
                  "what is no socket that listens is not served", got)
        environment = dict(os.environ, LISTEN_PID="1", LISTEN_FDS="1")
        with open(daemon.log_name, "ab") as log:
            daemon.process = subprocess.Popen([POSTERN, "serve", "-f", "-c", daemon.policy], stderr=log, env=environment)
        daemon.status = None
        wait_until(lambda: len(daemon.lines("version ")) == 2)
        same(added_to_one(daemon), ["x"], "what is meant for another process isn't taken")


@case
def is_started_by_systemd_socket_activate():
    program = shutil.which("systemd-socket-activate")
    if program is None:
        skip("systemd-socket-activate: it isn't there")
        return
    with Daemon(adds("x")) as daemon:
        daemon.stop()
        path = daemon.where.partition(":")[2]
        with open(daemon.log_name, "ab") as log:
            daemon.process = subprocess.Popen([program, "-l", path, POSTERN, "serve", "-f", "-c", daemon.policy],
                                              stderr=log)
        daemon.status = None
        wait_until(lambda: os.path.exists(path))
        same(added_to_one(daemon), ["x"], "systemd-socket-activate hands its socket over")
        reload(daemon, adds("new"))
        same(added_to_one(daemon), ["new"], "and a reload goes on with it")


class Manager:
    """Reads what is sent to NOTIFY_SOCKET."""

    def __init__(self, name):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(name.replace("@", "\0"))
        self.socket.settimeout(20)

    def hears(self):
        return self.socket.recv(4096).decode()


@case
def tells_the_service_manager():
    with tempfile.TemporaryDirectory() as directory:
        for name in directory + "/notify", "@postern-test-%d" % os.getpid():
            manager = Manager(name)

            def before(name=name):
                os.environ["NOTIFY_SOCKET"] = name
            kind = "an abstract socket: " if name[0] == "@" else "a path: "
            with Daemon(adds("x"), before=before) as daemon:
                same(manager.hears(), "READY=1", kind + "ready")
                began = time.monotonic()
                daemon.signal(signal.SIGHUP)
                said = re.fullmatch("RELOADING=1\nMONOTONIC_USEC=([0-9]+)", manager.hears())
                check(said and began - 1 < int(said[1]) / 1e6 < time.monotonic(), kind + "reloading", said)
                same(manager.hears(), "READY=1", kind + "ready again")
                rewrite(daemon, "nonsense")
                daemon.signal(signal.SIGHUP)
                check(manager.hears().startswith("RELOADING=1"), kind + "reloading what is wrong")
                same(manager.hears(), "READY=1", kind + "ready, with the old policy")
                same(daemon.stop(), 0, kind + "it stops")
                same(manager.hears(), "STOPPING=1", kind + "and said so")


if __name__ == "__main__":
    sys.exit(harness.run_all())
