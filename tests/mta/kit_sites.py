"""A site of doc/examples/sites, put in place by the lines of its README, word for word.

Three rules say what differs from a machine of its own. The folders below /etc, /run, /usr/share and /var are those of
the test, in the lines of the README as in the site's files. `systemctl` and `make -C /etc/mail` are done by the test.
"Put the lines of sendmail.mc into yours" is done with the lines as they stand.
"""

import fcntl
import glob
import os
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile

import kit
from harness import POSTERN, check, kill_all, wait_until

TREE = os.path.realpath(kit.HERE + "/../..")
SENDMAIL_ROOT = os.environ["SENDMAIL_ROOT"]
STRANGER, OWN_SERVER = "203.0.113.9", "192.0.2.25"
# The next hops of all sites, and what they offer.
HOPS = {
    "mx.example.net": ("127.0.0.20", ("8BITMIME", "SMTPUTF8")),
    "mail.cs.example.edu": ("127.0.0.21", ("8BITMIME", "SMTPUTF8")),
    "vax.physics.example.edu": ("127.0.0.22", ()),
    "aleph.library.example.edu": ("127.0.0.23", ("8BITMIME",)),
    "mailboxes.hosting.example": ("127.0.0.24", ("8BITMIME", "SMTPUTF8")),
}
sinks = {}


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def ask_interface(code, name, rest):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, code, struct.pack("16s16s", name.encode(), rest))


def make_network():
    """Loopback, on it the addresses of clients, and the next hops."""
    set_flags, set_address = 0x8914, 0x8916
    ask_interface(set_flags, "lo", struct.pack("H", 1))
    for number, address in enumerate((STRANGER, OWN_SERVER)):
        ask_interface(set_address, "lo:%d" % number, struct.pack("HH4s", socket.AF_INET, 0, socket.inet_aton(address)))
    for name, (address, offers) in HOPS.items():
        sinks[name] = kit.Sink(offers, address, 25)


def make_machine(directory):
    """Names of hosts, and the user who serves, seen by this process and its children alone."""
    hosts = "".join("%s %s\n" % (address, name) for name, (address, _) in HOPS.items())
    files = {"/etc/hosts": "127.0.0.1 localhost\n" + hosts}
    for path, line in (("/etc/passwd", "postern:x:4711:4711::/:/usr/sbin/nologin\n"), ("/etc/group", "postern:x:4711:\n")):
        others = re.sub("(?m)^postern:.*\n", "", read(path))
        files[path] = others + line
    for path, text in files.items():
        write(directory + "/machine" + path, text)
        subprocess.run(["mount", "--bind", directory + "/machine" + path, path], check=True)


class Client(kit.Client):
    """From another address; port 465 begins with TLS."""

    def __init__(self, port, source):
        self.socket = socket.create_connection(("127.0.0.1", port), 60, (source, 0))
        if port == 465:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            self.socket = context.wrap_socket(self.socket)
        self.lines = self.socket.makefile("rb")
        self.read()
        self.say("EHLO client.example")


