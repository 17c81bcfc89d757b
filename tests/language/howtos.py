"""The examples of doc/HOWTO-*.md. A block with a path behind its language is that file; a policy is checked and its
tests are played; what a console shows is what is printed. TAP."""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)) + "/..")

from tap import report, tap_end  # noqa: E402

TREE = os.path.realpath(os.environ["srcdir"])
POSTERN = os.path.realpath(os.environ["POSTERN"])
KINDS = {"postern", "texthash", "pcre", "main.cf", "console"}


class Page:
    def __init__(self, path, root):
        self.name = os.path.basename(path)
        self.root = root
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.blocks = [(info.split(), body) for info, body in re.findall(r"(?ms)^```(\S.*?)\n(.*?)^```$", self.text)]

    def here(self, text):
        """The same text with our paths in place of those of an installed machine."""
        return text.replace("/usr/share/postern/", TREE + "/rules/").replace("/etc/", self.root + "/etc/")

    def run(self, line):
        done = subprocess.run(["bash", "-c", "postern() { '%s' \"$@\"; }\n%s" % (POSTERN, self.here(line))], timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, cwd=self.root)
        return done.returncode, done.stdout.decode(errors="replace")

    def write(self):
        for info, body in self.blocks:
            if info[1:]:
                path = self.here(info[1])
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as out:
                    out.write(self.here(body))

    def check_policy(self, path):
        status, said = self.run("postern check --strict --no-host " + path)
        report(said if status or "no errors" not in said else None, "%s: %s is right" % (self.name, path))
        status, said = self.run("postern test -c " + path)
        report(said if status or "\nnot ok" in said or "ok 1 " not in said else None,
               "%s: %s passes its tests" % (self.name, path))

    def check_main_cf(self, path):
        name = "%s: Postfix takes the lines of %s" % (self.name, path)
        if shutil.which("postconf") is None:
            return report(None, name, "no postconf")
        with open(self.here("/etc/postfix/master.cf"), "w", encoding="ascii") as out:
            out.write("smtp inet n - n - - smtpd\n")
        status, said = self.run("postconf -c /etc/postfix -n")
        return report(said if status or "unused" in said or "warning" in said else None, name)

    def check_console(self, body):
        for line, shown in re.findall(r"(?m)^\$ (.*)\n((?:(?!\$ ).*\n)*)", body):
            name = "%s: %s" % (self.name, line[:70])
            program = re.match(r"\S+", line).group()
            if program == "postmap" and (shutil.which(program) is None or "pcre" not in self.run("postconf -m")[1]):
                report(None, name, "no postmap with pcre")
                continue
            said = self.run(line)[1]
            report(None if said == shown else "said:\n%s\nshown:\n%s" % (said, shown), name)

    def check(self):
        unknown = {info[0] for info, _ in self.blocks} - KINDS
        report(unknown or (None if self.blocks else "no examples"), self.name + ": each example is of a kind that is run")
        report(None if self.text.startswith("# ") else "none", self.name + ": it has a title")
        wide = [line for kind, body in self.blocks if kind[0] not in ("console", "pcre") for line in body.splitlines()
                if len(line) > 120]
        report("\n".join(wide), self.name + ": no line of an example is too wide")
        self.write()
        for info, body in self.blocks:
            if info[0] == "postern":
                self.check_policy(info[1])
            elif info[0] == "main.cf":
                self.check_main_cf(info[1])
            elif info[0] == "console":
                self.check_console(body)


def main():
    pages = sorted(glob.glob(TREE + "/doc/HOWTO-*.md"))
    report(None if len(pages) >= 3 else pages, "there are pages")
    for path in pages:
        with tempfile.TemporaryDirectory() as root:
            Page(path, root).check()
    with open(TREE + "/doc/postern.8", encoding="utf-8") as file:
        manual = file.read().replace("\\e", "\\")
    with open(TREE + "/doc/HOWTO-smtputf8.md", encoding="utf-8") as file:
        pattern = re.search(r"(?ms)^```pcre .*?\n(.*?)^```", file.read()).group(1)
    report(None if pattern in manual else pattern, "the pattern is that of postern(8)")
    return tap_end()


sys.exit(main())
