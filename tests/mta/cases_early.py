"""A verdict that is certain before the header, and behind it a message that comes without MAIL.

Postfix 3.7 keeps sender and recipients of a message that smtpd_end_of_data_restrictions refused, and takes RCPT and
DATA behind it. A milter that had said accept by then isn't asked about what follows. Postfix 3.10.13 asks for MAIL."""

import socket
import sys
import threading

import harness
import kit
from harness import case, check, same

BAD = kit.TEXT.replace(b"lunch", b"bad")
HEADER = 'rule bad\n    if any header["Subject"] == "bad"\n    reject 550 5.7.1 "bad"\n'
# Postfix shows DATA to a milter whose rules may speak there.
DATA = 'rule many\n    if count[recipients] > 5\n    reject 550 5.7.1 "many"\n'
# When the accept of the first message is certain.
ACCEPTS = {
    "mail": 'set earliest-verdict mail\nrule ok\n    if sender == "alice@example.org"\n    accept\n',
    "rcpt": 'rule ok\n    if rcpt == "carol@example.net"\n    accept\n',
    "data": 'rule ok\n    if count[recipients] == 1\n    accept\n',
    "header": 'rule ok\n    if any header["Subject"] == "lunch"\n    accept\n',
}
EVE = "RCPT TO:<eve@example.net>"


class RefusesFirst:
    """A policy service that refuses the first message of each session at its end (Postfix' SMTPD_POLICY_README)."""

    def __init__(self):
        self.seen = set()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.place = "check_policy_service inet:127.0.0.1:%d" % self.listening.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listening.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        lines, asked = connection.makefile("rb"), {}
        for line in lines:
            name, _, value = line.decode().rstrip("\n").partition("=")
            asked[name] = value
            if not name:
                session = asked["client_port"]
                answer = "dunno" if session in self.seen else "554 5.7.1 not this one"
                self.seen.add(session)
                connection.sendall(b"action=%s\n\n" % answer.encode())
                asked = {}


def without_mail(*commands, text=BAD):
    """A session whose first message is refused by Postfix at its end; the replies to what follows."""
    with site.client() as client:
        said = client.deliver()
        check("not this one" in said, "the first message is refused by Postfix", said)
        return [client.say(command) for command in commands] + [client.data(text)]


@case
def the_next_message_is_judged():
    for stage, accept in ACCEPTS.items():
        for text, more in ("", ""), (", DATA is read", DATA):
            with site.policy(accept + more + HEADER):
                first, said = without_mail(EVE)
            if first == "503 5.5.1 Error: need MAIL command":
                same(said, "503 5.5.1 Error: need RCPT command", "accept at %s%s: Postfix asks for MAIL" % (stage, text))
                same(site.delivered(), [], "and nothing is delivered")
            elif (stage, more) == ("mail", ""):
                check(said.startswith("250 "), "accept at mail: another recipient of the sender who may send", said)
                site.delivered()
            else:
                check(said[:4] in ("451 ", "550 "), "accept at %s%s: nothing gets through" % (stage, text), said)
                same(site.delivered(), [], "and nothing is delivered")


@case
def discards_all_the_same():
    policy = 'set earliest-verdict mail\nrule gone\n    if sender == "alice@example.org"\n    discard "gone"\n'
    for text, more in ("", ""), (", DATA and the header are read", DATA + HEADER):
        with site.policy(policy + more) as postern, site.client() as client:
            client.deliver()
            client.say("RSET")
            said = client.deliver(text=BAD)
            check(said.startswith("250 "), "discard at mail%s: the client sees nothing of it" % text, said)
            same(len([line for line in postern.verdicts() if ": discard: MAIL " in line]), 2, "it is logged at MAIL")
        same(site.delivered(), [], "and nothing is delivered")
        check(site.logs("milter-discard"), "and Postfix says so too")


@case
def accepts_all_the_same():
    with site.policy("set log-accept yes\n" + ACCEPTS["mail"] + DATA + HEADER) as postern, site.client() as client:
        client.deliver()
        client.say("RSET")
        said = client.deliver(text=BAD)
        check(said.startswith("250 "), "accept at mail: a message of its own is let through", said)
        same(client.deliver("<bob@example.org>", text=BAD), "550 5.7.1 bad", "and the next one is judged")
        same(len([line for line in postern.verdicts() if ": accept: MAIL " in line]), 2, "it is logged at MAIL")
    same(len(site.delivered()), 1, "one is delivered")


@case
def nor_without_a_recipient():
    """Postfix 3.7's smtpd crashes, whatever its milter said, where RCPT is left out too; 3.10.13 asks for RCPT."""
    with site.policy(ACCEPTS["mail"] + DATA + HEADER):
        said = without_mail()[-1]
        check(said[:3] == "451" or said in ("(closed)", "503 5.5.1 Error: need RCPT command"),
              "accept at mail: DATA alone lets nothing through", said)
    same(site.delivered(), [], "and nothing is delivered")


service = RefusesFirst()
# libmilter says nothing to RCPT behind DATA, and Postfix waits for so long.
with kit.Site("smtpd_end_of_data_restrictions=" + service.place, "milter_command_timeout=2s") as site:
    sys.exit(harness.run_all())
