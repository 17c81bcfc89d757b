"""What strace sees of a service that does all it can do, beside what the profile allows. Called by apparmor.sh, where
/etc and the like are for this alone."""

import os
import re
import shutil
import signal
import subprocess

from fakemta import Mta
from harness import children_of, check, results, same, wait_until

POSTERN, SOURCE = os.environ["POSTERN"], os.environ["srcdir"]
PROFILE = os.path.join(SOURCE, "contrib/apparmor/postern")
PROGRAM, CONF = "/usr/sbin/postern", "/etc/postern/postern.conf"
SOCKET, STATUS = "/var/spool/postfix/postern/postern.sock", "/run/postern/status"
POLICY = """
set user "nobody"
set socket "unix:%s"
set status-socket "unix:%s"
set mode enforce
set max-body-memory 1KB
include "/usr/share/postern/policies/standard.rules"
table owners = "hash:/etc/postfix/owners"
table names = "texthash:/etc/postern/names"
table bases = "sqlite:/var/lib/postern/bases.cf"
table aliases = "lmdb:/etc/aliases"
rule known   if owners[sender] == "x" or names[sender] == "x" or bases[sender] == "x" or aliases[sender] == "x"
    reject 550 5.7.1 "known"
rule body    if any body ~ /none$/   reject 550 5.7.1 "body"
rule convert downgrade 8bit
""" % (SOCKET, STATUS)
# What a build with run-time checks, or the C library at the start of each process, asks for besides.
SANITIZER = re.compile(r"/proc/(self|\d+)/(maps|environ|cmdline|exe|auxv|status|personality|task/\d+/comm)|/proc/sys/.*")
CALL = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+|\?)(<[^<>]*>)?(?:\(deleted\))?( .*)?$")


def variables():
    """Those of AppArmor's that stand for words, as a pattern."""
    return {"PROC": "/proc", "pid": "[0-9]+", "pids": "[0-9]+", "tid": "[0-9]+", "sys": "/sys", "run": "(?:/var)?/run",
            "multiarch": "[^/]*-linux-gnu[^/]*", "etc_ro": "(?:/usr)?/etc", "HOME": "/home/[^/]+|/root",
            "profile_name": "postern", "exec_path": PROGRAM}


def pattern_of(glob):
    """A path of AppArmor's as a regular expression."""
    pattern, depth, at = "", 0, 0
    while at < len(glob):
        rest = glob[at:]
        variable = re.match(r"@\{(\w+)\}", rest)
        piece = variable or re.match(r"\*\*|\[[^\]]*\]|.", rest)
        text = piece.group(0)
        depth += (text == "{") - (text == "}")
        if variable:
            pattern += "(?:%s)" % variables().get(variable.group(1), "[^/]+")
        elif text == ",":
            pattern += "|" if depth else ","
        else:
            pattern += {"**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")"}.get(
                text, text if text.startswith("[") else re.escape(text))
        at += len(text)
    return re.compile(pattern + r"\Z")


def rules_of(path):
    """Pairs of a pattern and what may be done, of a profile and what it includes."""
    rules = []
    with open(path, encoding="utf-8") as file:
        lines = [re.sub(r"\s#.*|^\s*#(?!include).*", "", line).strip().rstrip(",") for line in file]
    for line in lines:
        include = re.match(r"#?include (if exists )?<(.*)>", line)
        rule = re.match(r"(?:owner )?(?:file )?([/@]\S*)\s+([rwkmlaixPUCpuc]+)$", line)
        back = re.match(r"(?:owner )?([rwkmla]+)\s+([/@]\S*)$", line)
        if include:
            found = os.path.join("/etc/apparmor.d", include.group(2))
            folder = sorted(os.listdir(found)) if os.path.isdir(found) else None
            for name in folder if folder is not None else [""] if os.path.exists(found) else []:
                rules += rules_of(os.path.join(found, name) if name else found)
        elif rule:
            rules.append((pattern_of(rule.group(1)), rule.group(2)))
        elif back:
            rules.append((pattern_of(back.group(2)), back.group(1)))
    return rules


def path_of(words, at):
    """The path of a call whose directory, if any, stands before it."""
    quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', words)
    if len(quoted) <= at:
        return None
    directory = re.match(r"(?:AT_FDCWD|\d+)<([^>]*)>", words)
    path = os.path.join(directory.group(1) if directory else "/", quoted[at])
    return os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))


