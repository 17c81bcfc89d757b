"""Writes what the program says of every policy and scenario of the tree into OUT, a file each: what `check`,
`check --print`, `test` and `explain` print, and what a milter answers and logs. Two builds that mean the same
write the same: `diff -r`."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

TREE = os.path.realpath(__file__ + "/../../..")
sys.path.insert(0, TREE + "/tests/wire")

import harness  # noqa: E402
from fakemta import Closed  # noqa: E402

PLACES = ("rules/policies", "tests/policy", "tests/language/good", "tests/language/bad", "tests/mta", "tests/shapes")
SENDERS = ("<alice@example.com>", "<>", "<b\u00fccher@ex\u00e4mple.com>")
MESSAGES = {
    "plain": ([("From", "Alice <alice@example.com>"), ("To", "carol@example.net")], b"text\r\n"),
    "stolen": ([("From", "Bob <bob@example.com>"), ("Subject", "hello")], b"text\r\n"),
    "two": ([("From", "alice@example.com, bob@example.com"), ("From", "x@y.example")], b"\r\n"),
    "raw": ([("From", "J\u00fcrgen <j@example.com>"), ("Subject", "caf\u00e9")], b"caf\xe9\r\n"),
    "parts": ([("From", "a@example.com"), ("MIME-Version", "1.0"),
               ("Content-Type", "multipart/mixed; boundary=b")],
              b"--b\r\nContent-Type: application/x; name=\"a.exe\"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
              b"\xc3\xa9\r\n--b--\r\n"),
}


def run(*words, folder=None):
    done = subprocess.run((harness.POSTERN,) + words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, timeout=300, check=False)
    return done.stdout + b"exit %d\n" % done.returncode


def scenarios(text):
    """The transactions of the tests in a policy, without what they expect."""
    lines = None
    for line in text.splitlines(True):
        if re.match(r"\s*test\s+\"", line):
            if lines:
                yield "".join(lines)
            lines = []
        elif lines is not None and line.strip() and not line[0].isspace():
            if lines:
                yield "".join(lines)
            lines = None
        elif lines is not None and not re.match(r"\s*expect\b", line):
            lines.append(line)
    if lines:
        yield "".join(lines)


def commands(folder, path, write):
    name = os.path.relpath(path, folder)
    write("check", run("check", "-v", "-c", name, folder=folder))
    for mta in ("postfix", "sendmail"):
        write("check." + mta, run("check", "--mta", mta, "-c", name, folder=folder))
    write("print", run("check", "--print", "-c", name, folder=folder))
    write("test", run("test", "-c", name, folder=folder))
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        for number, text in enumerate(scenarios(file.read()), 1):
            scenario = path + ".scenario"
            with open(scenario, "w", encoding="utf-8", errors="surrogateescape") as file:
                file.write(text)
            write("explain.%d" % number, run("explain", "-c", name, name + ".scenario", folder=folder) +
                  run("explain", "-v", "--json", "-c", name, name + ".scenario", folder=folder))
            os.unlink(scenario)


def one_message(mta, sender, message, **login):
    header, body = MESSAGES[message]
    said = [mta.mail(sender, "SMTPUTF8", "BODY=8BITMIME", **login)]
    said += [mta.rcpt("<%s@example.net>" % name) for name in ("carol", "dave", "gr\u00fcn")]
    if "continue" in said[-3:] or is_silent(said):
        said += [mta.data(i="4XYZ")]
        said += [mta.header(*field) for field in header]
        said += [mta.eoh(i="4XYZ"), mta.body(body), mta.eom(i="4XYZ")]
    mta.abort()
    return "%s %s %r\n    %s\n    %s\n" % (sender, message, sorted(login.items()), said, mta.edits)


def is_silent(said):
    return all(answer in ("not sent", "no reply") for answer in said[-3:])


def milter(path, write):
    said = ""
    try:
        daemon = harness.Daemon('include "%s"' % path)
    except RuntimeError as error:
        write("milter", re.sub(r"\S*/tmp\S*", "", str(error)).encode())
        return
    with daemon:
        for login in ({}, {"auth_type": "PLAIN", "auth_authen": "alice"}):
            try:
                with daemon.session() as mta:
                    said += "".join(one_message(mta, sender, message, **login)
                                    for sender in SENDERS for message in MESSAGES)
            except (OSError, AssertionError, Closed) as error:
                said += "%r: %r\n" % (login, error)
        daemon.stop()
        log = re.sub(r"(\[\d+\]| id=\w+|/tmp/[^\s:]*|^\S* +)", "", daemon.log(), flags=re.M)
    write("milter", said.encode() + log.encode())


def record(folder, path, out):
    def write(kind, said):
        name = os.path.relpath(path, folder).replace("/", "+") + "." + kind
        with open(os.path.join(out, name), "wb") as file:
            file.write(said.replace(folder.encode(), b""))

    commands(folder, path, write)
    if "/bad/" not in path:
        milter(path, write)


def policies(folder):
    for place, _, names in os.walk(folder):
        for name in sorted(names):
            if name.endswith((".rules", ".conf")):
                yield os.path.join(place, name)


def main():
    out = sys.argv[1]
    os.makedirs(out)
    with tempfile.TemporaryDirectory(prefix="postern-record-") as folder, ThreadPoolExecutor(2) as pool:
        for place in PLACES:
            shutil.copytree(os.path.join(TREE, place), os.path.join(folder, place))
        for done in [pool.submit(record, folder, path, out) for path in policies(folder)]:
            done.result()


if __name__ == "__main__":
    main()
