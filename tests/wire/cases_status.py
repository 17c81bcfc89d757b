"""What is counted, as `postern status` and HTTP tell it: figures are those of what was sent and of the log, whoever
asks, and however he asks."""

import collections
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time

from harness import POSTERN, Daemon, case, check, free_port, same, skip, wait_until

# Debian's, whichever python3 comes first.
sys.path.append("/usr/lib/python3/dist-packages")
try:
    from prometheus_client.parser import text_string_to_metric_families
except ImportError:
    text_string_to_metric_families = None

POLICY = r'''
set log-accept yes
set max-recipients 3
table owners = "inline:{{alice@example.com = alice}, {bob@example.com = bob}}"
table broken = "fail:away"
rule off-at-rcpt     if rcpt.local == "no"  reject 550 5.1.1 "no"
rule watched         if rcpt.local == "watched"  reject
audit watched
rule owned           if "alice" in owners[sender]  log "{sender}"
rule asks-the-broken if sender.local == "broken" and sender in broken  tempfail
rule by-subject      if any header["Subject"] == "later"  tempfail 451 4.7.1 "later"
rule drop            if any header["Subject"] == "drop"  discard "dropped"
rule to-7bit         if any header["Subject"] == "eight"  downgrade 8bit
rule let-through     if any header["Subject"] == "in"  accept
rule never-true      if sender.local == "nobody-has-this"  reject
'''


def status(daemon, *options, expect=0):
    done = subprocess.run([POSTERN, "status", *options, "-c", daemon.policy], capture_output=True, text=True,
                          timeout=30, check=False)
    same(done.returncode, expect, "status %s exits %d" % (" ".join(options), expect))
    return done.stderr if expect else done.stdout


def read(text):
    """{(name, labels): value}, by a reader that others wrote."""
    samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = sample.name, tuple(sorted(sample.labels.items()))
            assert key not in samples, key
            samples[key] = sample.value
    return samples


class Watched(Daemon):
    """A daemon that can be asked."""

    def __init__(self, policy, where="", **options):
        self.port = free_port()
        self.at = where or "unix:/tmp/postern-status-%d-%d" % (os.getpid(), self.port)
        super().__init__('set status-socket "%s"\n%s' % (self.at, policy), **options)

    def __exit__(self, *unused):
        super().__exit__()
        for path in self.path(), self.path() + ".lock":
            if os.path.exists(path):
                os.unlink(path)

    def path(self):
        return self.at.partition(":")[2]

    def connect(self):
        kind, _, place = self.at.partition(":")
        port, _, host = place.partition("@")
        one = socket.socket(socket.AF_UNIX if kind == "unix" else socket.AF_INET)
        one.settimeout(20)
        one.connect(place if kind == "unix" else (host, int(port)))
        return one

    def say(self, octets):
        """All that is answered until the connection ends."""
        with self.connect() as one:
            one.sendall(octets)
            return hear(one)

    def samples(self):
        return read(status(self))

    def value(self, name, **labels):
        return self.samples().get((name, tuple(sorted(labels.items()))), 0)


def hear(one):
    said = b""
    try:
        while more := one.recv(65536):
            said += more
    except ConnectionError:
        pass
    return said


def send_one(mta, subject="x", rcpt="<a@example.org>", sender="<alice@example.com>", body=b"x\r\n"):
    mta.mail(sender)
    mta.rcpt(rcpt)
    mta.data(i="ID")
    mta.header("Subject", subject)
    mta.header("From", "alice@example.com")
    if mta.eoh() == "continue":
        mta.body(body)
        mta.eom()


def send_all(daemon):
    with daemon.session() as mta:
        for _ in range(5):
            send_one(mta)
        for _ in range(3):
            send_one(mta, "later")
        for _ in range(2):
            send_one(mta, "drop")
        send_one(mta, "in")
        send_one(mta, "eight", body="ü\r\n".encode())
        send_one(mta, sender="<carol@example.com>")
        mta.mail("<broken@example.com>")
        for rcpt in "no", "no", "watched", "x":
            mta.rcpt("<%s@example.org>" % rcpt)
        mta.abort()
        mta.mail("<bob@example.com>")
        for number in range(5):
            mta.rcpt("<%d@example.org>" % number)
        mta.quit()


