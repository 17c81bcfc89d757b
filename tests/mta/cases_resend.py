"""`postern resend` alone: arguments, exit statuses, and what it says to pipe(8)."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile

import harness
import next_hop
from harness import case, check, same

# Keeps what it gets, and then does what the test says.
STAND_IN = """#!/bin/sh
printf '%%s\\n' "$@" >%(place)s/arguments
cat >%(place)s/message
cat %(place)s/words >&2
eval "$(cat %(place)s/ending)"
"""
TEXT = next_hop.UTF8_HEADER
HOST = socket.gethostname()


class Resend:
    """One run; what it ended with, what it said, and what sendmail(1) got."""

    def __init__(self, *arguments, text=TEXT, ending="exit 0", words="", **options):
        self.arguments = self.message = None
        for name, content in ("ending", ending), ("words", words):
            with open(os.path.join(place, name), "w", encoding="utf-8") as file:
                file.write(content)
        for name in "arguments", "message":
            if os.path.exists(os.path.join(place, name)):
                os.unlink(os.path.join(place, name))
        command = [harness.POSTERN, "resend", "--sendmail", place + "/sendmail", *arguments]
        if "stdin" not in options:
            options["input"] = text.replace(b"\r\n", b"\n")
        run = subprocess.run(command, capture_output=True, check=False, **options)
        self.status = run.returncode
        self.said = run.stderr.decode("utf-8", "backslashreplace")
        if os.path.exists(place + "/message"):
            with open(place + "/message", "rb") as file:
                self.message = file.read()
            with open(place + "/arguments", encoding="utf-8") as file:
                self.arguments = file.read().split("\n")[:-1]

    def ended(self, status, said, text):
        """As it should, and said so; no message is handed on unless all went well."""
        check(self.status == status and self.said.startswith(said), text, (self.status, self.said))
        return self


def resend(*envelope, **options):
    return Resend("-f", *envelope, **options)


def refused(code, what, *envelope, **options):
    got = resend(*envelope, **options).ended(65, code + " ", what)
    same(got.message, None, what + ": nothing is handed on")


@case
def converted():
    for name, message in next_hop.CONVERTIBLE:
        got = resend("alice@example.org", "carol@old.example", text=message).ended(0, "", name + ": handed on")
        field, _, rest = (got.message or b"").partition(b"\n")
        same(field, b"X-Postern-Resent: " + HOST.encode(), name + ": a field says so")
        same(next_hop.difference(message, rest), [], name + ": 7-bit and equal")


@case
def arguments():
    front = ["-G", "-i", "-f", "alice@example.org", "--"]
    for recipient, sent in [
            ("carol@old.example", "carol@old.example"), ("carol@bücher.example", "carol@xn--bcher-kva.example"),
            ("jörg@bücher.example", "jörg@bücher.example"), ('"c d"@old.example', '"c d"@old.example'),
            ("-oQ/tmp@old.example", "-oQ/tmp@old.example"), ("a..b@old.example", "a..b@old.example"),
            ("carol@[IPv6:::1]", "carol@[IPv6:::1]"), ("postmaster", "postmaster")]:
        got = resend("alice@example.org", "--", recipient).ended(0, "", "to %s" % recipient)
        same(got.arguments, front + [sent], "it goes to %s" % sent)
    got = resend("alice@example.org", "--", "b@old.example", "c@bücher.example", "b@old.example")
    same(got.arguments, front + ["b@old.example", "c@xn--bcher-kva.example", "b@old.example"], "several, in order")


@case
def senders():
    for sender, sent in [("", ""), ("<>", ""), ("MAILER-DAEMON", ""), ("alice@bücher.example", "alice@xn--bcher-kva.example"),
                         ('"a b"@example.org', '"a b"@example.org'), ("-x@example.org", "-x@example.org")]:
        got = resend(sender, "--", "carol@old.example").ended(0, "", "from %r" % sender)
        same(got.arguments, ["-G", "-i", "-f", sent, "--", "carol@old.example"], "it comes from %r" % sent)
    refused("5.6.7", "a sender whose local part has no ASCII form", "jörg@example.org", "carol@old.example")


@case
def dsn_parameters():
    got = resend("a@b.example", "-N", "never", "-R", "hdrs", "-V", "id+2B1", "--", "c@old.example")
    same(got.arguments[2:-4], ["-N", "never", "-R", "hdrs", "-V", "id+2B1"], "NOTIFY, RET and ENVID go along")
    got = resend("a@b.example", "-N", "", "-R", "", "-V", "", "--", "c@old.example")
    same(got.arguments, ["-G", "-i", "-f", "a@b.example", "--", "c@old.example"], "what is empty is left out")


@case
def addresses_that_would_be_mended():
    for bad in "a b@c.example", "a@b.example, c@d.example", "a@b.example (x)", "<a@b.example>", 'a"b@c.example', "a@b\n":
        refused("5.1.7", "a sender %r" % bad, bad, "carol@old.example")
        refused("5.1.3", "a recipient %r" % bad, "alice@example.org", "--", bad)
    refused("5.1.3", "no recipient", "alice@example.org", "--", "")


@case
def what_has_no_ascii_form():
    for name, message, code in next_hop.UNCONVERTIBLE:
        refused(code, name, "alice@example.org", "carol@old.example", text=message)


@case
def a_circle():
    message = TEXT
    for number in range(4):
        got = resend("alice@example.org", "carol@old.example", text=message).ended(0, "", "round %d" % (number + 1))
        message = got.message
    same(message.count(b"X-Postern-Resent: "), 4, "each has a field")
    refused("5.4.6", "and the next ends it", "alice@example.org", "carol@old.example", text=message)
    message = b"X-Postern-Resent: other.example\r\n" * 30 + TEXT
    resend("alice@example.org", "carol@old.example", text=message).ended(0, "", "fields of other hosts don't count")


@case
def nothing_on_top():
    """Where a field in front of it would change what a message is."""
    for name, front in ("a mailbox file", b"From alice Thu Nov 26 12:00:00 2026\n"), ("no header", b"   indented\n"):
        text = front + next_hop.PLAIN.replace(b"\r\n", b"\n")
        got = resend("alice@example.org", "carol@old.example", text=text).ended(0, "", name + ": handed on")
        same(got.message, text, name + ": as it came")


@case
def sendmail_fails():
    """Whatever it ends with, the mail is kept: Postfix' own says 75 for nearly everything."""
    for ending in "exit 1", "exit 64", "exit 65", "exit 69", "exit 70", "exit 75", "exit 78", "kill -9 $$", "kill -11 $$":
        got = resend("alice@example.org", "carol@old.example", ending=ending, words="5.1.1 no\nsuch user\n")
        got.ended(75, "4.3.0 ", "sendmail: " + ending)
        check("5.1.1 no; such user" in got.said, "what it said is told", got.said)
    command = ["--sendmail", "/nowhere/sendmail", "-f", "a@b.example", "c@old.example"]
    Resend(*command).ended(75, "4.3.0 /nowhere/sendmail: No such file", "a sendmail that isn't there")


