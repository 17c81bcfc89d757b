"""What each command says of its options beside what the manual and the completions say; and a real
bash, at a terminal, in which somebody presses the tabulator."""

import os
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time

POSTERN = os.environ["POSTERN"]
MANUAL = os.path.join(os.environ["srcdir"], "doc/postern.8")
number = failed = 0


def check(good, name, shown=""):
    global number, failed
    number += 1
    failed += not good
    print("%sok %d - %s" % ("" if good else "not ", number, name))
    if not good:
        print("\n".join("#   " + line for line in str(shown).splitlines()))


def said(*words, stdin=b""):
    got = subprocess.run([POSTERN, *words], input=stdin, capture_output=True, timeout=60, check=False)
    return got.returncode, got.stdout.decode(), got.stderr.decode()


def options_of_help(text):
    words = set()
    for line in text.splitlines():
        if re.match(r"  -", line):
            words |= set(re.findall(r"(?<![\w-])--?[A-Za-z0-9][a-z0-9-]*", line[:24].split("  ")[1]))
    return words - {"-h", "--help"}


def synopses():
    """What the manual's synopsis has for each command: its options, and its operands."""
    with open(MANUAL, encoding="utf-8") as page:
        text = page.read()
    synopsis = text[text.index(".Sh SYNOPSIS"):text.index(".Sh DESCRIPTION")]
    found = {}
    for part in synopsis.split("\n.Nm\n")[1:]:
        name = re.match(r"\.Cm (\w+)", part)
        if name:
            words = {"-" + word for word in re.findall(r"\bFl (-?[A-Za-z0-9][a-z0-9-]*)", part)}
            found.setdefault(name.group(1), set()).update(words)
    return found


def described(command):
    """The options that stand in the manual's paragraphs on the command."""
    with open(MANUAL, encoding="utf-8") as page:
        text = page.read()
    start = text.index("\n.It Cm %s\n" % command)
    end = text.find("\n.It Cm ", start + 1)
    part = text[start:end if end > 0 else text.index(".Sh CONNECTING")]
    return {"-" + word for word in re.findall(r"(?m)^\.It Fl.*", part) for word in re.findall(r"Fl (-?[A-Za-z0-9][a-z0-9-]*)", word)}


def press(script, typed):
    """What a bash shows after these keys: its line, with what was completed."""
    leader, follower = pty.openpty()
    path = os.path.dirname(os.path.abspath(POSTERN))
    with tempfile.NamedTemporaryFile("w", suffix=".bash") as rc:
        rc.write("PS1='$ '\nPATH=%s:$PATH\nbind 'set enable-bracketed-paste off'\n%s" % (path, script))
        rc.flush()
        shell = subprocess.Popen(["bash", "--noprofile", "--rcfile", rc.name, "-i"], stdin=follower, stdout=follower,
                                 stderr=follower, start_new_session=True, env=dict(os.environ, TERM="dumb"))
        os.close(follower)
        shown, until, sent = "", time.monotonic() + 30, False
        while time.monotonic() < until and "END" not in shown:
            if select.select([leader], [], [], 0.5)[0]:
                shown += os.read(leader, 4096).decode(errors="replace")
            if not sent and "$ " in shown:
                os.write(leader, typed.encode() + b"\t")
                sent = True
            elif sent and "$ " in shown and not select.select([leader], [], [], 0.7)[0]:
                break
        shell.kill()
        shell.wait()
        os.close(leader)
    return shown[shown.rindex("$ ") + 2:] if "$ " in shown else shown