class Site:
    """One with this MTA, "Postfix" or "Sendmail", which knows these logins."""

    def __init__(self, name, mta, *logins):
        signal.signal(signal.SIGTERM, lambda *unused: sys.exit(1))
        self.mta, self.logins = mta, logins
        self.directory = tempfile.mkdtemp(prefix="postern-site-")
        os.chmod(self.directory, 0o755)
        self.postfix, self.sendmail = self.directory + "/postfix", self.directory + "/sendmail"
        self.etc = (self.sendmail if mta == "Sendmail" else self.directory) + "/etc"
        self.policy = self.etc + "/postern/postern.conf"
        self.log_name = self.directory + "/log"
        self.place = "%s/doc/examples/sites/%s" % (TREE, name)
        self.readme = read(self.place + "/README")
        self.cwd, self.postern = self.directory, None
        write(self.log_name, "")
        os.makedirs(self.etc + "/postern")
        shutil.copytree(TREE + "/rules/policies", self.directory + "/share/policies")
        for path in glob.glob(self.place + "/*"):
            write("%s/examples/sites/%s/%s" % (self.directory, name, os.path.basename(path)), self.here(read(path)))
        self.write_programs()

    def here(self, text):
        """The same with the folders of the test."""
        for path, ours in (("/usr/share/doc/postern/examples", "/examples"), ("/usr/share/postern", "/share"),
                           ("/var/spool/postfix", "/postfix/queue"), ("/var/log/mail.log", "/log"), ("/run/postern", "/run"),
                           ("/etc/postfix", "/postfix/etc"), ("/etc/mail", "/sendmail/etc/mail")):
            text = text.replace(path, self.directory + ours)
        return re.sub(r"(?<!\w)/etc/postern", self.etc + "/postern", text)

    def write_programs(self):
        """What is typed as one word does what it does on a machine where all is in its place."""
        own, makemap = self.postfix + "/etc", SENDMAIL_ROOT + "/usr/libexec/sendmail/makemap"
        programs = {name: "exec %s -c '%s' \"$@\"" % (shutil.which(name), own)
                    for name in ("postconf", "postfix", "postmap") if shutil.which(name)}
        programs["makemap"] = (". '%s/sendmail.bash'\nsendmail_library_path '%s' '%s' -C '%s/etc/mail/sendmail.cf' \"$@\""
                               % (kit.HERE, SENDMAIL_ROOT, makemap, self.sendmail))
        programs["postern"] = ("case $1 in\nimport) exec '%s' \"$@\" '%s' ;;\nprobe | report) exec '%s' \"$@\" ;;\n"
                               "*) exec '%s' \"$1\" -c '%s' \"${@:2}\" ;;\nesac"
                               % (POSTERN, own, POSTERN, POSTERN, self.policy))
        for name, text in programs.items():
            write("%s/bin/%s" % (self.directory, name), "#!/bin/bash\n%s\n" % text, 0o755)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self.postern and self.postern.poll() is None:
            kill_all(self.postern)
        if self.mta == "Sendmail":
            self.shell("sendmail_stop", self.sendmail)
        else:
            self.shell("postfix_stop", self.postfix)
        log = self.log()
        shutil.rmtree(self.directory)
        if re.search("Sanitizer|runtime error", log):
            raise RuntimeError(log)

    @staticmethod
    def shell(function, *arguments):
        program = '. "$1"; shift; "$@"'
        subprocess.run(["bash", "-c", program, "bash", kit.HERE + "/sites.bash", function, *arguments],
                       stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=True)

    def lines(self, title):
        """What the README says to type there."""
        section = re.search(r"(?ms)^%s\n-+\n(.*?)(?=\n\n\n\S|\Z)" % title, self.readme)[1]
        return re.findall(r"(?m)^    (\S.*)$", section)

    def put_in_place(self):
        if self.mta == "Postfix":
            self.shell("sites_postfix", self.postfix, *self.logins)
        else:
            self.shell("sites_sendmail_write", SENDMAIL_ROOT, self.sendmail, self.mc_lines())
        self.follow("With " + self.mta)

    def mc_lines(self):
        """Inside of its mounts Sendmail finds all of /etc where it should be."""
        name = self.directory + "/lines.mc"
        write(name, read(self.place + "/sendmail.mc").replace("/run/postern", self.directory + "/run"))
        return name

    def follow(self, title):
        """Types the lines of a section."""
        by_us = {"systemctl restart postern": self.start, "systemctl reload postern": self.reload,
                 "make -C /etc/mail && systemctl restart sendmail": self.start_sendmail}
        for line in self.lines(title):
            done = by_us[line]() if line in by_us else self.run(line)
            check(done is None, "%s: %s" % (title, line), done)

    def run(self, line):
        """None, or what it said when it failed."""
        if line.startswith("cd "):
            self.cwd = self.here(line[3:])
            return None
        done = subprocess.run(["bash", "-c", self.here(line)], cwd=self.cwd, stdout=subprocess.PIPE, check=False,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=60,
                              env=dict(os.environ, PATH=self.directory + "/bin:" + os.environ["PATH"]))
        said = done.stdout.decode(errors="replace")
        return said if done.returncode or "warning:" in said else None

    def start(self):
        with open(self.log_name, "ab") as log:
            self.postern = subprocess.Popen([POSTERN, "serve", "-f", "-c", self.policy], stderr=log, stdout=log,
                                            stdin=subprocess.DEVNULL)
        started = wait_until(lambda: self.postern.poll() is not None or "postern: version" in self.log(), 20)
        return None if started and self.postern.poll() is None else self.log()

    def reload(self):
        self.postern.send_signal(signal.SIGHUP)
        return None if self.logs("reloaded: generation 2 serves") else self.log()

    def start_sendmail(self):
        self.shell("sites_sendmail_start", SENDMAIL_ROOT, self.sendmail, *self.logins)

    def add_owner(self, line):
        """As sender_login says it is done; nothing is told to Postern."""
        where = self.here("/etc/postern/" if self.mta == "Sendmail" else "/etc/postfix/") + "sender_login"
        with open(where, "a", encoding="utf-8") as file:
            file.write(line + "\n")
        if self.mta == "Postfix":
            self.run("postmap hash:/etc/postfix/sender_login")

    def log(self):
        return read(self.log_name)

    def logs(self, pattern, since=0):
        return wait_until(lambda: re.search(pattern, self.log()[since:]), 20)

    def client(self, login=None, source=STRANGER, port=None):
        """Who has a login comes by port 587."""
        port = port or (587 if login else 25)
        client = Client(port, source)
        if login:
            if port != 465:
                client.start_tls()
            said = client.login(login)
            if not said.startswith("235"):
                raise RuntimeError(said)
        return client

    def send(self, sender, recipient, text, login=None, source=STRANGER, port=None):
        """A message; the reply that ends it."""
        with self.client(login, source, port) as client:
            return client.deliver("<%s> BODY=8BITMIME" % sender, "<%s>" % recipient,
                                  text=text.replace("\n", "\r\n").encode())

    def held(self):
        """How many messages are held; they are let go."""
        if self.mta == "Sendmail":
            found = glob.glob(self.sendmail + "/queue/hf*")
            for path in found:
                os.unlink(path)
            return len(found)
        found = subprocess.run(["postsuper", "-c", self.postfix + "/etc", "-d", "ALL", "hold"], check=True,
                               stderr=subprocess.PIPE).stderr
        return int((re.search(rb"Deleted: (\d+) ", found) or [0, 0])[1])

    def is_quiet(self):
        if self.mta == "Sendmail":
            return not glob.glob(self.sendmail + "/queue/qf*")
        return not any(files for queue in kit.QUEUES for _, _, files in os.walk(self.postfix + "/queue/" + queue))

    def arrived(self):
        """What came to each next hop since the last call: its name and the message."""
        if not wait_until(self.is_quiet, 30):
            raise RuntimeError("still in the queue")
        found = []
        for name, sink in sinks.items():
            messages, sink.messages = sink.messages, []
            found += [(name, envelope, text.decode("utf-8", "backslashreplace")) for envelope, text in messages]
        return found