@case
def no_place():
    refuses = dict(os.environ, TMPDIR="/nowhere")
    large = TEXT + b"Gr\xc3\xbc\xc3\x9fe\r\n" * 300000
    got = resend("alice@example.org", "carol@old.example", text=large, env=refuses)
    got.ended(75, "4.3.0 ", "no directory for files")
    same(got.message, None, "no directory for files: nothing is handed on")


@case
def a_full_disk():
    full = os.path.join(place, "full")
    os.mkdir(full)
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", full]
    alone = [*([] if os.getuid() == 0 else ["sudo", "-n"]), "unshare", "--mount"]
    if subprocess.run([*alone, *command], capture_output=True, check=False).returncode:
        check(True, "a full disk # SKIP this needs root, who may mount")
        return
    alone += ["env", "POSTERN=" + harness.POSTERN, "SENDMAIL=%s/sendmail" % place]
    program = '"$@" && exec env TMPDIR="$0" "$POSTERN" resend --sendmail "$SENDMAIL" -f a@b.example c@old.example 2>&1'
    for text in TEXT + b"Gr\xc3\xbc\xc3\x9fe\r\n" * 300000, TEXT + b"Gr\xc3\xbc\xc3\x9fe\r\n" * 8000:
        Resend("-f", "a@b.example", "c@old.example", ending="exit 0")
        os.unlink(place + "/message")
        run = subprocess.run([*alone, "sh", "-c", program, full, *command], input=text,
                             capture_output=True, check=False)
        check(run.returncode == 75 and run.stdout.startswith(b"4.3.0 "), "a full disk", (run.returncode, run.stdout))
        check(not os.path.exists(place + "/message"), "a full disk: nothing is handed on")


@case
def input_that_cannot_be_read():
    directory = os.open("/", os.O_RDONLY)
    got = resend("alice@example.org", "carol@old.example", stdin=directory)
    os.close(directory)
    got.ended(75, "4.3.0 ", "input that can't be read")
    same(got.message, None, "input that can't be read: nothing is handed on")


@case
def usage():
    for wrong in (["-f", "a@b.example"], ["c@old.example"], ["-f"], ["-x", "-f", "a@b.example", "c@old.example"], []):
        got = Resend(*wrong).ended(64, "4.3.5 ", "resend %s" % " ".join(wrong))
        check("usage: postern resend " in got.said, "and how it is used", got.said)


place = tempfile.mkdtemp(prefix="postern-resend-")
try:
    with open(place + "/sendmail", "w", encoding="utf-8") as stand_in:
        stand_in.write(STAND_IN % {"place": place})
    os.chmod(place + "/sendmail", 0o755)
    failed = harness.run_all()
finally:
    shutil.rmtree(place)
sys.exit(failed)
