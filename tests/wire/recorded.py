"""What real MTAs said and were answered, once more through both engines: the same octets back, with no exception, and
the same log."""

import glob
import os
import re
import sys

import harness
import recordings
from engines import converse, differences, parsed
from fakemta import packet
from harness import Daemon, case, check

FILES = sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "recorded", "*")))


ENGINES = ["libmilter", "native"]


def replay(recording, daemons, name):
    expected = recording.said("<")
    for daemon, engine in zip(daemons, ENGINES):
        heard = converse(daemon, recording.said(">"))
        check(heard == expected, "%s by %s" % (name, engine), differences(parsed(heard), parsed(expected)))


def replay_under(policy, text):
    with Daemon(text, engine=ENGINES[0]) as libmilter, Daemon(text, engine=ENGINES[1]) as native:
        for name in FILES:
            for recording in recordings.read(name):
                if recording.policy == policy:
                    replay(recording, (libmilter, native), "%s, %s: %s" % (os.path.basename(name), policy, recording.title))
        logs = [[re.sub(" id=[A-Z0-9]+", "", line) for line in daemon.lines("rule=")] for daemon in (libmilter, native)]
        check(logs[0] == logs[1] and logs[0], "%s: logged alike" % policy, differences(*logs))


@case
def both_say_what_they_said():
    for policy, text in recordings.POLICIES.items():
        replay_under(policy, text)


def chained(sessions):
    """Each but the last ends with QUIT_NC; negotiated is once."""
    said = b"".join(packet(b"K") + session.said(">", b"OQ") for session in sessions[1:])
    heard = b"".join(session.said("<", b"O") for session in sessions[1:])
    return sessions[0].said(">", b"Q") + said + packet(b"Q"), sessions[0].said("<") + heard


@case
def native_says_the_same_on_one_connection():
    """No MTA was seen to do so. Behind ABORT libmilter ignores it, and goes on with the client of the session before."""
    for policy, text in recordings.POLICIES.items():
        with Daemon(text, engine="native") as daemon:
            for name in FILES:
                said, expected = chained([r for r in recordings.read(name) if r.policy == policy])
                heard = converse(daemon, said)
                check(heard == expected, "%s, %s: all sessions, one behind the other" % (os.path.basename(name), policy),
                      differences(parsed(heard), parsed(expected)))


sys.exit(harness.run_all())