def verdicts_of_log(daemon):
    """{(rule, stage, verdict, withheld): count}, from the log alone."""
    stages = {"RCPT": "rcpt", "END-OF-HEADER": "header", "END-OF-MESSAGE": "body", "DATA": "data", "MAIL": "mail"}
    found = collections.Counter()
    for line in daemon.log().splitlines():
        head = re.search(r": (audit-)?(accept|reject|tempfail|discard): ([A-Z-]+) from .*; rule=([^ ]+)", line)
        if head:
            found[head[4], stages[head[3]], head[2], bool(head[1])] += 1
    return found


def verdicts_of_status(samples):
    found = collections.Counter()
    for (name, labels), value in samples.items():
        if name in ("postern_verdicts_total", "postern_audit_verdicts_total"):
            of = dict(labels)
            found[of["rule"], of["stage"], of["verdict"], "audit" in name] = value
    return found


@case
def counts_what_was_sent():
    if text_string_to_metric_families is None:
        skip("figures of status: python3-prometheus-client isn't installed")
        return
    with Watched(POLICY) as daemon:
        began = time.time()
        send_all(daemon)
        wait_until(lambda: daemon.value("postern_sessions") == 0)
        text = status(daemon)
        samples = read(text)
        log = verdicts_of_log(daemon)
        same(verdicts_of_status(samples), log, "verdicts are those of the log")
        same({key: log[key] for key in log if key[0] in ("by-subject", "drop", "off-at-rcpt", "watched")},
             {("by-subject", "header", "tempfail", False): 3, ("drop", "header", "discard", False): 2,
              ("off-at-rcpt", "rcpt", "reject", False): 2, ("watched", "rcpt", "reject", True): 1},
             "which are those of what was sent")

        def value(name, **labels):
            return samples.get(("postern_" + name, tuple(sorted(labels.items()))), 0)

        for name, labels, wanted in [
                ("sessions_started_total", {}, 1), ("sessions", {}, 0), ("transactions_total", {}, 15),
                ("messages_total", {}, 13), ("conversions_total", {"kind": "8bit"}, 1),
                ("bounds_reached_total", {"bound": "max-recipients"}, 2),
                ("rule_evaluations_total", {"rule": "by-subject", "outcome": "true"}, 3),
                ("rule_evaluations_total", {"rule": "owned", "outcome": "true"}, 12),
                ("rule_evaluations_total", {"rule": "asks-the-broken", "outcome": "error"}, 2),
                ("rule_evaluations_total", {"rule": "never-true", "outcome": "true"}, 0),
                ("lookups_total", {"table": "owners", "outcome": "found"}, 13),
                ("lookups_total", {"table": "broken", "outcome": "could-not-ask"}, 2),
                ("lookup_duration_seconds_count", {"table": "broken"}, 2),
                ("stage_duration_seconds_count", {"stage": "mail"}, 15),
                ("stage_duration_seconds_count", {"stage": "header"}, 13),
                ("rules", {}, 9), ("mode", {"mode": "enforce"}, 1)]:
            same(value(name, **labels), wanted, "postern_%s%s" % (name, labels or ""))
        fired = value("rule_last_fired_timestamp_seconds", rule="by-subject")
        check(began - 1 <= fired <= time.time(), "when a rule fired last", fired)
        same([key for key, seen in samples.items() if seen == 0 and "bucket" not in key[0]], [],
             "nothing that is zero is told")
        check(not re.search("example|alice|192[.]0", text), "no address and no login", text)
        check_table(status(daemon, "--rules"))


