"""A private Postfix that has Postern for its milter, a client, and a next hop that keeps what it gets."""

import base64
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

from harness import ENGINE, POSTERN, children_of, free_port, kill_all, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
# Postfix's, or Sendmail's.
QUEUE_ID = "(?:[0-9A-F]{6,}|[0-9A-Za-z]{8}[0-9]{6,})"
QUEUES = ("maildrop", "incoming", "active", "deferred")
TEXT = b"From: Alice <alice@example.org>\r\nTo: carol@example.net\r\nSubject: lunch\r\n\r\nAt one?\r\n"


def numbers(version):
    """Of "3.10.13", to be compared."""
    return [int(number) for number in re.findall("[0-9]+", version)]


class Sink:
    """The next hop: takes everything, and keeps envelope and message."""

    def __init__(self, offers=("8BITMIME", "SMTPUTF8"), address="127.0.0.1", port=0):
        self.messages = []
        self.greeting = "".join("250-%s\r\n" % word for word in ("sink.example", *offers)).encode() + b"250 ENHANCEDSTATUSCODES"
        self.listening = socket.create_server((address, port))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listening.accept()
            threading.Thread(target=self.serve_until_gone, args=(connection,), daemon=True).start()

    def serve_until_gone(self, connection):
        try:
            self.serve(connection)
        except OSError:
            pass

    def serve(self, connection):
        lines = connection.makefile("rb")
        connection.sendall(b"220 sink.example ESMTP\r\n")
        envelope = []
        for line in lines:
            verb = line[:4].upper()
            if verb == b"EHLO":
                reply = self.greeting
            elif verb == b"DATA":
                connection.sendall(b"354 go on\r\n")
                self.messages.append((envelope, self.content(lines)))
                envelope = []
                reply = b"250 2.0.0 kept"
            else:
                if verb in (b"MAIL", b"RCPT"):
                    envelope.append(line.decode("utf-8", "backslashreplace").strip())
                reply = b"221 2.0.0 bye" if verb == b"QUIT" else b"250 2.0.0 well"
            connection.sendall(reply + b"\r\n")
        connection.close()

    @staticmethod
    def content(lines):
        kept = []
        for line in lines:
            if line == b".\r\n":
                break
            kept.append(line[1:] if line[:1] == b"." else line)
        return b"".join(kept)


class Client:
    """Speaks SMTP; a reply is one text, its lines parted by "\\n"."""

    def __init__(self, port, hello="client.example"):
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.lines = self.socket.makefile("rb")
        if hello:
            self.read()
            self.say("EHLO " + hello)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.lines.close()
        self.socket.close()

    def read(self):
        said = []
        while True:
            line = self.lines.readline().decode("utf-8", "backslashreplace").rstrip("\r\n")
            said.append(line or "(closed)")
            if line[3:4] != "-":
                return "\n".join(said)

    def send(self, octets):
        self.socket.sendall(octets)

    def say(self, line):
        self.send((line if isinstance(line, bytes) else line.encode()) + b"\r\n")
        return self.read()

    def begin(self, sender="<alice@example.org>", recipient="<carol@example.net>"):
        """MAIL and RCPT; the second reply."""
        self.say("MAIL FROM:" + sender)
        return self.say("RCPT TO:" + recipient)

    def data(self, text=TEXT):
        said = self.say("DATA")
        if not said.startswith("354"):
            return said
        self.send(re.sub(rb"(?m)^\.", b"..", text))
        return self.say(".")

    def deliver(self, *envelope, text=TEXT):
        """A whole transaction; the last reply."""
        said = self.begin(*envelope)
        return self.data(text) if said.startswith("250") else said

    def login(self, user):
        token = base64.b64encode(b"\0%s\0secret" % user.encode()).decode()
        return self.say("AUTH PLAIN " + token)

    def start_tls(self, hello="client.example"):
        said = self.say("STARTTLS")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.lines.close()
        self.socket = context.wrap_socket(self.socket)
        self.lines = self.socket.makefile("rb")
        self.say("EHLO " + hello)
        return said


