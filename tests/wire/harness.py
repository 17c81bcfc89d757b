"""A daemon to talk to, and results in the Test Anything Protocol."""

import os
import random
import re
import signal
import socket
import subprocess
import tempfile
import time
import traceback

from fakemta import Mta

POSTERN = os.environ["POSTERN"]
ENGINE = os.environ.get("POSTERN_ENGINE", "libmilter")
NATIVE = ENGINE == "native"
cases = []
results = {"run": 0, "failed": 0}


def case(function):
    cases.append(function)
    return function


def case_of(engine):
    """Of this engine alone."""
    return case if engine == ENGINE else lambda function: function


def check(ok, text, seen=None):
    results["run"] += 1
    results["failed"] += not ok
    print("%sok %d - %s" % ("" if ok else "not ", results["run"], text), flush=True)
    if not ok and seen is not None:
        print("# seen: %r" % (seen,), flush=True)


def skip(text):
    results["run"] += 1
    print("ok %d # SKIP %s" % (results["run"], text), flush=True)


def same(seen, expected, text):
    check(seen == expected, text, seen)


def run_all():
    for function in cases:
        try:
            function()
        except Exception:
            check(False, "%s goes through" % function.__name__)
            print(re.sub("(?m)^", "# ", traceback.format_exc()), flush=True)
    print("1..%d" % results["run"])
    return results["failed"] > 0


given_ports = set()


def free_port(family=socket.AF_INET):
    """One that nobody listens on, below those that the system gives to clients, and never the same twice."""
    while True:
        port = random.SystemRandom().randrange(10240, 32000)
        with socket.socket(family) as probe:
            try:
                probe.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", port))
            except OSError:
                continue
        if port not in given_ports:
            given_ports.add(port)
            return port


def wait_until(condition, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return condition()


def children_of(pid):
    """Processes that it has started, the youngest last."""
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def kill_all(process):
    """The supervisor first, which would replace the others."""
    generations = children_of(process.pid)
    process.kill()
    status = process.wait()
    for pid in generations:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return status


def user_to_serve(policy=""):
    """Root has to name one, unless the policy does."""
    return "" if os.geteuid() != 0 or re.search(r"(?m)^ *set user", policy) else 'set user "nobody" '


class Daemon:
    """`postern serve -f` under this policy, in a directory of its own, with the engine of POSTERN_ENGINE: a
    supervisor, which is the process, and its generations."""

    def __init__(self, policy, where=None, before=None, expect_start=True, mode="enforce", engine=ENGINE):
        self.directory = tempfile.TemporaryDirectory(prefix="postern-wire-")
        os.chmod(self.directory.name, 0o755)
        self.where = where or "unix:%s/socket" % self.directory.name
        self.policy = os.path.join(self.directory.name, "postern.conf")
        with open(self.policy, "w", encoding="utf-8") as file:
            file.write(self.head(mode, engine, policy) + policy + "\n")
        self.log_name = os.path.join(self.directory.name, "log")
        with open(self.log_name, "wb") as log:
            self.process = subprocess.Popen(self.command(), stderr=log, stdout=log, stdin=subprocess.DEVNULL,
                                            preexec_fn=before)
        self.status = None
        if expect_start and not (wait_until(self.is_ready, 20) and self.is_alive()):
            raise RuntimeError("the daemon didn't start: " + self.log())

    def head(self, mode, engine, policy):
        sandbox = "set sandbox no " if os.environ.get("POSTERN_SANDBOX") == "no" else ""
        return 'set socket "%s"\n%s%sset mode %s set engine %s\n' % (self.where, user_to_serve(policy), sandbox, mode,
                                                                    engine)

    def command(self):
        return [POSTERN, "serve", "-f", "-c", self.policy]

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self.status is None:
            self.status = kill_all(self.process)
        self.directory.cleanup()

    def is_ready(self):
        return self.process.poll() is not None or bool(self.lines('^((<6>)?postern: |{"level":"info","message":")version '))

    def log(self):
        with open(self.log_name, encoding="utf-8", errors="replace") as file:
            return file.read()

    def lines(self, pattern):
        return [line for line in self.log().splitlines() if re.search(pattern, line)]

    def mta(self, **options):
        return Mta(self.where, **options)

    def session(self, **negotiation):
        return self.mta().begin(**negotiation)

    def signal(self, number):
        os.kill(self.process.pid, number)

    def wait(self, seconds=20):
        self.status = self.process.wait(timeout=seconds)
        return self.status

    def stop(self):
        self.signal(signal.SIGTERM)
        return self.wait()

    def is_alive(self):
        return self.process.poll() is None

    def is_unharmed(self):
        """It is alive, and none of its generations has died, which it would replace."""
        return self.is_alive() and not self.lines("has died|Sanitizer")

    def generations(self):
        """The youngest last."""
        return children_of(self.process.pid)

    def server(self):
        """The process that serves."""
        return self.generations()[-1]

    def descriptors(self):
        return len(os.listdir("/proc/%d/fd" % self.server()))

    def threads(self):
        return len(os.listdir("/proc/%d/task" % self.server()))

    def cpu_seconds(self):
        with open("/proc/%d/stat" % self.server(), encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
