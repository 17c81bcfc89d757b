"""Tests that are played through one Postfix, whose ports are each set up in another way."""

import os
import pwd
import re
import subprocess
import sys

import harness
import kit
import through
from harness import case, check, same

PORTS = {name: harness.free_port() for name in ("bare", "open", "dead", "deadopen", "rewrites", "wrapped", "relays", "old", "strict", "soft", "notls")}
SERVICES = """\
127.0.0.1:%(bare)d inet n - n - - smtpd -o smtpd_milters=
127.0.0.1:%(open)d inet n - n - - smtpd -o milter_default_action=accept
127.0.0.1:%(dead)d inet n - n - - smtpd -o smtpd_milters=inet:127.0.0.1:9
127.0.0.1:%(deadopen)d inet n - n - - smtpd -o smtpd_milters=inet:127.0.0.1:9 -o milter_default_action=accept
127.0.0.1:%(rewrites)d inet n - n - - smtpd -o local_header_rewrite_clients=permit_mynetworks -o smtpd_command_filter=pcre:/etc/postfix/commands
127.0.0.1:%(wrapped)d inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
127.0.0.1:%(relays)d inet n - n - - smtpd -o smtpd_relay_restrictions=permit_auth_destination,reject
127.0.0.1:%(old)d inet n - n - - smtpd -o milter_protocol=2 -o milter_mail_macros=
127.0.0.1:%(strict)d inet n - n - - smtpd -o smtpd_soft_error_limit=10 -o smtpd_hard_error_limit=20 -o smtpd_error_sleep_time=5s
127.0.0.1:%(soft)d inet n - n - - smtpd -o soft_bounce=yes -o smtpd_reject_footer=footer
127.0.0.1:%(notls)d inet n - n - - smtpd -o smtpd_tls_security_level=none
""" % PORTS

REWRITTEN = """
rule bob if rcpt.domain == "tag.example" and sender.local != "bob" reject 550 5.1.0 "not bob"
rule boss if any header["From"] ~ /boss/ reject 554 5.7.1 "the boss"
"""
REWRITTEN_TESTS = """
test "a header that stays"
    mail <bob@example.org>
    rcpt <carol@example.net>
    message
        From: bob@example.org
        Date: Thu, 01 Jan 2026 12:00:00 +0000
        Message-ID: <1@client.example>

        text
    expect accept

test "a sender that stays"
    mail <bob@example.org>
    rcpt <carol@tag.example>
    expect none
"""


@case
def plays():
    through.plays(site)


@case
def ports():
    with through.Through(site) as played:
        through.not_asked(played, PORTS["bare"], "no milter on this port",
                          'RCPT TO:<NONCE@example.net> with "250 2.1.5 Ok", and Postern was never told of it',
                          "Bail out! Postern isn't in the path: nothing was sent")
        check(site.logs("disconnect from .* ehlo=1 mail=1 rcpt=1 rset=[12] quit=1"), "no milter: RSET and QUIT, and no more",
              site.log())
        through.not_asked(played, PORTS["deadopen"], "a milter that is away, and accept", 'with "250 2.1.5 Ok"')
        through.not_asked(played, PORTS["dead"], "a milter that is away", "451 4.7.1 Service unavailable",
                          "whether Postern is in the path can't be told")
        through.not_asked(played, PORTS["relays"], "a recipient whom the MTA refuses itself",
                          "554 5.7.1 <NONCE@example.net>: Recipient address rejected", "and Postern was never told of it")
        status, said, _ = played.test("--nonce-to", "dave+@relayed.example", port=PORTS["relays"], login=False)
        same((status, through.plain(said)[:1]), (0, ["ok 1 - MTA asks Postern"]), "a domain for nonces can be given")
        check("the MTA refused a recipient itself, or another filter" in said, "its tests aren't played", said)
        through.fails_open(played, PORTS["open"], "milter_default_action = accept")
        status, said, _ = played.test("--tls-on-connect", port=PORTS["wrapped"])
        same((status, through.plain(said)), (0, through.expected()), "TLS from the first octet on")
        status, said, _ = played.test("--plain", "--run", "a login of mine")
        same((status, through.plain(said)[2:]), (0, ["ok 3 - a login of mine", "1..3"]), "a login in plain text")
        status, said, _ = played.test("--run", "a login of mine", port=PORTS["old"])
        same((status, through.plain(said)[2:]), (0, ["ok 3 - a login of mine", "1..3"]),
             "Postern asks for its macros by itself")
        status, said, _ = played.test("--run", "o*", port=PORTS["soft"], login=False)
        check(status == 1 and "\nok 3 - ordinary mail\n" in said and
              re.search('Postern said "550 5.1.1 .*", and the client was told "450-4.1.1 ', said),
              "replies that are softened, and have a footer", (status, said))
        by_hand(played)


@case
def passwords():
    with through.Through(site) as played:
        said = played.test("--run", "a login of mine", port=PORTS["notls"])
        check(said[0] == 1 and "127.0.0.1 offers no STARTTLS, without which no password is sent (--plain)" in said[1],
              "no password goes in plain text", said)
        with open(played.password, "w", encoding="ascii") as file:
            file.write("not-the-secret\n")
        said = played.test("--run", "a login of mine")
        check(said[0] == 1 and '127.0.0.1 answered the login of alice@test.example with "535 5.7.8 ' in said[1],
              "a wrong password is told of", said)
        check("not-the-secret" not in said[1] + said[2], "and isn't shown", said)
        check(not re.search("AUTH|sasl", played.postern.log()), "nor told to Postern")


