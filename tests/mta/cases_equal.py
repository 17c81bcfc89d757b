"""Who owns a sender, by Postfix's own restrictions and by rules that say the same: no case may differ."""

import collections
import itertools
import os
import re
import sqlite3
import subprocess
import sys

import equal_maps
import harness
import kit
from harness import check

RESTRICTIONS = {"mismatch": "reject_sender_login_mismatch", "known": "reject_known_sender_login_mismatch"}
NOT_LOGGED_IN = """rule %s-not-logged-in
    if %snot auth.user and sender in owners
    reject 553 5.7.1 "not logged in"
"""
RULES = {
    "mismatch": """rule %s-not-owned
    if %sauth.user and sender and not sender.null and auth.user not in owners[sender]
    reject 553 5.7.1 "not owned"
""" + NOT_LOGGED_IN,
    "known": """rule %s-not-owned
    if %sauth.user and sender in owners and auth.user not in owners[sender]
    reject 553 5.7.1 "not owned"
""" + NOT_LOGGED_IN,
}
VERDICTS = ["passes", "not owned", "not logged in"]
SETUPS = [
    (["texthash"], "+"), (["hash"], "+"), (["hash"], "-+"), (["btree"], "="), (["lmdb"], "+"), (["lmdb"], "+-="),
    (["cdb"], "+"), (["cdb"], ""), (["hash", "lmdb"], "+"), (["cdb", "texthash"], "-"), (["pcre"], "+"),
    (["pcre"], "-"), (["regexp"], "+"), (["unionmap", "texthash", "hash"], "+"), (["unionmap", "cdb", "pcre"], "+"),
    (["unionmap", "regexp", "lmdb"], "-"), (["sqlite"], "+"), (["unionmap", "sqlite", "cdb"], "-"),
    # As docker-mailserver, sites with a database, and small ones with a list of roles have them.
    (["unionmap", "texthash", "hash", "pcre"], "+"), (["unionmap", "sqlite", "sqlite"], "+"),
    (["pipemap", "texthash"], "+"),
]
ROLES = """/ann@test|bob@/  ann@test.example, bob@test.example
/d\\+e@/          D+e@test.example
/./              CYD@other.example, gus@xn--bcher-kva.example
"""
INLINE = "inline:{@one.example=ann@test.example,{Bob@two.example = d+e@test.example,BOB@test.example}}"
PER_RUNG = 45
BY_MILTER = 40
DEFAULT_PATTERN_CASES = 80


