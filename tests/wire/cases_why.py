"""What is remembered of a verdict: `postern why ID` explains what the log says, and the test that it prints, put into
the policy, comes to the same verdict."""

import os
import re
import subprocess
import urllib.request

from cases_status import Watched
from harness import POSTERN, case, check, free_port, same

TABLES = r'''
table owners = "inline:{{alice@example.com = alice}, {bob@example.com = bob}}"
table broken = "fail:away"
'''
POLICY = TABLES + r'''
rule off-at-rcpt     if rcpt.local == "no"  reject 550 5.1.1 "no [{transaction.id}]"
rule watched         if rcpt.local == "watched"  reject
audit watched
rule asks-the-broken if sender.local == "broken" and sender in broken  tempfail 451 4.3.0 "later"
rule by-lookup       if "bob" in owners[sender]  reject 550 5.7.1 "not you"
rule by-subject      if any header["Subject"] == "spam"  reject 554 5.7.1 "spam"
rule by-body         if any part.filename ~ /\.exe$/  reject 554 5.7.1 "programs"
rule drop            if any header["Subject"] == "drop"  discard "dropped"
rule hold            if any header["Subject"] == "hold"  quarantine "held"
'''
PROGRAM = (b"--x\r\nContent-Type: text/plain\r\n\r\nhi\r\n--x\r\n"
           b"Content-Type: application/octet-stream; name=a.exe\r\n\r\nMZ\x00\xff\r\n--x--\r\n")
MIXED = ("Content-Type", "multipart/mixed; boundary=x")


def why(daemon, identity, policy=None, expect=0):
    done = subprocess.run([POSTERN, "why", "-c", policy or daemon.policy, identity], capture_output=True, text=True,
                          timeout=60, check=False)
    check(done.returncode == expect, "why exits %d" % expect, done.stderr)
    return done.stderr if expect else done.stdout


def ids(daemon, rule):
    found = [re.search(r" id=(\w+)", line).group(1) for line in daemon.lines(r"rule=%s\b" % rule)]
    check(found, "the log tells of %s" % rule)
    return found


def plays(daemon, block, text):
    """Pasted into the policy."""
    path = os.path.join(daemon.directory.name, "pasted.conf")
    with open(daemon.policy, encoding="utf-8") as file:
        policy = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(policy + "\n" + block)
    done = subprocess.run([POSTERN, "test", "-c", path], capture_output=True, text=True, timeout=60, check=False)
    check(done.returncode == 0 and re.search("(?m)^ok 1", done.stdout), text, done.stdout + done.stderr + block)


def test_block(said):
    return said[said.index("\ntest \"why "):]


def explains(daemon, rule, expected):
    said = why(daemon, ids(daemon, rule)[0])
    block = test_block(said)
    check(rule in said[:len(said) - len(block)], "%s is explained" % rule, said)
    check(re.search(r"(?m)^    expect %s rule %s$" % (expected, rule), block), "%s: the verdict is expected" % rule, block)
    plays(daemon, block, "%s: the test comes to the same verdict" % rule)
    return said


def send_of_each_kind(daemon):
    with daemon.session() as mta:
        mta.mail("<a@example.com>", "SIZE=100")
        mta.rcpt("<no@example.net>")
        mta.rcpt("<watched@example.net>", "NOTIFY=NEVER")
        mta.abort()
        mta.message(sender="<broken@example.com>")
        mta.abort()
        mta.message(sender="<bob@example.com>")
        mta.abort()
        for subject in "spam", "drop", "hold":
            mta.message(header=[("Subject", subject), ("X-Long", "a\n\tb # c \"d\"")])
        mta.message(header=[("Subject", "x"), MIXED], body=PROGRAM)
        mta.quit()


@case
def each_kind_of_verdict_is_explained_by_its_id():
    with Watched(POLICY) as daemon:
        send_of_each_kind(daemon)
        explains(daemon, "off-at-rcpt", "reject 550 5.1.1")
        explains(daemon, "watched", "audit reject( 550 5.7.1)?")
        said = explains(daemon, "asks-the-broken", "tempfail 451 4.3.0")
        check('table broken broken@example.com error' in said, "the lookup that failed fails in the test", said)
        said = explains(daemon, "by-lookup", "reject 550 5.7.1")
        check('table owners bob@example.com bob' in said, "the lookup is answered by the test", said)
        explains(daemon, "by-subject", "reject 554 5.7.1")
        explains(daemon, "drop", "discard")
        explains(daemon, "hold", "quarantine")
        said = explains(daemon, "by-body", "reject 554 5.7.1")
        check('stand as "?"' in said, "octets that a test can't hold are named", said)
        check(daemon.is_unharmed(), "the milter serves on", daemon.log())