@case
def rewritten():
    with through.Through(site, REWRITTEN, REWRITTEN_TESTS) as played:
        same(played.test(login=False), (0, "ok 1 - MTA asks Postern\nok 2 - %s\nok 3 - a header that stays\n"
                                        "ok 4 - a sender that stays\n1..4\n" % through.CLOSED, ""), "as it is written")
        status, said, _ = played.test(port=PORTS["rewrites"], login=False)
        same((status, said.partition("\n1..")[0].splitlines()[2:]),
             (1, ["not ok 3 - a header that stays",
                  '# expected accept, got reject 554 5.7.1 rule boss text "the boss"',
                  "# MAIL FROM:<bob@example.org> came to Postern as <rob@example.org>",
                  "# Postern was not told the field From: bob@example.org",
                  "# Postern was told a field From: boss@example.org",
                  "not ok 4 - a sender that stays",
                  '# expected none, got reject 550 5.1.0 rule bob text "not bob"',
                  "# MAIL FROM:<bob@example.org> came to Postern as <rob@example.org>"]),
             "what is rewritten before Postern is told of it")
        played.nothing_got_out("rewritten")


def by_hand(played):
    through.by_hand(played)
    stopped = []
    through.in_the_middle(played, "a reload", lambda: stopped.append(played.postern.reload()))
    through.in_the_middle(played, "Postern is killed", played.postern.kill)
    status, said, complaints = played.test()
    check(status == 69 and said == "" and "is the milter running?" in complaints, "Postern is away: nothing is said to the MTA",
          (status, said, complaints))
    same(len(stopped), 1, "it was reloaded")


MANY = "test \"many\"\n    helo many.example\n" + 15 * """\
    mail <bob@example.org>
    rcpt <dave@example.net>
    expect reject 550 5.1.1 rule left
"""


@case
def many_refusals():
    """Postfix makes a client wait who is refused often, and hangs up; so no session has many."""
    with through.Through(site, tests=MANY) as played:
        same(played.test(port=PORTS["strict"], login=False)[:2],
             (0, "ok 1 - MTA asks Postern\nok 2 - %s\nok 3 - many\n1..3\n" % through.CLOSED), "many refusals")
        check(not re.search("too many errors", site.log()), "and Postfix has no complaint", site.log())


UNSENT = """
rule large at body if macro["{msg_size}"] == "10" reject 552 5.3.4 "large"
"""
UNSENT_TESTS = """
test "a macro that Sendmail alone sends"
    mail <bob@example.org>
    rcpt <carol@example.net>
    macro {msg_size} 10
    message
    expect reject 552 5.3.4 rule large
"""


@case
def unsent():
    with through.Through(site, UNSENT, UNSENT_TESTS) as played:
        status, said, _ = played.test(login=False)
        same((status, said.splitlines()[2:6]),
             (1, ["not ok 3 - a macro that Sendmail alone sends", "# expected reject 552 5.3.4 rule large, got accept",
                  "# a macro that rules read was not sent at body: {msg_size}",
                  "# macro {msg_size}: the MTA never sent it"]), "a macro that is never sent")
    with through.Through(site, UNSENT, "") as played:
        same(played.test(login=False)[:2], (0, "ok 1 - MTA asks Postern\nok 2 - %s\n1..2\n" % through.CLOSED),
             "without tests it is asked all the same")


@case
def who_may_ask():
    with through.Through(site) as played:
        same(played.ask("/plays/nonce/")[0].split()[1], "200", "root gets a nonce")
        os.chmod(played.socket, 0o777)
        nobody = pwd.getpwnam("daemon")
        status, said, complaints = played.test(login=False, user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[])
        check(status == 69 and said == "" and "to root and the user who serves alone" in complaints, "another user gets none",
              (status, said, complaints))
        check("is the milter running" not in complaints, "and isn't asked whether it runs", complaints)
        with open(played.postern.file, "a", encoding="utf-8") as file:
            file.write("rule new if rcpt reject\n")
        status, said, complaints = played.test()
        check(status == 69 and said == "" and re.search("reload the milter first", complaints),
              "another policy than is served isn't played", (status, said, complaints))
        done = subprocess.run([harness.POSTERN, "test", "-c", played.postern.file, "--helo", "x.example"], capture_output=True,
                              text=True, check=False)
        same((done.returncode, done.stderr.splitlines()[0]),
             (64, "postern: test: options that are about an MTA need --through HOST:PORT"), "options belong together")


with kit.Site("canonical_maps=texthash:/etc/postfix/canonical", "canonical_classes=header_sender", "relay_domains=relayed.example",
              files={"master.more": SERVICES, "canonical": "bob@example.org boss@example.org\n",
                     "commands": "/^(MAIL FROM:<)b(ob@example.org>.*)/ ${1}r$2\n"}) as site:
    sys.exit(harness.run_all())
