"""What is asked of the MTA, as it stands on the wire."""

from fakemta import ACTIONS, ALL_ACTIONS, ALL_STEPS, NO_REPLY, NOT_SENT, STEPS, names_of
from harness import Daemon, case, case_of, check, same, wait_until

QUIET = "NR_CONN NR_HELO NR_MAIL "

# A policy; the steps and actions asked of an MTA that offers everything.
ROWS = [
    ("nothing is read", "",
     QUIET + "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN", "SETSYMLIST"),
    ("a verdict at RCPT", 'rule r if rcpt == "x@example.com" reject',
     QUIET + "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN", "SETSYMLIST"),
    ("a verdict at connect", 'set earliest-verdict connect rule r if client.ip == "192.0.2.66" reject',
     "NR_HELO NODATA NOHDRS NOEOH NOBODY NOUNKNOWN", "SETSYMLIST"),
    ("header fields", 'rule r if any header["Subject"] == "x" reject',
     QUIET + "NODATA NR_HDR NOBODY NOUNKNOWN", "SETSYMLIST"),
    ("the body", "rule r if message.8bit reject",
     QUIET + "NODATA NOHDRS NOEOH NOUNKNOWN SKIP", "SETSYMLIST"),
    ("an unknown command", 'rule r if command.verb == "TURN" reject',
     QUIET + "NODATA NOHDRS NOEOH NOBODY", "SETSYMLIST"),
    ("a field added", 'rule r add-header "X-A" "b"',
     QUIET + "NODATA NOHDRS NOEOH NOBODY NOUNKNOWN", "SETSYMLIST ADDHDRS"),
    ("a field replaced", 'rule r replace-header "X-A" "b"',
     QUIET + "NODATA NR_HDR NOEOH NOBODY NOUNKNOWN", "SETSYMLIST ADDHDRS CHGHDRS"),
]


@case
def negotiates_what_the_policy_needs():
    for name, policy, steps, actions in ROWS:
        with Daemon(policy) as daemon, daemon.mta() as mta:
            mta.negotiate()
            same(names_of(STEPS, mta.steps), set(steps.split()), "steps: " + name)
            same(names_of(ACTIONS, mta.actions), set(actions.split()), "actions: " + name)


@case
def asks_for_macros():
    with Daemon("rule r if auth.user == \"x\" and tls reject") as daemon, daemon.mta() as mta:
        mta.negotiate()
        for stage, names in {"connect": "v", "mail": "i {auth_type} {auth_authen}", "rcpt": "i", "eom": "i"}.items():
            check(set(names.split()) <= set(mta.wanted_macros.get(stage, [])), "macros at " + stage,
                  mta.wanted_macros)
        check(all(len(names) < 40 for names in mta.wanted_macros.values()), "under 40 macros a stage")
        check("data" not in mta.wanted_macros, "no macros for a step that isn't sent", mta.wanted_macros)


@case
def asks_only_for_what_is_offered():
    policy = 'rule r if message.8bit reject rule q replace-header "X-A" "b"'
    with Daemon(policy) as daemon:
        with daemon.mta() as mta:
            mta.negotiate(steps=0x7F, version=2)
            check(mta.steps & ~0x7F == 0, "no step that isn't offered", names_of(STEPS, mta.steps))
            same(mta.connect(), "continue", "an MTA without no-reply flags gets its answers")
            same(mta.helo(), "continue", "and at HELO")
            same(mta.mail("<a@example.com>"), "continue", "and at MAIL")
        for _ in range(2):
            with daemon.mta() as mta:
                mta.negotiate(actions=ALL_ACTIONS & ~ACTIONS["CHGHDRS"])
                check(not mta.actions & ACTIONS["CHGHDRS"], "no action that isn't offered")
                mta.connect()
                mta.helo()
                answer = mta.message(header=[("X-A", "old")])
                check(answer[:10] == "451 4.3.0 ", "a change that can't be made defers the message", answer)
        same(len(daemon.lines("CHGHDRS")), 1, "what is missing is logged once")


@case
def names_what_never_comes():
    """Each once, however many sessions show it."""
    with Daemon('rule r if rcpt.host == "x" reject rule q if command.verb == "TURN" reject') as daemon:
        for port in 0, 4711, 4711:
            with daemon.mta() as mta:
                mta.negotiate(steps=ALL_STEPS & ~STEPS["NOUNKNOWN"])
                mta.connect(port=port)
                mta.helo()
                mta.mail("<a@example.com>")
                mta.rcpt("<b@example.net>")
            same(len(daemon.lines("asked for {rcpt_host} and doesn't send it")), 1 if port else 0,
                 "a macro that every MTA has, from port %d" % port)
        same(len(daemon.lines("doesn't tell of commands that it doesn't know .a Postfix does")), 1, "commands")


@case_of("native")
def knows_other_protocols():
    with Daemon("") as daemon:
        with daemon.mta() as mta:
            mta.socket.sendall(b"EHLO client.example\r\n")
            check(mta.is_closed(), "who speaks SMTP here is cut off")
        check(wait_until(lambda: daemon.lines('begins with "EHLO", which is not the milter protocol')),
              "and the log says where this socket belongs", daemon.log())


@case
def keeps_quiet_where_it_promised():
    with Daemon("rule r if any header[\"Subject\"] == \"x\" reject") as daemon, daemon.mta() as mta:
        mta.negotiate()
        same(mta.connect(), NO_REPLY, "connect")
        same(mta.helo(), NO_REPLY, "HELO")
        same(mta.mail("<a@example.com>"), NO_REPLY, "MAIL")
        check(mta.is_silent(), "no answer was sent to these")
        same(mta.rcpt("<b@example.net>"), "continue", "RCPT is answered")
        same(mta.data(), NOT_SENT, "DATA isn't sent")
        same(mta.header("Subject", "x"), NO_REPLY, "a header field")
        check(mta.is_silent(), "no answer to a header field")
        check(mta.eoh().startswith("550 5.7.1 "), "the verdict comes at the end of the header")
    with Daemon("rule r if any header[\"Subject\"] == \"x\" reject") as daemon, daemon.mta() as mta:
        mta.negotiate(steps=ALL_STEPS & ~(STEPS["NR_HDR"] | STEPS["NR_MAIL"]))
        mta.connect()
        mta.helo()
        same(mta.mail("<a@example.com>"), "continue", "an MTA that waits at MAIL is answered")
        mta.rcpt("<b@example.net>")
        same(mta.header("Subject", "y"), "continue", "and at a header field")
