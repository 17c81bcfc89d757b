"""The written sessions, through one Sendmail."""

import sys

import harness
import kit
import kit_sendmail
import sessions


@harness.case
def verdicts():
    sessions.play_file(site, kit.HERE + "/sendmail.sessions")


@harness.case
def unix_socket():
    """Sendmail looks at owners and modes before it trusts one."""
    with kit_sendmail.Site(unix=True) as other:
        with other.policy('rule mark\n    add-header "X-Seen" "yes"\n'), other.client() as client:
            said = client.deliver()
            harness.check(said.startswith("250 "), "mail passes through a unix socket", said)
        harness.same([b"X-Seen: yes" in message for _, message in other.delivered()], [True], "past the rules")


with kit_sendmail.Site() as site:
    sys.exit(harness.run_all())
