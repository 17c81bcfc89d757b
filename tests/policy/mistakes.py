"""Mistakes of administrators, each with what is said of it to the letter: *.cases beside this and in tests/mta, where
a real Postfix and a real Sendmail make them. A case is

    == WHAT IS WRONG
    $ COMMANDS
    what is said
    exit STATUS
    + WHAT CURES IT

run by bash in a folder of its own, W. `policy LINE...` writes W/p.rules. "as root" and "as nobody" before the first
colon of the title say who makes the mistake; elsewhere it makes no difference. The cure is tried there, too, and ends
well. Mistakes of the language are files of tests/language/bad, where run.sh holds what is said of them: here they are
named. Of each group there are twenty and more, and no two have one cause: what is said of them differs in more than
names and numbers. `mistakes.py --write` writes what is said now. TAP.
"""

import concurrent.futures
import functools
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE + "/..")

from tap import report, tap_end  # noqa: E402

CASES = HERE + "/mistakes.cases"
# Those of a real MTA; its cases_mistakes.py plays them.
ELSEWHERE = [HERE + "/../mta/mistakes_postfix.cases", HERE + "/../mta/mistakes_sendmail.cases"]
LANGUAGE = HERE + "/../language/bad"
POSTERN = os.path.realpath(os.environ["POSTERN"])
WITHOUT_ICU = os.environ.get("builddir", ".") + "/tests/policy/without_icu"
GROUPS = ("syntax", "names and types", "tables and files", "sockets and users", "command lines", "environments",
          "Postfix and Sendmail connections", "tests")
LEAST, LEAST_CURED = 20, 15

PRELUDE = """
postern() { '%s' "$@"; }
without_icu() { '%s' "$@"; }
serve() { timeout 60 '%s' serve -f "$@"; }
policy() { printf '%%s\\n' "$@" >p.rules; }
# A Postfix, and a policy for it; what differs, and what is noted. postconf waits while main.cf is new.
quiet() { touch -d yesterday main.cf; }
postfix() {
    printf '%%s\\n' "compatibility_level = 3.6" "queue_directory = $W/q" "mydestination = example.com" "$@" >main.cf
    echo "smtp inet n - y - - smtpd" >master.cf
    quiet
    policy "set socket \\"unix:$W/q/postern/postern.sock\\"" 'set recipient-delimiter ""'
}
connected() { postfix "smtpd_milters = unix:postern/postern.sock" "non_smtpd_milters = unix:postern/postern.sock" "$@"; }
compared() { quiet; postern import --check p.rules postfix "$W"; }
noted() { quiet; postern import postfix "$W" | grep -A1 "^# Note"; }
# A Sendmail, likewise.
sendmail() {
    printf '%%s\\n' "$@" >sendmail.mc
    policy 'set socket "inet:8891@127.0.0.1"'
}
filters() { postern import --check p.rules sendmail sendmail.mc; }
umask 022
""" % (POSTERN, WITHOUT_ICU, POSTERN)


@functools.lru_cache(maxsize=None)
def asked(*words):
    return subprocess.run(words, capture_output=True, check=False).stdout.decode()