class Postern:
    """`postern serve -f` under a policy in a file; it may be stopped, killed, and started again."""

    def __init__(self, site, policy, where=None):
        self.directory = site.new_directory("postern")
        self.file = os.path.join(self.directory, "postern.conf")
        shutil.copytree(HERE + "/../../rules/policies", self.directory + "/policies")
        self.log_name = os.path.join(self.directory, "log")
        self.head = 'set socket "%s"\nset user "nobody" set engine %s\n' % (where or site.milter, ENGINE)
        self.process = None
        self.seen = 0
        open(self.log_name, "wb").close()
        self.write(policy)
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self.process.poll() is None:
            self.kill()
        if re.search("Sanitizer|runtime error", self.log()):
            raise RuntimeError(self.log())

    def write(self, policy):
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(self.head + policy)

    def run(self, command):
        """Another command of the program, on this policy."""
        return subprocess.run([POSTERN, command, "-c", self.file], capture_output=True, check=False,
                              stdin=subprocess.DEVNULL)

    def start(self):
        self.seen = len(self.log())
        with open(self.log_name, "ab") as log:
            self.process = subprocess.Popen([POSTERN, "serve", "-f", "-c", self.file], stderr=log,
                                            stdout=log, stdin=subprocess.DEVNULL)
        wait_until(lambda: self.process.poll() is not None or re.search("postern: version|\"version", self.new_log()), 20)
        if self.process.poll() is not None:
            raise RuntimeError("postern didn't start: " + self.new_log())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def server(self):
        """The process that serves."""
        return children_of(self.process.pid)[-1]

    def reload(self):
        """Until the log says how it went; that line."""
        before = self.log().count("reloaded: ")
        self.process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.log().count("reloaded: ") > before, 30)
        return re.findall(".*reloaded: .*", self.log())[-1]

    def kill(self):
        kill_all(self.process)

    def log(self):
        with open(self.log_name, encoding="utf-8", errors="replace") as file:
            return file.read()

    def new_log(self):
        return self.log()[self.seen:]

    def verdicts(self):
        """What was logged but for its own coming and going, with the same word for each queue id and each of ours."""
        lines = [re.sub("(; rule=[^ ]+ id=)[0-9A-Z]{12}(?= |$)", r"\1ID", re.sub("^(<[0-7]>)?postern: ", "", line))
                 for line in self.log().splitlines()]
        return [re.sub("^((?:warning: )?)%s:" % QUEUE_ID, r"\1QUEUEID:", line) for line in lines
                if not re.match("version |stopping: |stopped: |sandbox: closed |reloaded: |(error: )?generation [0-9]+", line)]


class Site:
    """Postfix with its next hop; `milter` is where Postern is to listen. files: what else is to be in Postfix'
    directory when it starts; master.more belongs to master.cf."""

    def __init__(self, *settings, files=None):
        signal.signal(signal.SIGTERM, lambda *unused: sys.exit(1))
        self.directory = tempfile.mkdtemp(prefix="postern-mta-")
        os.chmod(self.directory, 0o755)
        self.postfix = os.path.join(self.directory, "postfix")
        self.sink = Sink()
        self.milter = "inet:%d@127.0.0.1" % free_port()
        place = re.sub("^inet:(.*)@(.*)$", r"inet:\2:\1", self.milter)
        os.makedirs(self.postfix + "/etc")
        for name, text in (files or {}).items():
            with open(os.path.join(self.postfix, "etc", name), "w", encoding="utf-8") as file:
                file.write(text.replace("/etc/postfix/", self.postfix + "/etc/"))
        settings = [setting.replace("/etc/postfix/", self.postfix + "/etc/") for setting in settings]
        try:
            self.port = int(self.shell(
                "postfix_start", self.postfix, "smtpd_milters=" + place, "non_smtpd_milters=" + place,
                "local_header_rewrite_clients=", "default_transport=smtp:[127.0.0.1]:%d" % self.sink.port,
                *settings))
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.shell("postfix_stop", self.postfix)
        shutil.rmtree(self.directory)

    @staticmethod
    def shell(function, *arguments):
        program = '. "$1"; shift; "$@"'
        command = ["bash", "-c", program, "bash", HERE + "/postfix.bash", function, *arguments]
        return subprocess.run(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True).stdout

    def new_directory(self, name):
        directory = tempfile.mkdtemp(prefix=name + "-", dir=self.directory)
        os.chmod(directory, 0o755)
        return directory

    def policy(self, text, where=None):
        return Postern(self, text, where)

    def client(self, hello="client.example"):
        return Client(self.port, hello)

    def command(self, name, *arguments, text=None):
        """One of Postfix's own commands, for this Postfix."""
        option = "-C" if name == "sendmail" else "-c"
        return subprocess.run([name, option, self.postfix + "/etc", *arguments], input=text,
                              capture_output=True, check=True).stdout

    def version(self):
        return numbers(self.command("postconf", "-h", "mail_version").decode())

    def make_map(self, text):
        """Its TYPE:PLACE, as postmap writes it."""
        place = "hash:%s/map" % self.new_directory("map")
        with open(place.partition(":")[2], "w", encoding="utf-8") as file:
            file.write(text)
        self.command("postmap", place)
        return place

    def log(self):
        with open(self.postfix + "/maillog", encoding="utf-8", errors="replace") as file:
            return file.read()

    def logs(self, pattern):
        return wait_until(lambda: re.search(pattern, self.log()))

    def is_quiet(self):
        return not any(files for queue in QUEUES
                       for _, _, files in os.walk(os.path.join(self.postfix, "queue", queue)))

    def delivered(self):
        """What the next hop got since the last call, once nothing is under way: (envelope, message)."""
        if not wait_until(self.is_quiet, 60):
            raise RuntimeError("still in the queue: " + self.command("postqueue", "-p").decode())
        messages, self.sink.messages = self.sink.messages, []
        return messages

    def held(self):
        """What waits in the hold queue: (queue id, sender, recipients). It is deleted there."""
        found = []
        for line in self.command("postqueue", "-j").decode("utf-8", "replace").splitlines():
            entry = json.loads(line)
            if entry["queue_name"] == "hold":
                found.append((entry["queue_id"], entry["sender"],
                              [recipient["address"] for recipient in entry["recipients"]]))
        if found:
            self.command("postsuper", "-d", "ALL", "hold")
        return found