class Trial:
    """One setup: its maps, a port of Postfix for each restriction, and what was said."""

    def __init__(self, number):
        types, delimiters = SETUPS[number]
        over = types[0] if types[0] in ("unionmap", "pipemap") else ""
        types = types[bool(over):]
        self.setup = equal_maps.Setup(types, delimiters, number)
        self.setup.make_cases(DEFAULT_PATTERN_CASES if self.setup.is_pattern else PER_RUNG)
        self.directory = site.new_directory("equal")
        self.places = [self.write_map(*each) for each in zip(itertools.count(), types, self.setup.maps)]
        if over:
            self.setup.name = over + " of " + self.setup.name
            last = INLINE if over == "unionmap" else self.write_roles()
            self.places = ["%s:{%s}" % (over, ",".join(self.places + [last]))]
        self.ports = {}
        self.said = {}

    def write_map(self, number, kind, entries):
        name = os.path.join(self.directory, "map%d" % number)
        if kind == "sqlite":
            write_database(name, entries)
            return "sqlite:" + name
        with open(name, "w", encoding="utf-8") as file:
            file.write(self.setup.text(entries))
        if kind not in ("texthash", "pcre", "regexp"):
            site.command("postmap", "%s:%s" % (kind, name))
        return "%s:%s" % (kind, name)

    def write_roles(self):
        """What the logins of a map are for another one."""
        name = os.path.join(self.directory, "roles")
        with open(name, "w", encoding="utf-8") as file:
            file.write(ROLES)
        return "regexp:" + name

    def service(self, which):
        """Lines of master.cf."""
        self.ports[which] = harness.free_port()
        values = ["smtpd_delay_reject=no", "smtpd_milters=", "recipient_delimiter=" + self.setup.delimiters,
                  "smtpd_sender_restrictions=" + RESTRICTIONS[which],
                  "smtpd_sender_login_maps=" + ",".join(self.places)]
        return "127.0.0.1:%d inet n - n - - smtpd\n" % self.ports[which] + \
            "".join("  -o { %s }\n" % value for value in values)

    def policy(self, *which):
        """With two, HELO tells which rules are meant."""
        rules = [RULES[each] % ((each, 'helo == "%s.example" and ' % each if len(which) > 1 else "") * 2)
                 for each in which]
        return "\n".join(
            ["set earliest-verdict mail",
             'set recipient-delimiter "%s"' % self.setup.delimiters,
             "set local-part-case " + self.setup.chance.choice(["exact", "ignore"]),
             'set local-domains "%s"' % " ".join(equal_maps.LOCAL_DOMAINS),
             "table owners = " + ", ".join('"%s"' % place for place in self.places)] + rules)

    def ask_postfix(self, which):
        self.said[which] = ask(self.ports[which], which, self.setup.cases)
        strange = sorted(set(self.said[which]) - set(VERDICTS))
        check(not strange, "%s, %s: Postfix has a verdict for each case" % (self.setup.name, which), strange)

    def ask_postern(self, which):
        """By `postern test`, where each case is a test that expects what Postfix said."""
        policy, tests = os.path.join(self.directory, which + ".conf"), os.path.join(self.directory, which)
        with open(policy, "w", encoding="utf-8") as file:
            file.write(self.policy(which))
        with open(tests, "w", encoding="utf-8") as file:
            for case, said in zip(self.setup.cases, self.said[which]):
                file.write(as_test(case, which, said))
        run = subprocess.run([harness.POSTERN, "test", "-c", policy, tests], capture_output=True, check=False,
                             stdin=subprocess.DEVNULL)
        told = (run.stdout + run.stderr).decode("utf-8", "backslashreplace")
        alike = len(re.findall("(?m)^ok ", told))
        check(alike == len(self.setup.cases) and run.returncode == 0,
              "%s, %s: %d of %d cases alike" % (self.setup.name, which, alike, len(self.setup.cases)))
        if run.returncode != 0:
            print(re.sub("(?m)^", "# ", "\n".join(re.findall("(?m)^not ok.*\n# .*|^.*: error: .*", told)[:20])))

    def ask_milter(self):
        """A part of the cases, by the milter of a Postfix that has no such restriction."""
        some = self.setup.cases[::max(1, len(self.setup.cases) // BY_MILTER)]
        with site.policy(self.policy(*RESTRICTIONS)):
            for which in RESTRICTIONS:
                expected = self.said[which][::max(1, len(self.setup.cases) // BY_MILTER)]
                seen = ask(site.port, which, some)
                differ = [each for each in zip(some, expected, seen) if each[1] != each[2]]
                check(not differ, "%s, %s: %d cases alike through the milter" % (self.setup.name, which, len(some)),
                      differ[:5])
        return len(some) * len(RESTRICTIONS)


def write_database(name, entries):
    """A row for each login, so that several are several results."""
    with sqlite3.connect(name + ".db") as database:
        database.execute("CREATE TABLE owners (address TEXT, login TEXT)")
        database.executemany("INSERT INTO owners VALUES (?, ?)",
                             [(key, login) for key, value in entries.items()
                              for login in value.replace(",", " ").split()])
    database.close()
    with open(name, "w", encoding="utf-8") as file:
        file.write("dbpath = %s.db\nquery = SELECT login FROM owners\n  WHERE address = '%%s' ORDER BY rowid\n" % name)


def as_test(case, which, said):
    rung, login, sender = case
    return 'test "%s %s"\n%s    mail %s%s\n    expect %s\n' % (
        rung, said, "    auth %s PLAIN\n" % login if login else "", sender, parameters(sender),
        "none" if said == "passes" else "reject 553 5.7.1 rule %s-%s" % (which, said.replace(" ", "-")))


def parameters(sender):
    return "" if sender.isascii() else " SMTPUTF8"


def verdict(reply):
    said = re.fullmatch("553 5.7.1 .*(not owned|not logged in).*", reply)
    return said[1] if said else "passes" if reply.startswith("250 ") else reply


def ask(port, which, cases):
    """Each case on one connection a login: what MAIL is answered."""
    said = []
    for login, group in itertools.groupby(cases, lambda case: case[1]):
        with kit.Client(port, which + ".example") as client:
            if login:
                harness.wait_until(lambda: client.login(login).startswith("235"), 1)
            for _, _, sender in group:
                said.append(verdict(client.say("MAIL FROM:" + sender + parameters(sender))))
                client.say("RSET")
    return said


def add_logins():
    for login in equal_maps.LOGINS:
        user, _, realm = login.partition("@")
        subprocess.run(["saslpasswd2", "-p", "-c", "-f", site.postfix + "/logins", "-u", realm, user],
                       input=b"secret", check=True)


def add_services(trials):
    with open(site.postfix + "/etc/master.cf", "a", encoding="utf-8") as file:
        file.write("".join(trial.service(which) for trial in trials for which in RESTRICTIONS))
    site.command("postfix", "reload")
    for trial in trials:
        for port in trial.ports.values():
            harness.wait_until(lambda: answers(port))


def answers(port):
    try:
        with kit.Client(port):
            return True
    except OSError:
        return False


@harness.case
def every_case():
    add_logins()
    trials = [Trial(number) for number in range(len(SETUPS))]
    add_services(trials)
    by_milter = 0
    rungs, verdicts = collections.Counter(), collections.Counter()
    for trial in trials:
        for which in RESTRICTIONS:
            trial.ask_postfix(which)
            trial.ask_postern(which)
            rungs.update(rung for rung, _, _ in trial.setup.cases)
            verdicts.update(trial.said[which])
        by_milter += trial.ask_milter()
    check(rungs.total() >= 2000, "%d cases in all" % rungs.total())
    patterns = sum(trial.setup.pattern_cases for trial in trials) * len(RESTRICTIONS)
    check(patterns >= 500, "%d of them have words that would be patterns in a list" % patterns)
    check(by_milter >= 300, "%d of them through the milter too" % by_milter)
    for rung in equal_maps.RUNGS:
        check(rungs[rung] >= 200, "%d end at: %s" % (rungs[rung], rung))
    for each in VERDICTS:
        check(verdicts[each] >= 200, "%d times Postfix says: %s" % (verdicts[each], each))


with kit.Site("mydestination=" + ", ".join(equal_maps.LOCAL_DOMAINS)) as site:
    sys.exit(harness.run_all())
