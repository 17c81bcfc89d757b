"""A private Sendmail that has Postern for its milter."""

import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import kit
from harness import free_port, wait_until

ROOT = os.environ["SENDMAIL_ROOT"]
LOGINS = ["alice@test.example", "backup@test.example", "al+ice@test.example", "al=ice@test.example",
          "al ice@test.example", "alice@other.example"]


class Site(kit.Site):
    """Sendmail with its next hop, and what that offers; unix: Postern is found by a unix socket."""

    def __init__(self, offers=("8BITMIME", "SMTPUTF8"), unix=False):
        signal.signal(signal.SIGTERM, lambda *unused: sys.exit(1))
        self.directory = tempfile.mkdtemp(prefix="postern-mta-")
        os.chmod(self.directory, 0o755)
        self.place = os.path.join(self.directory, "sendmail")
        self.queue = os.path.join(self.place, "queue")
        self.sink = kit.Sink(offers)
        self.milter = "inet:%d@127.0.0.1" % free_port()
        if unix:
            self.milter = "unix:%s/run/postern.sock" % self.directory
        try:
            self.port = int(self.shell("sendmail_start", ROOT, self.place, str(self.sink.port), self.milter, *LOGINS))
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *unused):
        self.shell("sendmail_stop", self.place)
        shutil.rmtree(self.directory)

    @staticmethod
    def shell(function, *arguments):
        program = '. "$1"; shift; "$@"'
        command = ["bash", "-c", program, "bash", kit.HERE + "/sendmail.bash", function, *arguments]
        return subprocess.run(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True).stdout

    def make_map(self, text, kind="hash", nuls=False):
        """Its TYPE:PLACE, as Sendmail's own makemap writes it."""
        name = self.new_directory("map") + "/map"
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
        self.shell("sendmail_makemap", ROOT, self.place, kind, name, *(["-N"] if nuls else []))
        for made in glob.glob(name + ".*"):
            os.chmod(made, 0o644)  # makemap's are for their owner alone, and another user serves
        return "%s:%s" % (kind, name)

    def is_quiet(self):
        return not glob.glob(self.queue + "/qf*")

    def delivered(self):
        if not wait_until(self.is_quiet, 60):
            raise RuntimeError("still in the queue: %s" % os.listdir(self.queue))
        messages, self.sink.messages = self.sink.messages, []
        return messages

    def held(self):
        """What is quarantined: (queue id, sender, recipients). It is deleted."""
        found = []
        for name in sorted(glob.glob(self.queue + "/hf*")):
            with open(name, encoding="utf-8", errors="replace") as file:
                text = file.read()
            sender = re.search("(?m)^S<(.*)>$", text)
            recipients = re.findall("(?m)^R[^:\n]*:<?(.*?)>?$", text)
            found.append((os.path.basename(name)[2:], sender[1], recipients))
            for part in "hf", "df":
                os.unlink(os.path.join(self.queue, part + found[-1][0]))
        return found