class Case:
    def __init__(self, group, text):
        lines = text.rstrip("\n").split("\n")
        self.group = group
        self.title = lines[0]
        self.commands = [line[2:] for line in lines[1:] if line.startswith("$ ")]
        self.cure = [line[2:] for line in lines[1:] if line.startswith("+ ")]
        self.said = "".join(line + "\n" for line in lines[1:] if not line.startswith(("$ ", "+ ")))
        self.prelude = PRELUDE
        self.environment = {}

    def text(self):
        return "== %s\n%s%s%s" % (self.title, "".join("$ %s\n" % line for line in self.commands), self.said,
                                  "".join("+ %s\n" % line for line in self.cure))

    def skipped(self):
        root = os.geteuid() == 0
        if self.title.startswith(("as root:", "as nobody:")) and not root:
            return "not root"
        said = "\n".join(self.commands + self.cure)
        if re.search("import postfix|postmap|compared|noted", said) and not os.access("/usr/sbin/postmap", os.X_OK):
            return "no Postfix"
        for kind in "lmdb", "cdb", "sqlite":
            if kind + ":" in said and kind not in asked(POSTERN, "--version"):
                return "this build has no " + kind
            if "postmap %s:" % kind in said and kind not in asked("/usr/sbin/postconf", "-m"):
                return "postmap has no " + kind
        return None

    def bash(self, folder, commands):
        as_nobody = self.title.startswith("as nobody:")
        with open(folder + "/run.sh", "w", encoding="utf-8") as out:
            out.write(self.prelude + "\n".join(commands) + '\necho "exit $?"\n')
        os.chmod(folder, 0o777)
        words = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] if as_nobody else []
        done = subprocess.run(words + ["bash", "./run.sh"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, cwd=folder, timeout=120, check=False,
                              env={"POSTERN": POSTERN, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "W": folder, "LC_ALL": "C.UTF-8",
                                   **self.environment,
                                   **{k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}})
        said = done.stdout.decode(errors="replace").replace(folder, "W").replace("\r", "")
        said = re.sub(r"(?ms)^(usage: postern \w+).*?^(?=exit )", r"\1 ...\n", said)
        return re.sub(r"\^~+", "^~", re.sub(r"(?m)^<\d>", "", said))

    def fault(self, folder, write):
        """None, or what isn't as it is written."""
        said = self.bash(folder, self.commands)
        if write:
            self.said = said
        if said != self.said:
            return "said:\n%s\nwanted:\n%s" % (said, self.said)
        if said.endswith("exit 0\n") and said.count("\n") < 2:
            return "nothing was found wrong"
        cured = self.bash(folder, self.cure) if self.cure else "exit 0\n"
        return None if cured.endswith("exit 0\n") and "warning: " not in cured else "not cured:\n" + cured


def read_cases(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for group, body in re.findall(r"(?ms)^### ([^\n]*)\n(.*?)(?=^### |\Z)", text):
        for case in re.split(r"(?m)^== ", body)[1:]:
            yield Case(group, case)


def read_language():
    """The named files of tests/language/bad: what is wrong by the file's name, and what is said of it."""
    with open(CASES, encoding="utf-8") as file:
        text = file.read()
    for group, body in re.findall(r"(?ms)^### ([^\n]*), in tests/language/bad\n(.*?)(?=^### |\Z)", text):
        for name in body.split():
            with open("%s/%s.err" % (LANGUAGE, name), encoding="utf-8") as file:
                yield group, name, file.read()


def cause(said):
    """What is said, without names, numbers and the line that is shown."""
    lines = [line for line in said.split("\n") if not re.match(r"    |exit |\Z", line)]
    lines = [re.sub(r"^(\S+:\d+:\d+: )?(error|warning): ", "", line) for line in lines[:2]]
    return re.sub(r'"[^"]*"|W[/\w.-]*|\d+', "_", "\n".join(lines))


def play_cases(cases, write=False, at_once=1):
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        os.chmod(scratch, 0o755)

        def play(at):
            folder = os.path.join(scratch, "%03d" % at)
            os.mkdir(folder)
            skip = cases[at].skipped()
            return None if skip else cases[at].fault(folder, write), skip

        for case, (fault, skip) in zip(cases, pool.map(play, range(len(cases)))):
            report(fault, "%s: %s" % (case.group, case.title), skip)


def write_cases(path, cases):
    """In their groups; what stands before the first stays."""
    with open(path, encoding="utf-8") as file:
        head = re.split(r"(?m)^### (?!.*, in tests)", file.read())[0]
    with open(path, "w", encoding="utf-8") as out:
        out.write(head)
        for group in dict.fromkeys(case.group for case in cases):
            out.write("### %s\n\n%s\n" % (group, "\n".join(case.text() for case in cases if case.group == group)))


def count():
    """Twenty of each group, wherever they stand, and each cause once."""
    cases = [case for path in [CASES, *ELSEWHERE] for case in read_cases(path)]
    known = [(case.group, case.title, case.said) for case in cases] + list(read_language())
    for group in GROUPS:
        number = len({cause(said) for of, _, said in known if of == group})
        report(None if number >= LEAST else "%d" % number, "%s: %d mistakes or more" % (group, LEAST))
    for group in dict.fromkeys(case.group for case in cases):
        number = len([case for case in cases if case.group == group and case.cure])
        report(None if number >= LEAST_CURED else "%d" % number, "%s: %d cures or more" % (group, LEAST_CURED))
    causes = {}
    for group, title, said in known:
        causes.setdefault(cause(said), []).append("%s: %s" % (group, title))
    report([titles for titles in causes.values() if len(titles) > 1], "no two have one cause")
    report({group for group, _, _ in known} - set(GROUPS), "each is of a group that is known")


def main():
    cases = list(read_cases(CASES))
    play_cases(cases, "--write" in sys.argv, at_once=4)
    if "--write" in sys.argv:
        write_cases(CASES, cases)
    count()
    return tap_end()


if __name__ == "__main__":
    sys.exit(main())
