"""The written sessions, through one Sendmail."""

import sys

import harness
import kit
import kit_sendmail
import sessions


@harness.case
def verdicts():
    sessions.play_file(site, kit.HERE + "/sendmail.sessions")


with kit_sendmail.Site() as site:
    sys.exit(harness.run_all())
