"""How long an MTA is waited for. Two hours pass at once, for the program's clock is put forward."""

import os
import re
import struct
import subprocess
import tempfile

from harness import POSTERN, Daemon, case_of, check, same, skip

HERE = os.path.dirname(os.path.abspath(__file__))


class LaterDaemon(Daemon):
    """One whose clock can be put forward."""

    def __init__(self, policy):
        self.place = tempfile.TemporaryDirectory(prefix="postern-later-")
        self.clock = os.path.join(self.place.name, "clock")
        self.library = os.path.join(self.place.name, "later.so")
        self.put_forward(0)
        subprocess.run(["cc", "-shared", "-fPIC", "-o", self.library, HERE + "/later.c"], check=True)
        super().__init__(policy)

    def __exit__(self, *unused):
        super().__exit__()
        self.place.cleanup()

    def put_forward(self, seconds):
        with os.fdopen(os.open(self.clock, os.O_WRONLY | os.O_CREAT), "wb") as file:
            file.write(struct.pack("q", seconds))

    def command(self):
        """A sanitizer wants to be the first."""
        linked = subprocess.run(["ldd", POSTERN], stdout=subprocess.PIPE, text=True, check=True).stdout
        libraries = re.findall(r"=> (/\S*lib[at]san\S*)", linked) + [self.library]
        return ["env", "LATER=" + self.clock, "LD_PRELOAD=" + " ".join(libraries), *super().command()]


@case_of("native")
def native_waits_as_long_as_libmilter_does():
    if subprocess.run(["ldd", POSTERN], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode:
        skip("the clock of a static program can't be put forward")
        return
    with LaterDaemon("") as daemon, daemon.session() as early, daemon.session() as late:
        daemon.put_forward(7205)
        check(not early.is_closed(2), "after 7,205 s an idle connection is open")
        same(late.message(), "continue", "and serves")
        daemon.put_forward(7215)
        check(early.is_closed(), "after 7,215 s it is closed")
        same(late.message(), "continue", "and not one on which something was said in between")