@case
def the_id_of_a_reply_may_have_its_brackets():
    with Watched(POLICY) as daemon:
        with daemon.session() as mta:
            mta.mail("<a@example.com>")
            answer = mta.rcpt("<no@example.net>")
            mta.quit()
        forwarded = re.search(r"\[\w+\]", answer).group()
        check("off-at-rcpt" in why(daemon, forwarded), "the id of a reply is known")


@case
def what_is_unknown_is_said_so():
    with Watched(POLICY) as daemon:
        check("nothing is remembered of 0000000000AA" in why(daemon, "0000000000AA", expect=1), "an unknown id")
        check("nothing is remembered of ../x" in why(daemon, "../x", expect=1), "what is no id")
        path = os.path.join(daemon.directory.name, "silent.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(POLICY)
        check("status-socket" in why(daemon, "0000000000AA", path, expect=78), "the setting is named")


@case
def a_port_tells_nothing_of_mail():
    """Every user of the machine reaches it, and ids can be guessed from one's own."""
    port = free_port()
    with Watched(POLICY, where="inet:%d@127.0.0.1" % port) as daemon:
        send_of_each_kind(daemon)
        for identity in ids(daemon, "by-subject"):
            with urllib.request.urlopen("http://127.0.0.1:%d/why/%s" % (port, identity)) as answer:
                same(answer.read(), b"", "nothing of a message comes from a port")
            check("a port, which every user of this machine can ask" in why(daemon, identity, expect=78),
                  "why says what to set", why(daemon, identity, expect=78))
        with urllib.request.urlopen("http://127.0.0.1:%d/metrics" % port) as answer:
            check(b"postern_verdicts_total" in answer.read(), "but what was counted does")


@case
def nothing_is_remembered_with_remember_0_and_the_oldest_give_way():
    for number, left in (0, 0), (2, 2):
        with Watched("set remember %d\n" % number + POLICY) as daemon:
            with daemon.session() as mta:
                for _ in range(4):
                    mta.mail("<a@example.com>")
                    mta.rcpt("<no@example.net>")
                    mta.abort()
                mta.quit()
            known = [subprocess.run([POSTERN, "why", "-c", daemon.policy, one], capture_output=True, timeout=60,
                                    check=False).returncode == 0 for one in ids(daemon, "off-at-rcpt")]
            same(known, [False] * (4 - left) + [True] * left, "remember %d" % number)


@case
def what_is_remembered_outlives_a_generation():
    with Watched(POLICY) as daemon:
        with daemon.session() as mta:
            mta.mail("<a@example.com>")
            mta.rcpt("<no@example.net>")
            mta.quit()
        os.kill(daemon.server(), 9)
        with daemon.session() as mta:
            mta.quit()
        explains(daemon, "off-at-rcpt", "reject 550 5.1.1")


@case
def masks_hide_local_parts_and_logins():
    policy = "set log-mask yes\nrule tells if auth.user and helo  reject 550 5.7.1 \"no\"\n" + POLICY
    with Watched(policy) as daemon:
        with daemon.session() as mta:
            mta.mail("<secret@example.com>", auth_authen="hidden", auth_type="PLAIN")
            mta.rcpt("<private@example.net>")
            mta.quit()
        said = explains(daemon, "tells", "reject 550 5.7.1")
        check(not re.search("secret|private|hidden", said), "no name is told", said)
        check("# Local parts and logins are masked" in said, "the test says what that means", said)


@case
def in_mode_audit_and_soft_the_test_comes_to_what_was_meant():
    for mode, expected in ("audit", "audit reject 550 5.7.1"), ("soft", "reject"):
        with Watched(POLICY, mode=mode) as daemon:
            with daemon.session() as mta:
                mta.message(sender="<bob@example.com>")
                mta.quit()
            explains(daemon, "by-lookup", expected)
