"""The written sessions, through one Postfix."""

import sys

import harness
import kit
import sessions


@harness.case
def verdicts():
    sessions.play_file(site, kit.HERE + "/verdicts.sessions")


@harness.case
def messages():
    sessions.play_file(site, kit.HERE + "/messages.sessions")


@harness.case
def recipients():
    sessions.play_file(site, kit.HERE + "/recipients.sessions")


with kit.Site() as site:
    sys.exit(harness.run_all())
