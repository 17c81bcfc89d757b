"""Both engines, judged by an MTA's side of the protocol that others wrote: miltertest of OpenDKIM."""

import os
import subprocess
import sys

import harness
from harness import Daemon, case, check

POLICY = r'''
rule nobody if rcpt.local == "no" reject 550 5.1.1 "no {rcpt}"
rule command if command.verb == "TURN" reject 502 5.5.1 "no {command}"
rule refused if any header["X-Do"] ~ /reject/ reject 554 5.7.1 "no"
rule bad if any body ~ /bad/ reject 554 5.7.1 "{sender} is at 100%"
rule later if any body ~ /later/ tempfail 451 4.7.1 "later"
rule gone if any header["X-Do"] ~ /discard/ discard
rule seen add-header "X-Seen" "{client.ip} {helo} {auth.user} {mail.size}"
rule replaced if any header["X-Do"] ~ /replace/ replace-header "Subject" "[x] {header['Subject']}"
rule removed if any header["X-Do"] ~ /remove/ remove-header "X-Secret"
rule copied if any header["X-Do"] ~ /recipient/ add-recipient "<copy@example.org>"
rule off if rcpt.local == "off" remove-recipient
rule held if any header["X-Do"] ~ /hold/ quarantine "look at {sender}"
rule converted if any header["X-Do"] ~ /convert/ downgrade 8bit
'''
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "judge.lua")


def judge(engine):
    with Daemon(POLICY, engine=engine) as daemon:
        told = subprocess.run(["miltertest", "-D", "socket=" + daemon.where, "-s", SCRIPT], check=False, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
        for line in told.stdout.splitlines():
            good, _, text = line.partition("ok ")
            check(good == "", "%s: %s" % (engine, text), line)
        check(told.returncode == 0 and told.stdout, "%s: the script goes through" % engine, told)


@case
def both_are_judged():
    for engine in "libmilter", "native":
        judge(engine)


sys.exit(harness.run_all())
