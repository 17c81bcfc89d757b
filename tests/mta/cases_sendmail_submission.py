"""Who may send as whom, behind one Sendmail, by a map that its own makemap wrote."""

import sys

import authors  # with cases of its own
import harness
import kit_sendmail
import submission

submission.differs = {
    "a NUL": ("554 5.6.0", True),                      # Sendmail takes it out
    "a From of 100,000 octets": ("552 5.6.0", False),  # more than a header of Sendmail's may have
}


@harness.case
def other_maps():
    """The cases above have hash without NULs; makemap -N writes them behind keys and values, as postmap does."""
    for kind, nuls in ("hash", True), ("btree", False), ("btree", True):
        what = "%s %s NULs" % (kind, "with" if nuls else "without")
        with submission.site.policy(submission.policy(kind=kind, nuls=nuls)):
            for sender, code in (submission.ALICE, "250 2.0.0"), (submission.BOSS, "550 5.7.1"):
                said = submission.submit("alice@test.example", sender, b"From: " + sender.encode())
                harness.check(submission.answered(said, code), "%s: %s" % (what, sender), said)
            harness.same(len(submission.site.delivered()), 1, "%s: one is delivered" % what)


with kit_sendmail.Site() as submission.site:
    sys.exit(harness.run_all())
