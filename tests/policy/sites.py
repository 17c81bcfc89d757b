"""The sites of doc/examples/sites, as they are where nothing is installed: /etc/postern and /etc/postfix are one folder,
and maps that postmap would make are read as texts. TAP."""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

TREE = os.path.realpath(os.environ["srcdir"])
POSTERN = os.path.realpath(os.environ["POSTERN"])

sys.path.insert(0, TREE + "/tests")
from tap import report, tap_end  # noqa: E402


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def put(site, folder):
    """Its files, with our paths."""
    for path in glob.glob(site + "/*"):
        shutil.copy(path, folder)
    policy = folder + "/postern.conf"
    text = read(policy).replace("/usr/share/postern/", TREE + "/rules/")
    text = re.sub(r"hash:/etc/postfix/", "texthash:%s/" % folder, text)
    with open(policy, "w", encoding="utf-8") as file:
        file.write(text)
    return policy


def run(command, policy, *options):
    done = subprocess.run([POSTERN, command, "-c", policy, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, timeout=120, check=False)
    return done.returncode, done.stdout.decode(errors="replace").splitlines()


def check_site(site, folder):
    name, policy = os.path.basename(site), put(site, folder)
    status, said = run("check", policy, "--strict", "--no-host")
    if any("this build has no" in line for line in said):
        return report(None, name + ": its policy", "this build can't have it")
    report(said if status else None, name + ": check has nothing to say")
    status, said = run("test", policy, "--coverage")
    report([line for line in said if not line.startswith("ok")] if status else None, name + ": its tests pass")
    report([line for line in said if line.startswith("#   " + folder)], name + ": they reach all of it")
    readme = read(site + "/README")
    files = {os.path.basename(path) for path in glob.glob(site + "/*")} - {"README"}
    report([file for file in sorted(files) if not re.search(r"(?<![\w-])%s(?![\w-])" % re.escape(file), readme)],
           name + ": its README tells of each file")
    introduction = readme.split("\n\n\n")[0].splitlines()
    report(None if 10 <= len(introduction) <= 30 else [str(len(introduction))], name + ": and what the site is, in 10 to 30 lines")
    report(["%s:%d" % (path, line) for path in glob.glob(site + "/*") for line, text in enumerate(read(path).splitlines(), 1)
            if len(text) > 120], name + ": no line is too wide")
    makefile = read(TREE + "/Makefile.am")
    report([file for file in sorted(files) + ["README"] if "doc/examples/sites/%s/%s" % (name, file) not in makefile],
           name + ": all of it is installed")


def main():
    sites = sorted(glob.glob(TREE + "/doc/examples/sites/*"))
    report(None if len(sites) >= 3 else sites, "there are sites")
    for site in sites:
        with tempfile.TemporaryDirectory() as folder:
            check_site(site, folder)
    return tap_end()


sys.exit(main())
