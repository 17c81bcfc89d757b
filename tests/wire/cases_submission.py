"""submission.rules, in what no test block can write: octets that are no text, and very many of them."""

import os
import tempfile

from harness import Daemon, case, check, same

POLICY = os.path.realpath(__file__ + "/../../../rules/policies/submission.rules")


def daemon_with(directory, owners):
    os.chmod(directory, 0o755)
    with open(directory + "/owners", "wb") as file:
        file.write(owners)
    return Daemon('table owners = "texthash:%s/owners"\ninclude "%s"\n' % (directory, POLICY))


def log_in(mta, login):
    mta.mail("<u@d.example>", auth_type="PLAIN", auth_authen=login)
    return mta.rcpt("<x@other.example>")


@case
def login_that_is_no_text():
    with tempfile.TemporaryDirectory() as directory, \
            daemon_with(directory, "u@d.example u, \uFFFDu, \u00FFu".encode()) as daemon:
        for login in (b"\xFFu", b"u\xFF", b"\xC3"):
            with daemon.session() as mta:
                said = log_in(mta, login)
                check(said.startswith("550-5.7.1 "), "the login %r owns nothing" % login, said)


@case
def author_without_end():
    with tempfile.TemporaryDirectory() as directory, \
            daemon_with(directory, b"u@d.example u") as daemon, daemon.session() as mta:
        check(log_in(mta, "u") == "continue", "u may send as himself")
        mta.data(i="ID1")
        # libmilter takes no packet above 64 KB
        mta.header("From", b"u@d.example" + (b",\n u@d.example (" + b"x" * 285 + b")") * 199)
        said = mta.eoh(i="ID1")
        check(said.startswith("554-5.6.0 "), "a From of 60,000 octets", said)
        check(log_in(mta, "u") == "continue", "and once more")
        mta.data(i="ID2")
        mta.header("From", b"u@d.example" + b",\n u@d.example" * 4500)
        same(mta.eoh(i="ID2"), "554 5.6.0 this message names too many mailboxes as its authors",
             "a From of more mailboxes than may be")