def check_table(text):
    rows = {words[0]: words for words in map(str.split, text.splitlines()) if len(words) > 4}
    same(rows["by-subject"][1:4], ["3", "10", "0"], "the table of rules: one that fired")
    same(rows["never-true"][1:5], ["0", rows["never-true"][2], "0", "never"], "and one that never did")
    same(text.partition("never true since then: ")[2].split(), ["2", "of", "9", "asks-the-broken", "never-true"],
         "those that were never true, by name")
    check(re.match(r"version [0-9.]+, policy .*, hash [0-9a-f]{16}: 9 rules, mode enforce, engine (libmilter|native)\n"
                   r"counted since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n", text), "and who runs what", text)


@case
def counts_open_sessions():
    with Watched("") as daemon:
        sessions = [daemon.session() for _ in range(3)]
        same(daemon.value("postern_sessions"), 3, "three sessions are open")
        sessions.pop().quit()
        check(wait_until(lambda: daemon.value("postern_sessions") == 2), "one has gone")
        for mta in sessions:
            mta.close()
        check(wait_until(lambda: daemon.value("postern_sessions") == 0), "and so have all, without a word")


def rewrite(daemon, before, after):
    with open(daemon.policy, encoding="utf-8") as file:
        text = file.read()
    with open(daemon.policy, "w", encoding="utf-8") as file:
        file.write(text.replace(before, after))
    daemon.signal(signal.SIGHUP)


@case
def counts_outlive_reloads_and_deaths():
    with Watched('rule r if rcpt.local == "no" reject') as daemon:
        def of_rule(samples):
            return samples.get(("postern_verdicts_total", (("rule", "r"), ("stage", "rcpt"), ("verdict", "reject"))))

        def refuse():
            with daemon.session() as mta:
                mta.mail("<a@example.com>")
                mta.rcpt("<no@example.org>")
                mta.quit()

        def policy():
            return [labels for name, labels in daemon.samples() if name == "postern_build_info"]

        first = policy()
        refuse()
        stays = daemon.session()
        rewrite(daemon, "rule r", "rule other if sender.null accept\nrule r")
        check(wait_until(lambda: daemon.lines("reloaded: ")), "a reload", daemon.log())
        check(wait_until(lambda: policy() != first), "status tells of the new policy", policy())
        refuse()
        same(of_rule(daemon.samples()), 2, "a rule that stayed goes on with its count")
        same(daemon.value("postern_sessions"), 1, "a session that was left to the generation before is counted")
        same(daemon.value("postern_reloads_total", result="success"), 1, "the reload is counted")
        second = policy()
        rewrite(daemon, "rule r if", "rule r if nonsense or")
        check(wait_until(lambda: daemon.lines("not reloaded: ")), "a reload of a policy with an error", daemon.log())
        check(wait_until(lambda: daemon.value("postern_reloads_total", result="failure") == 1), "is counted")
        same(policy(), second, "the policy of before serves")
        table = status(daemon, "--rules")
        check(re.search(r"(?m)^NOT RELOADED at [0-9: -]+, .*postern\.conf:\d+:\d+: .*nonsense", table),
              "the table of rules says why", table)
        os.kill(daemon.server(), signal.SIGKILL)
        check(wait_until(lambda: daemon.lines(r"generation \d+ serves$")) and
              "NOT RELOADED" in status(daemon, "--rules"), "so does one in its place, under the policy of before",
              status(daemon, "--rules"))
        rewrite(daemon, "nonsense or", "")
        check(wait_until(lambda: "NOT RELOADED" not in status(daemon, "--rules")), "until a policy is taken")
        also = daemon.session()
        os.kill(daemon.server(), signal.SIGKILL)
        check(wait_until(lambda: len(daemon.lines(r"generation \d+ serves$")) == 2), "one that was killed is replaced",
              daemon.log())
        check(wait_until(lambda: daemon.value("postern_sessions") == 1), "its session is taken off")
        same(daemon.value("postern_generations_total", end="killed"), 2, "its end is counted")
        same(of_rule(daemon.samples()), 2, "its counts stay")
        stays.quit()
        check(wait_until(lambda: daemon.value("postern_generations_total", end="drained") >= 1),
              "the first generation ends with its last session")
        also.close()


