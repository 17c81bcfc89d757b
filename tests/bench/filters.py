"""Starts the filters that are compared, each on a socket of its own, and loads them with mail."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import peers

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("builddir", os.path.join(HERE, "../../build/release"))
POSTERN = os.environ.get("POSTERN", os.path.join(BUILD, "postern"))
OWNERS = 100000


def built(name):
    return os.path.join(BUILD, "tests/bench", name)


def made(script, *options):
    """What one of the generators writes."""
    command = [sys.executable, "-B", os.path.join(HERE, script), *(str(option) for option in options)]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout


def is_listening(name):
    kind, _, place = name.partition(":")
    port, _, host = place.partition("@")
    with socket.socket(socket.AF_UNIX if kind == "unix" else socket.AF_INET) as client:
        try:
            client.connect(place if kind == "unix" else (host, int(port)))
        except OSError:
            return False
    return True


def wait_for(name, process):
    for _ in range(3000):
        if is_listening(name):
            return
        if process.poll() is not None:
            break
        time.sleep(0.01)
    raise RuntimeError("%s didn't start" % " ".join(process.args))


def serving(pid):
    """The process that serves where this one was started: of ours the youngest that it forked."""
    with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as file:
        return int(([pid] + file.read().split())[-1])


class Filter:
    """A program that serves a socket. under: what runs it, such as valgrind; says: what is in its log once it does."""

    def __init__(self, place, name, address, command, under=(), says=""):
        self.name = name
        self.socket = address
        self.log = os.path.join(place.directory, "log.%d" % place.next_number())
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([*under, *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        place.processes.append(self.process)
        wait_for(self.socket, self.process)
        while says not in self.said() and self.process.poll() is None:
            time.sleep(0.01)

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def load(self, *options):
        """What the generator says of one run: names and numbers."""
        command = [built("load"), "-p", str(serving(self.process.pid)), *(str(option) for option in options[:-1]),
                   self.socket, options[-1]]
        said = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()
        return {name: float(value) for name, value in (word.split("=") for word in said.split())}

    def stop(self):
        """The end of what it said."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)
        return self.said()[-4000:]


class Place:
    """A folder for policies, mail and sockets, which goes again, and filters with it. new_address: names other
    sockets."""

    def __init__(self, new_address=None):
        self.directory = tempfile.mkdtemp(prefix="postern-bench-")
        os.chmod(self.directory, 0o755)
        self.number = 0
        self.processes = []
        self.mail = {}
        self.new_address = new_address or (
            lambda: "unix:%s/socket.%d" % (self.directory, self.next_number()))
        shutil.copytree(os.path.join(HERE, "../../rules/policies"), os.path.join(self.directory, "policies"))
        shutil.copy(os.path.join(HERE, "shipped.rules"), self.directory)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        shutil.rmtree(self.directory)

    def next_number(self):
        self.number += 1
        return self.number

    def write(self, name, content):
        path = os.path.join(self.directory, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def sessions(self, size, owners=OWNERS):
        """A file of messages of this size, 1000 or as many as `postern test` reads, in sessions of two."""
        if size not in self.mail:
            self.mail[size] = self.write("mail.%d" % size, made(
                "mail.py", "--messages", min(1000, (12 << 20) // size), "--size", size, "--owners", owners))
        return self.mail[size]

    def policy(self, rules, engine, address, owners=OWNERS):
        """rules: how many, or "shipped". The file, or None where this build doesn't know the engine."""
        text = 'set mode enforce\nset socket "%s"\n' % address
        if os.geteuid() == 0:
            text += 'set user "nobody"\n'
        if self.knows("set engine %s\n" % engine):
            text += "set engine %s\n" % engine
        elif engine != "libmilter":
            return None
        if rules == "shipped":
            self.write("owners", made("policy.py", "owners", owners + 1))
            return self.write("policy", text.encode() + b'include "shipped.rules"\n')
        return self.write("policy", text.encode() + made("policy.py", "rules", rules))

    def knows(self, line):
        path = self.write("known.rules", line.encode())
        return subprocess.run([POSTERN, "check", "-c", path], capture_output=True, check=False).returncode == 0

    def ours(self, engine, rules, owners=OWNERS, under=()):
        """Postern, or None where this build doesn't know the engine."""
        address = self.new_address()
        policy = self.policy(rules, engine, address, owners)
        return policy and Filter(self, "ours, " + engine, address, [POSTERN, "serve", "-f", "-c", policy], under,
                                 "postern: version ")

    def terms_of(self, filter_):
        path = os.path.join(self.directory, "terms.%d" % self.next_number())
        subprocess.run([built("load"), "-t", path, filter_.socket], check=True)
        return path

    def null(self, terms, under=()):
        address = self.new_address()
        return Filter(self, "null libmilter filter", address, [built("null_filter"), address, terms], under)

    def bare(self, terms, under=()):
        address = self.new_address()
        return Filter(self, "bare responder", address, [built("bare_filter"), address, terms], under)

    def new_folder(self):
        folder = os.path.join(self.directory, "peer.%d" % self.next_number())
        os.mkdir(folder)
        return folder

    def peers(self):
        return [Filter(self, name, address, command) for name, address, command in peers.find_all(self.new_folder)]
