"""Where large bodies are kept: what can't be had fails at the start, not at the first large message."""

import os
import stat
import tempfile

from harness import Daemon, case, check, same, wait_until

READS_BODY = 'set max-body-memory 1KB rule body if any body ~ /x$/ add-header "X-A" "b"'
READS_NONE = 'rule h add-header "X-A" "b"'


def serve(policy, directory, expect_start):
    def before():
        os.environ["TMPDIR"] = directory
    return Daemon(policy, before=before, expect_start=expect_start)


def is_refused(policy, directory, reason, text):
    with serve(policy, directory, False) as daemon:
        same(daemon.wait(), os.EX_CANTCREAT, text + ": serve gives up")
        check(daemon.lines("error: .*%s.*%s" % (directory, reason)), text + ": and says where and why", daemon.log())


@case
def looks_at_the_directory_first():
    with tempfile.TemporaryDirectory(prefix="postern-wire-") as directory:
        os.chmod(directory, 0o755)
        none = os.path.join(directory, "none")
        file = os.path.join(directory, "file")
        with open(file, "w", encoding="ascii"):
            pass
        is_refused(READS_BODY, none, "No such file", "a directory that isn't there")
        is_refused(READS_BODY, file, "Not a directory", "a file")
        if os.geteuid() == 0:
            is_refused(READS_BODY, directory, "Permission denied", "one that isn't for who serves")
        os.chmod(directory, 0o1777)
        is_refused('rule d downgrade 8bit', none, "No such file", "a conversion keeps bodies too")
        with serve(READS_NONE, none, True) as daemon:
            same(daemon.session().message(), "continue", "a policy that keeps no body needs none")
        with serve(READS_BODY, directory, True) as daemon:
            with daemon.session() as mta:
                mta.mail("<a@example.com>")
                mta.rcpt("<b@example.net>")
                mta.data()
                mta.eoh()
                mta.body(b"y" * 20000 + b"x\r\n")
                wait_until(lambda: os.listdir(directory) == ["file"])
                same(mta.eom(), "continue", "a large body is kept in TMPDIR")
            check(stat.S_ISREG(os.stat(file).st_mode) and os.listdir(directory) == ["file"],
                  "which has nothing in it afterwards")