@case
def tells_of_an_error_that_a_death_brings_to_light():
    with Watched("") as daemon:
        with open(daemon.policy, "a", encoding="utf-8") as file:
            file.write("rule r if nonsense reject\n")
        taken = daemon.value("postern_last_reload_success_timestamp_seconds")
        os.kill(daemon.server(), signal.SIGKILL)
        check(wait_until(lambda: daemon.lines(r"generation \d+ serves$")) and
              daemon.lines("it is served as it was before"), "the policy of before stands in", daemon.log())
        table = status(daemon, "--rules")
        check(re.search(r"(?m)^NOT RELOADED at \d[0-9: -]+, .*postern\.conf:\d+:\d+: .*nonsense", table),
              "the table of rules says why", table)
        same(daemon.value("postern_last_reload_success_timestamp_seconds"), taken, "no policy was taken")
        same(daemon.value("postern_reloads_total", result="failure"), 0, "nor was it a reload")


@case
def answers_while_generations_come_and_go():
    with Watched("") as daemon:
        def asks():
            return daemon.say(b"GET /metrics HTTP/1.0\r\n\r\n").partition(b"\r\n")[0]

        said = collections.Counter()
        for number in range(1, 6):
            daemon.signal(signal.SIGHUP)
            while len(daemon.lines("reloaded: ")) < number and daemon.is_alive():
                said[asks()] += 1
        same(list(said), [b"HTTP/1.1 200 OK"], "over 5 reloads each question is answered: %d" % sum(said.values()))
        with daemon.connect() as slow:
            slow.sendall(b"GET /metrics ")
            same(asks(), b"HTTP/1.1 200 OK", "others are answered meanwhile")
            daemon.signal(signal.SIGHUP)
            wait_until(lambda: len(daemon.lines("reloaded: ")) == 6)
            slow.sendall(b"HTTP/1.0\r\n\r\n")
            same(hear(slow).partition(b"\r\n")[0], b"HTTP/1.1 200 OK", "so is who began to ask before a reload")
        os.kill(daemon.server(), signal.SIGKILL)
        same(asks(), b"HTTP/1.1 200 OK", "and one that comes when a generation has died waits for the next")


@case
def tells_policies_apart():
    def told(daemon):
        info = [dict(labels) for name, labels in daemon.samples() if name == "postern_build_info"][0]
        line = daemon.lines("postern: version ")[0]
        check("hash %s: " % info["policy"] in line and "engine %s;" % info["engine"] in line,
              "status and log agree on the hash and the engine", (info, line))
        return info["policy"]

    with Watched("") as one, Watched("# more") as other:
        check(told(one) != told(other), "another policy has another hash")


