#!/usr/bin/env python3
"""Other milters of Debian's, each told to accept all mail: how it is set up, and the command that starts it.

usage: peers.py SOCKET: a milter over python3-milter

opendkim   signs, but has no key: what it does not sign it lets pass. Its own libmilter glue.
mailfromd  a program of its language that passes everything. A milter implementation of its own, a process a session.
pymilter   python3-milter, which is libmilter: callbacks that say "go on".

Each negotiates the steps that it wants by itself, so that no ratio between these and the others is a fair one.
"""

import importlib.util
import os
import shutil
import sys

DKIM = "Mode s\nKeyTable file:%s\nSigningTable file:%s\n"
MAILFROMD = "prog envfrom do pass done\nprog envrcpt do pass done\nprog header do pass done\nprog eom do accept done\n"


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def opendkim(program, folder):
    empty = write(folder, "empty", "")
    conf = write(folder, "opendkim.conf", DKIM % (empty, empty))
    return [program, "-f", "-x", conf, "-p", "local:%s/socket" % folder]


def mailfromd(program, folder):
    """It refuses to run as root."""
    user = []
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
        user = ["--user", "nobody"]
    return [program, "--no-config", "--foreground", "--stderr", *user, "--port", "unix://%s/socket" % folder,
            "--state-directory", folder, write(folder, "pass.mfl", MAILFROMD)]


def find_all(new_folder):
    """Names, sockets and commands of those that are installed."""
    path = os.environ["PATH"] + ":/usr/sbin"
    found = []
    for name, command in (("opendkim", opendkim), ("mailfromd", mailfromd)):
        program = shutil.which(name, path=path)
        if program:
            folder = new_folder()
            found.append((name, "unix:%s/socket" % folder, command(program, folder)))
    if importlib.util.find_spec("Milter"):
        socket = "unix:%s/socket" % new_folder()
        found.append(("pymilter", socket, [sys.executable, "-B", __file__, socket]))
    return found


def serve(socket):
    import Milter

    class Passing(Milter.Base):
        def connect(self, *unused):
            return Milter.CONTINUE

        def hello(self, *unused):
            return Milter.CONTINUE

        def envfrom(self, *unused):
            return Milter.CONTINUE

        def envrcpt(self, *unused):
            return Milter.CONTINUE

        def header(self, *unused):
            return Milter.CONTINUE

        def eom(self):
            return Milter.CONTINUE

    Milter.factory = Passing
    Milter.runmilter("passing", socket, 240)


if __name__ == "__main__":
    serve(sys.argv[1])