def accesses_of(line):
    """Pairs of a path and a letter, of what went well: what AppArmor asks about is that alone."""
    call = CALL.match(line)
    if not call or call.group(3).startswith("-") and "EACCES" not in (call.group(5) or ""):
        return []
    name, words, opened = call.group(1), call.group(2), call.group(4)
    if name in ("open", "openat"):
        flags = words.rpartition('"')[2]
        if "O_PATH" in flags:
            return []
        path = opened[1:-1] if opened else path_of(words, 0)
        path += "/" if "O_DIRECTORY" in flags else ""
        return [(path, letter) for letter, wanted in (("r", "O_WRONLY" not in flags),
                                                      ("w", re.search("O_WRONLY|O_RDWR|O_CREAT", flags))) if wanted]
    if name in ("unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "chmod", "fchmodat", "chown", "fchownat", "lchown"):
        return [(path_of(words, 0), "w")]
    if name in ("rename", "renameat", "renameat2"):
        return [(path_of(words, 0), "w"), (path_of(words, 1), "w")]
    if name in ("readlink", "readlinkat"):
        return [(path_of(words, 0), "r")]
    if name in ("bind", "connect"):
        unix = re.search(r'sun_path="([^"@]+)"', words)
        return [(unix.group(1), "w")] if unix else []
    return []


def install():
    shutil.copy(POSTERN, PROGRAM)
    shutil.copytree(os.path.join(SOURCE, "rules/policies"), "/usr/share/postern/policies", dirs_exist_ok=True)
    for folder in ("/etc/postern", "/etc/postfix", "/run/postern", "/var/spool/postfix/postern"):
        os.makedirs(folder, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "lib", "/var/lib"], check=True)
    os.mkdir("/var/lib/postern")
    files = {CONF: POLICY, "/etc/postern/names": "a@b.example x\n",
             "/etc/postfix/owners": "a@b.example x\n", "/etc/aliases": "a@b.example: x\n",
             "/var/lib/postern/bases.cf": "dbpath = /var/lib/postern/bases\nquery = SELECT v FROM t WHERE k = '%s'\n"}
    for path, text in files.items():
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
    subprocess.run(["sqlite3", "/var/lib/postern/bases", "PRAGMA journal_mode=WAL; CREATE TABLE t (k TEXT, v TEXT)"],
                   check=True, stdout=subprocess.DEVNULL)
    for command in (["postmap", "hash:/etc/postfix/owners"], ["postmap", "lmdb:/etc/aliases"]):
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["chown", "-R", "nobody", "/var/lib/postern"], check=True)


def converse():
    """Answers of a session whose body is too large for memory."""
    with Mta("unix:" + SOCKET) as mta:
        mta.begin()
        answer = mta.message(header=[("From", "a@example.com"), ("Subject", "x"), ("Content-Type", "text/plain")],
                             body=b"caf\xe9 " * 4000 + b"\r\n")
    with Mta("unix:" + SOCKET) as mta:
        mta.begin()
        return answer, mta.message(sender="<a@b.example>")


def serve():
    """What it was answered, and the lines of strace."""
    trace = "/mnt/trace"
    with open("/mnt/log", "wb") as log:
        process = subprocess.Popen(["strace", "-f", "-y", "-qq", "-s", "4096", "-e", "trace=%file,%network", "-o", trace,
                                    PROGRAM, "serve", "-f", "-c", CONF], stderr=log, stdin=subprocess.DEVNULL,
                                   env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})

    def logged():
        with open("/mnt/log", encoding="utf-8") as file:
            return file.read()

    def said(what):
        return re.search(what, logged())
    try:
        check(wait_until(lambda: said("; generation 1") or process.poll() is not None, 30) and process.poll() is None,
              "it serves", logged())
        supervisor = children_of(process.pid)[0]
        same(converse(), ("continue", "550 5.7.1 known"), "and answers")
        same(subprocess.run([PROGRAM, "status", "-c", CONF], stdout=subprocess.DEVNULL, check=False).returncode, 0, "it says what it did")
        os.kill(supervisor, signal.SIGHUP)
        check(wait_until(lambda: said("; generation 2"), 30), "it reloads", logged())
        os.kill(supervisor, signal.SIGTERM)
        same(process.wait(30), 0, "it ends")
    finally:
        process.kill()
    with open(trace, encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()


def main():
    parsed = subprocess.run(["/usr/sbin/apparmor_parser", "-Q", "-K", PROFILE], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, check=False)
    check(parsed.returncode == 0, "the profile can be read", parsed.stdout)
    rules = rules_of(PROFILE)
    install()
    accesses = {access for line in serve() for access in accesses_of(line) if not SANITIZER.match(access[0])}
    check(len(accesses) > 40, "%d accesses were seen" % len(accesses), accesses)
    for path, wanted in (("/dev/log", "w"), ("/run/systemd/journal/dev-log", "w")):
        accesses.add((path, wanted))
    forbidden = sorted(access for access in accesses
                       if not any(access[1] in letters and pattern.match(access[0]) for pattern, letters in rules))
    same(forbidden, [], "all of them are allowed")
    for path, wanted in (("/etc/shadow", "r"), ("/usr/share/postern/policies/x", "w"), ("/etc/postern/x", "w"),
                         ("/var/spool/postfix/active/x", "r"), ("/root/.ssh/id", "r")):
        check(not any(wanted in letters and pattern.match(path) for pattern, letters in rules),
              "%s isn't (%s)" % (path, wanted))
    print("1..%d" % results["run"])
    return results["failed"] > 0


raise SystemExit(main())
