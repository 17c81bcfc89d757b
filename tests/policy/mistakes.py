"""Mistakes of administrators, each with what is said of it to the letter: mistakes.cases beside this. A case is

    == WHAT IS WRONG
    $ COMMANDS
    what is said
    exit STATUS

run by bash in a folder of its own, W. `policy LINE...` writes W/p.rules. "as root" and "as nobody" before the first
colon of the title say who makes the mistake; elsewhere it makes no difference. No two have one cause: what is said
of them differs in more than names and numbers. `mistakes.py --write` writes what is said now. TAP.
"""

import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
CASES = HERE + "/mistakes.cases"
POSTERN = os.path.realpath(os.environ["POSTERN"])
LEAST = 20

PRELUDE = """
postern() { '%s' "$@"; }
serve() { timeout 60 '%s' serve -f "$@"; }
policy() { printf '%%s\\n' "$@" >p.rules; }
umask 022
""" % (POSTERN, POSTERN)

number = failed = 0


def report(fault, name, skip=None):
    global number, failed
    number += 1
    failed += bool(fault)
    print("%s %d - %s%s" % ("not ok" if fault else "ok", number, name, " # SKIP " + skip if skip else ""))
    if fault:
        print("\n".join("#   " + line for line in str(fault)[:3000].splitlines()))


class Case:
    def __init__(self, group, text):
        lines = text.split("\n")
        self.group = group
        self.title = lines[0]
        self.commands = [line[2:] for line in lines[1:] if line.startswith("$ ")]
        said = [line for line in lines[1:] if not line.startswith("$ ")]
        self.said = "\n".join(said).rstrip("\n") + "\n"

    def skipped(self):
        root = os.geteuid() == 0
        if self.title.startswith(("as root:", "as nobody:")) and not root:
            return "not root"
        if "import postfix" in self.commands[0] and not os.access("/usr/sbin/postconf", os.X_OK):
            return "no Postfix"
        return None

    def run(self, folder):
        as_nobody = self.title.startswith("as nobody:")
        with open(folder + "/run.sh", "w", encoding="utf-8") as out:
            out.write(PRELUDE + "\n".join(self.commands) + '\necho "exit $?"\n')
        os.chmod(folder, 0o777)
        words = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] if as_nobody else []
        done = subprocess.run(words + ["bash", "./run.sh"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, cwd=folder, timeout=120, check=False,
                              env={"POSTERN": POSTERN, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "W": folder, "LC_ALL": "C.UTF-8",
                                   **{k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}})
        said = done.stdout.decode(errors="replace").replace(folder, "W")
        said = re.sub(r"(?ms)^(usage: postern \w+).*?^(?=exit )", r"\1 ...\n", said)
        return re.sub(r"\^~+", "^~", re.sub(r"(?m)^<\d>", "", said))


def read_cases():
    with open(CASES, encoding="utf-8") as file:
        text = file.read()
    for group, body in re.findall(r"(?ms)^### ([^\n]*)\n(.*?)(?=^### |\Z)", text):
        for case in re.split(r"(?m)^== ", body)[1:]:
            yield Case(group, case)


def cause(said):
    """What is said, without names, numbers and the line that is shown."""
    lines = [line for line in said.split("\n") if not re.match(r"    |exit |\Z", line)]
    return re.sub(r'"[^"]*"|W[/\w.-]*|\d+', "_", "\n".join(lines[:2]))


def main():
    cases = list(read_cases())
    groups = {}
    with tempfile.TemporaryDirectory() as scratch:
        os.chmod(scratch, 0o755)
        for at, case in enumerate(cases):
            folder = os.path.join(scratch, "%03d" % at)
            os.mkdir(folder)
            groups.setdefault(case.group, []).append(case)
            skip = case.skipped()
            said = case.said if skip else case.run(folder)
            name = "%s: %s" % (case.group, case.title)
            fault = None if said == case.said else "said:\n%s\nwanted:\n%s" % (said, case.said)
            report(fault or ("nothing was found wrong" if said.endswith("exit 0\n") else None), name, skip)
            if "--write" in sys.argv:
                case.said = said
    for group, those in groups.items():
        report(None if len(those) >= LEAST else len(those), "%s: %d mistakes or more" % (group, LEAST))
        causes = {}
        for case in those:
            causes.setdefault(cause(case.said), []).append(case.title)
        report([titles for titles in causes.values() if len(titles) > 1], group + ": no two have one cause")
    if "--write" in sys.argv:
        with open(CASES, "w", encoding="utf-8") as out:
            for group, those in groups.items():
                out.write("### %s\n\n" % group)
                for case in those:
                    out.write("== %s\n%s%s\n" % (case.title, "".join("$ %s\n" % c for c in case.commands), case.said))
    print("1..%d" % number)
    return failed > 0


sys.exit(main())
