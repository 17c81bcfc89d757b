"""What goes wrong, what is large, and what is changed while mail flows."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

import harness
import kit
from harness import case, check, same

TEMPFAIL = "451 4.7.1 Service unavailable - try again later"
MARK = 'rule mark\n    add-header "X-Seen" "yes"\n'
LIMITS_LOG = [
    'QUEUEID: tempfail: RCPT from unknown[127.0.0.1]: 452 4.5.3 too many recipients; '
    'rule=- id=ID reason="max-recipients is reached" '
    'from=<alice@example.org> to=<erin@example.net> helo=<client.example>',
    'QUEUEID: reject: END-OF-HEADER from unknown[127.0.0.1]: 552 5.3.4 the header of this message is '
    'too large; '
    'rule=- id=ID reason="max-header-bytes is passed" '
    'from=<alice@example.org> to=<carol@example.net> nrcpt=2 helo=<client.example>',
]
PASSES = "rule nothing\n    if any header[\"X-None\"]\n    reject\n"


def queued(reply):
    return re.fullmatch("250 2.0.0 Ok: queued as [0-9A-F]+", reply)


def nothing_queued(text):
    check(site.command("postqueue", "-p").decode().strip() == "Mail queue is empty", text)


def flows_again(postern, text):
    postern.start()
    with site.client() as client:
        check(queued(client.deliver()), "%s: mail flows after a restart" % text)
    messages = site.delivered()
    check([b"X-Seen: yes" in message for _, message in messages] == [True],
          "%s: once, and past the rules" % text, messages)


def refused_for_now(postern, said, text):
    same(said, TEMPFAIL, "%s: the client is told to come again" % text)
    same(site.delivered(), [], "%s: nothing is delivered" % text)
    nothing_queued("%s: and nothing is left in the queue" % text)
    flows_again(postern, text)


@case
def killed_in_mid_message():
    with site.policy(MARK) as postern, site.client() as client:
        client.begin()
        client.say("DATA")
        client.send(kit.TEXT + b"and more\r\n" * 10000)
        postern.kill()
        refused_for_now(postern, client.say("."), "killed in mid-message")


@case
def killed_before_the_message():
    with site.policy(MARK) as postern, site.client() as client:
        client.begin()
        postern.kill()
        refused_for_now(postern, client.data(), "killed between RCPT and DATA")


@case
def killed_when_it_had_to_answer():
    with site.policy(MARK) as postern, site.client() as client:
        client.begin()
        client.say("DATA")
        os.kill(postern.server(), signal.SIGSTOP)
        client.send(kit.TEXT + b".\r\n")
        time.sleep(0.2)
        postern.kill()
        refused_for_now(postern, client.read(), "killed before its last answer")


@case
def away():
    with site.policy(MARK) as postern:
        postern.kill()
        with site.client() as client:
            refused_for_now(postern, client.say("MAIL FROM:<alice@example.org>"), "away at MAIL")


@case
def stopped_in_mid_message():
    policy = MARK + 'rule worse\n    if any body ~ /worse/\n    reject 550 5.7.1 "worse"\n'
    with site.policy(policy) as postern, site.client() as one, site.client() as other:
        for client in one, other:
            client.begin()
            client.say("DATA")
            client.send(kit.TEXT)
        postern.process.send_signal(signal.SIGTERM)
        harness.wait_until(lambda: "stopping" in postern.log())
        with site.client() as late:
            same(late.say("MAIL FROM:<alice@example.org>"), TEMPFAIL, "stopping: a new client is put off")
        check(queued(one.say(".")), "stopping: a message under way is taken")
        same(other.say("worse\r\n."), "550 5.7.1 worse", "stopping: another is refused by its rule")
        one.say("QUIT")
        other.say("QUIT")
        same(postern.process.wait(timeout=30), 0, "stopping: it ends by itself, with status 0")
        check("stopped: sessions served: 2, cut off: 0" in postern.log(), "stopping: and says so",
              postern.log())
        same([b"X-Seen: yes" in message for _, message in site.delivered()], [True],
             "stopping: the one message was changed as ever")


@case
def stopped_with_a_client_that_stays():
    with site.policy("set drain-time 1s\n" + MARK) as postern, site.client() as client:
        client.begin()
        began = time.monotonic()
        same(postern.stop(), 0, "a client that stays: Postern stops with status 0")
        check(0.9 < time.monotonic() - began < 10, "a client that stays: after its drain-time",
              time.monotonic() - began)
        same(client.data(), TEMPFAIL, "a client that stays: is told to come again")
        same(site.delivered(), [], "a client that stays: nothing is delivered")


@case
def more_clients_than_sessions():
    too_many = "451 4.3.2 too many sessions are open just now; please try again later"
    with site.policy("set max-sessions 1\n" + MARK), site.client() as one:
        one.begin()
        with site.client() as other:
            same(other.say("MAIL FROM:<alice@example.org>"), too_many, "one session too many: the client is told so")
            same(other.say("MAIL FROM:<alice@example.org>"), too_many, "one session too many: again at each MAIL")
        check(queued(one.data()), "one session too many: the one before it goes on")
        one.say("QUIT")

        def taken():
            with site.client() as other:
                return queued(other.deliver())

        check(harness.wait_until(taken), "one session too many: once that has gone, mail is taken")
        same([b"X-Seen: yes" in message for _, message in site.delivered()], [True, True],
             "one session too many: nothing passed unseen")


@case
def edited_rules():
    before = 'rule stranger\n    if sender.domain == "example.org"\n    reject 550 5.7.1 "before"\n'
    with site.policy(before) as postern:
        with site.client() as client:
            same(client.deliver(), "550 5.7.1 before", "the old rule decides")
        postern.write(before.replace("before", "after"))
        same(postern.run("check").returncode, 0, "the new one is right, says check")
        same(postern.stop(), 0, "Postern stops")
        postern.start()
        with site.client() as client:
            same(client.deliver(), "550 5.7.1 after", "the new rule decides")
        postern.stop()
        postern.write(before.replace("sender.domain", "sendr.domain"))
        said = postern.run("serve")
        same(said.returncode, 78, "a wrong policy never runs")
        check(b'postern.conf:4:8: error: ' in said.stderr and b"^~~" in said.stderr,
              "and is shown where it is wrong", said.stderr)


@case
def edited_table():
    place = os.path.join(site.new_directory("table"), "blocked")
    policy = 'table blocked = "texthash:%s"\n' % place + \
        'rule blocked\n    if sender in blocked\n    reject 550 5.7.1 "blocked"\n'

    def replace(text):
        with open(place + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(place + ".new", place)

    replace("mallory@example.org yes\n")
    with site.policy(policy), site.client() as client:
        check(queued(client.deliver()), "a sender that no table names passes")
        replace("Alice@example.org yes\n")
        for _ in range(50):
            said = client.deliver()
            if not queued(said):
                break
            client.say("RSET")
            time.sleep(0.1)
        same(said, "550 5.7.1 blocked", "the table is replaced, and that holds without a restart")
    site.delivered()


def large_text(end):
    line = b"0123456789abcdefghijklmnopqrstuvwxyz .ABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n"
    return kit.TEXT + line * (5 * 1024 * 1024 // len(line)) + end


def play_large(policy, text):
    policy += 'rule end\n    if any body ~ /^the very end$/\n    reject 550 5.7.1 "seen"\n'
    large = large_text(b".almost the end\r\n")
    with site.policy(policy), site.client() as client:
        same(client.deliver(text=large_text(b"the very end\r\n")), "550 5.7.1 seen",
             "5 MB, %s: a match in the last line" % text)
        check(queued(client.deliver(text=large)), "5 MB, %s: none" % text)
    messages = site.delivered()
    check(len(messages) == 1 and messages[0][1].endswith(large), "5 MB, %s: and it arrives whole" % text)


@case
def large_message():
    play_large("set max-body-memory 0KB\n", "all in a file")
    play_large("set max-body-memory 20MB\n", "all in memory")
    policy = 'rule big\n    if message.size > 5MB\n    reject 552 5.3.4 "{message.size}"\n'
    with site.policy(policy), site.client() as client:
        text = large_text(b"the end\r\n")
        same(client.deliver(text=text + b"x" * 100000 + b"\r\n"),
             "552 5.3.4 %d" % (len(text) + 100002), "its size is told to the octet")
    site.delivered()


@case
def no_place_for_a_body():
    policy = 'set max-body-memory 1KB\nrule end\n    if any body ~ /lottery/\n    reject\n'
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = place = tempfile.mkdtemp()
    os.chmod(place, 0o777)
    try:
        with site.policy(policy) as postern, site.client() as client:
            os.rmdir(place)
            said = client.deliver(text=large_text(b"the end\r\n"))
            check(said.startswith("451 4.3.0 "), "a body that can't be kept is put off", said)
            check(queued(client.deliver()), "a small one passes")
            check("reason=\"the body can't be kept: " in postern.log(), "the log says why", postern.log())
    finally:
        os.environ.pop("TMPDIR")
        if before is not None:
            os.environ["TMPDIR"] = before
    same(len(site.delivered()), 1, "one is delivered")


@case
def limits():
    policy = 'set max-recipients 2\nset max-header-bytes 4KB\n' + PASSES
    with site.policy(policy) as postern, site.client() as client:
        client.begin()
        client.say("RCPT TO:<dave@example.net>")
        same(client.say("RCPT TO:<erin@example.net>"), "452 4.5.3 too many recipients",
             "one recipient too many")
        same(client.data(b"X-Long: " + b"x" * 4100 + b"\r\n" + kit.TEXT),
             "552 5.3.4 the header of this message is too large", "a header that is too large")
        same(postern.verdicts(), LIMITS_LOG, "both are logged with the limit")
    same(site.delivered(), [], "nothing is delivered")


def lines(count, line):
    return b"".join(line % n for n in range(count))


@case
def limits_of_the_header():
    fits = [lines(1900, b"X-%d: y\r\n"), lines(7, b"X-%d: " + b"y " * 18000 + b"\r\n"),
            b"From: a@example.org" + lines(98, b",\r\n \"b, c\" <b%d@example.org>") + b"\r\n"
            b"Reply-To: a@example.org" + lines(100, b", b%d@example.org") + b"\r\n"
            b"To: a@example.org" + lines(300, b", b%d@example.org") + b"\r\n"]
    more = [(lines(2001, b"X-%d: y\r\n"), "552 5.3.4 the header of this message has too many fields"),
            (fits[1] + lines(1, b"X-%d: " + b"y " * 18000 + b"\r\n"),
             "552 5.3.4 the header of this message is too large"),
            (fits[2] + b"Sender: a@example.org\r\n",
             "554 5.6.0 this message names too many mailboxes as its authors")]
    with site.policy('rule strip\n    remove-header "X-None"\n'), site.client() as client:
        for text in fits:
            check(queued(client.deliver(text=text + b"\r\ntext\r\n")), "a header that fits is let through")
        for text, said in more:
            same(client.deliver(text=text + b"\r\ntext\r\n"), said, "and one that doesn't is refused")
        check(queued(client.deliver()), "the next message isn't blamed")
    same(len(site.delivered()), len(fits) + 1, "what was let through is delivered")


@case
def both_logs():
    policy = 'set log-accept yes\nrule worse\n    if any body ~ /worse/\n    reject 550 5.7.1 "worse"\n'
    with site.policy(policy) as postern, site.client() as client:
        queue_id = client.deliver().rpartition(" ")[2]
        check("postern: %s: accept: " % queue_id in postern.log(),
              "Postern logs the queue id that Postfix tells", postern.log())
        client.deliver(text=kit.TEXT + b"worse\r\n")
        queue_id = re.search("postern: ([0-9A-F]+): reject: ", postern.log())[1]
        check(site.logs("%s: milter-reject: END-OF-MESSAGE from unknown.127.0.0.1.: 5.7.1 worse; "
                        "from=<alice@example.org> to=<carol@example.net>" % queue_id),
              "and Postfix logs the refusal under the same one")
    site.delivered()


def may_connect(user, place):
    program = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
    return subprocess.run(["setpriv", "--reuid", user, "--init-groups", "--regid", user, sys.executable, "-c", program,
                           place], stderr=subprocess.DEVNULL, check=False).returncode == 0


@case
def unix_socket():
    """Below the queue, where a chrooted smtpd finds it too; it and its folder are made by Postern."""
    port = harness.free_port()
    files = {"master.more": "127.0.0.1:%d inet n - y - - smtpd\n" % port}
    other = kit.Site("smtpd_milters=unix:postern/postern.sock", "non_smtpd_milters=$smtpd_milters", files=files)
    with other:
        place = other.postfix + "/queue/postern/postern.sock"
        with other.policy(MARK, "unix:" + place) as postern:
            with other.client() as client, kit.Client(port) as chrooted:
                check(queued(client.deliver()), "mail passes through a unix socket")
                check(queued(chrooted.deliver()), "and in a chrooted smtpd")
            other.command("sendmail", "carol@example.net", text=b"Subject: local\n\nx\n")
            messages = other.delivered()
            same([b"X-Seen: yes" in message for _, message in messages], [True] * 3, "past the rules")
            same([may_connect(user, place) for user in ("postfix", "daemon")], [True, False],
                 "no other user of the machine may speak to it")
            same(postern.stop(), 0, "it stops")


@case
def many_at_once():
    replies = []

    def send(number):
        with site.client() as client:
            for message in range(4):
                sender = "<s%d.%d@example.org>" % (number, message)
                replies.append(client.deliver(sender, text=kit.TEXT * 100))

    with site.policy('rule mark\n    add-header "X-Mark" "{sender}"\n'):
        threads = [threading.Thread(target=send, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        messages = site.delivered()
    check(len(replies) == 80 and all(map(queued, replies)), "20 clients at once, 4 messages each", replies)
    found = {(re.search("<(.*)>", envelope[0])[1], re.search(b"X-Mark: (.*)\r", message)[1].decode())
             for envelope, message in messages}
    check(len(messages) == len(found) == 80 and all(sender == mark for sender, mark in found),
          "and each has its own sender in its own mark", len(found))


with kit.Site() as site:
    sys.exit(harness.run_all())