status, text, _ = said("help")
commands = re.findall(r"(?m)^  ([a-z]+) ", text)
check(status == 0 and len(commands) > 8, "help names the commands", text)
manual = synopses()
bash = said("completion", "bash")[1]
zsh = said("completion", "zsh")[1]
for command in commands:
    status, text, err = said(command, "--help")
    mine = options_of_help(text)
    check(status == 0 and text.startswith("usage: postern " + command) and err == "", command + " --help", text + err)
    check(len(re.findall(r"(?m)^  postern %s" % command, text)) == 2, command + " --help has two examples", text)
    check(all(len(line) <= 100 for line in text.splitlines()), command + " --help is not too wide", text)
    written = manual.get(command, set())
    if "[OPTION...]" in text:
        written |= described(command)
    check(command in manual and written == mine, command + ": the synopsis of the manual has the same options",
          (sorted(written - mine), sorted(mine - written)))
    missing = mine - described(command) - {"-c"}
    check(not missing, command + ": the manual describes each", missing)
    row = re.search(r"(?m)^    %s\) options='([^']*)'" % command, bash)
    words = set(row.group(1).split()) if row else set()
    check(words - {"--help"} == mine, command + ": bash completes the same", (words, mine))
    part = re.search(r"(?s)    %s\)\n(.*?);;" % command, zsh)
    words = set(re.findall(r"'\*(--?[A-Za-z0-9-]+?)(?:=-)?\[", part.group(1))) if part else set()
    check(words == mine, command + ": zsh completes the same", (words, mine))

for shell in "bash", "zsh":
    if shutil.which(shell) is None:
        number += 1
        print("ok %d - %s takes its script # SKIP no %s" % (number, shell, shell))
        continue
    got = subprocess.run([shell, "-n"], input=said("completion", shell)[1].encode(), capture_output=True, check=False)
    check(got.returncode == 0 and got.stderr == b"", shell + " takes its script", got.stderr.decode())
check(press(bash, "postern che").startswith("postern check "), "bash completes a command", press(bash, "postern che"))
check(press(bash, "postern check --no").startswith("postern check --no-host "), "bash completes an option",
      press(bash, "postern check --no"))
check(said("completion", "fish")[0] == 64, "no other shell", said("completion", "fish"))

POLICY = b'table t = "inline:{a@example.com=alice}"\nrule r if sender in t and any body ~ /x/ reject 550 5.7.1 "no"\n'
status, text, err = said("check", "-", stdin=POLICY)
check(status == 0 and text.startswith("standard input: no errors, 1 rule; nothing was asked"), "check -", text + err)
status, text, err = said("check", "-", stdin=b"rule r if nothing.known reject\n")
check(status == 65 and "standard input:1:11: error:" in err, "check -: an error", text + err)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "p.conf")
    with open(path, "wb") as policy:
        policy.write(POLICY)
    status, text, err = said("lookup", "-q", "-c", path, "t", "-", stdin=b"a@example.com\nb@example.com\r\n")
    check((status, text) == (1, "a@example.com\talice\n"), "lookup -q TABLE -", text + err)
    mail = ["explain", "-c", path, "--mail", "<a@example.com>"]
    status, text, err = said(*mail, "--message", "-", stdin=b"Subject: hi\n\nx\n")
    check(status == 0 and "=> 550 5.7.1 no" in text, "explain --message -", text + err)
    status, text, err = said("explain", "-c", path, "-", stdin=b"mail <a@example.com>\nmessage\n    A: b\n\n    x\n")
    check(status == 0 and "=> 550 5.7.1 no" in text, "explain -", text + err)
    status, text, err = said("test", "-c", path, "-", stdin=b'test "t"\n    mail <b@example.com>\n    expect none\n')
    check(status == 0 and "ok 1 - t" in text, "test -", text + err)
with open("/dev/full", "wb") as full:
    for words in ["facts"], ["help"], ["check", "-"], ["--version"]:
        got = subprocess.run([POSTERN, *words], input=POLICY, stdout=full, stderr=subprocess.PIPE, check=False)
        check(got.returncode == 74 and b"standard output: No space" in got.stderr,
              "nothing can be written: " + words[0], (got.returncode, got.stderr))
print("1..%d" % number)
raise SystemExit(failed > 0)