@case
def answers_any_http_client():
    answer = rb"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n" \
             rb"Content-Length: (\d+)\r\nConnection: close\r\n\r\n(.*)"
    for where in "", "inet:%d@127.0.0.1" % free_port():
        with Watched("", where) as daemon:
            name = daemon.at.partition(":")[0] + ": "
            if not where:
                at, beside = os.stat(daemon.path()), os.stat(daemon.where.partition(":")[2])
                same((stat.S_IMODE(at.st_mode), at.st_gid), (0o660, beside.st_gid), name + "the mode of the socket, and "
                     "the group of the milter's")
            for request in (b"GET /metrics HTTP/1.0\r\n\r\n", b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
                            b"GET /metrics?x=y HTTP/1.1\nHost: x\n\n"):
                said = re.fullmatch(answer, daemon.say(request), re.DOTALL)
                check(said and len(said[2]) == int(said[1]) and b"postern_build_info{" in said[2],
                      name + "answers %r" % request[:30], said)
            head = daemon.say(b"HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            check(head.startswith(b"HTTP/1.1 200 OK\r\n") and head.endswith(b"\r\n\r\n"), name + "HEAD", head)
            same(status(daemon).partition("{")[0].split()[-1], "postern_build_info", name + "postern status")
            same(daemon.stop(), 0, name + "it stops")
            check(not os.path.exists(daemon.path()), name + "and takes its socket away")
            check("is the milter running?" in status(daemon, expect=os.EX_UNAVAILABLE), name + "then status says so")


@case
def refuses_other_requests():
    with Watched("") as daemon:
        for request, code in [
                (b"GET / HTTP/1.1\r\n\r\n", 404), (b"GET /metricsx HTTP/1.1\r\n\r\n", 404),
                (b"POST /metrics HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", 405), (b"get /metrics HTTP/1.1\r\n\r\n", 405),
                (b"GET /metrics HTTP/2.0\r\n\r\n", 505), (b"GET /metrics\r\n\r\n", 400), (b"\r\n\r\n", 400),
                (b"GET  \r\n\r\n", 400), (b"GET metrics HTTP/1.1\r\n\r\n", 400), (b"\x16\x03\x01\0\n\n", 400),
                (b"GET /metrics HTTP/1.1 x\r\n\r\n", 400), (b"GET /\0 HTTP/1.1\r\n\r\n", 404),
                (b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 8192, 431), (b"x" * 8192, 431)]:
            said = daemon.say(request)
            check(said.startswith(b"HTTP/1.1 %d " % code), "%r gets %d" % (request[:24], code), said[:80])
        check(daemon.is_alive() and "postern_build_info" in status(daemon), "others are answered as ever")


def begin(daemon, octets):
    """One that says this, and reads nothing as yet."""
    one = daemon.connect()
    try:
        one.sendall(octets)
    except BrokenPipeError:
        pass
    return one


@case
def is_held_up_by_nobody():
    """The text has more than goes into the buffers of a socket."""
    many = "".join('rule r%d if sender.domain == "d%d.example" reject\n' % (i, i) for i in range(8000))
    with Watched(many, mode="audit") as daemon:
        with daemon.session() as mta:
            same(mta.message(), "continue", "a message that 8,000 rules look at")
        sampled = sum(value for (name, _), value in daemon.samples().items() if name == "postern_rule_samples_total")
        check(2 <= sampled <= 32, "of some of them the time was taken", sampled)
        began = time.monotonic()
        whole = len(status(daemon))
        check(whole > 400000, "a long answer", whole)
        silent = [daemon.connect() for _ in range(100)]
        same(len(status(daemon)), whole, "100 that say nothing hold nobody up")
        slow = [begin(daemon, b"GET /metrics HTTP/1.1\r\n") for _ in range(50)]
        same(len(status(daemon)), whole, "nor do 50 that don't go on")
        deaf = [begin(daemon, b"GET /metrics HTTP/1.1\r\n\r\n") for _ in range(20)]
        same(len(status(daemon)), whole, "nor do 20 that don't listen")
        with daemon.session() as mta:
            same(mta.message(), "continue", "mail goes on")
        check(time.monotonic() - began < 30, "all of it at once", time.monotonic() - began)
        late = begin(daemon, b"GET /metrics HTTP/1.1\r\n\r\n")
        time.sleep(1)
        check(len(hear(late)) > whole, "who listens late has all of his answer")
        gone = [len(hear(one)) for one in slow]
        same(gone, [0] * 50, "those who didn't go on are given up")
        for one in silent + deaf:
            one.close()
        check(wait_until(lambda: daemon.descriptors() < 60), "no descriptor is left behind", daemon.descriptors())
        before = daemon.cpu_seconds()
        time.sleep(1)
        check(daemon.cpu_seconds() - before < 0.3, "it doesn't spin", daemon.cpu_seconds() - before)


@case
def says_where_nobody_answers():
    with Daemon("") as daemon:
        check("sets no status-socket" in status(daemon, expect=os.EX_UNAVAILABLE), "a policy without status-socket")
    with Watched("") as daemon:
        daemon.stop()
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(daemon.path())
            other.listen()
            began = time.monotonic()
            check("in time" in status(daemon, expect=os.EX_UNAVAILABLE), "somebody else who says nothing")
            check(time.monotonic() - began < 20, "after some seconds", time.monotonic() - began)
