"""What clients who rest may take: of 800 sessions with the engine native, each behind one message that was accepted,
each adds at most 2.5 KB to the resident memory of the process. Asked of an optimized program: a sanitizer keeps what
was given back."""

import resource
import sys

import harness
from harness import check, same

WARM, SESSIONS, MOST_KB = 100, 800, 2.5
POLICY = 'rule bulk\n    if any header["X-Mailer"] == "Bulk" and helo == "bulk.example"\n    reject 550 5.7.1 "no bulk"\n'
HEADER = [("From", "alice@example.com"), ("To", "bob@example.net"), ("Subject", "lunch")]


def memory(daemon):
    with open("/proc/%d/status" % daemon.server(), encoding="ascii") as file:
        fields = dict(line.split(":", 1) for line in file)
    return int(fields["VmRSS"].split()[0])


def rest(daemon, answers):
    mta = daemon.session()
    answers.append(mta.message(header=HEADER, body=b"At one?\r\n" * 400))
    return mta


resource.setrlimit(resource.RLIMIT_NOFILE, (2048, max(2048, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
with harness.Daemon(POLICY, engine="native") as daemon:
    answers = []
    resting = [rest(daemon, answers) for _ in range(WARM)]
    before = memory(daemon)
    resting += [rest(daemon, answers) for _ in range(SESSIONS)]
    each = (memory(daemon) - before) / SESSIONS
    same(set(answers), {"continue"}, "%d messages are accepted" % len(answers))
    check(each <= MOST_KB, "a session that rests takes %.2f KB: %.1f KB at most" % (each, MOST_KB), each)
    same({mta.message(header=HEADER) for mta in resting[::100]}, {"continue"}, "and goes on when it is spoken to")
print("1..%d" % harness.results["run"])
sys.exit(harness.results["failed"] > 0)
