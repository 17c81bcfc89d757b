"""Plays written sessions: each names a policy and all that is said, logged and delivered under it.

=== TITLE
policy
---
C: what the client says (lines without a reply follow each other)
S: what the MTA answers
! hello NAME | tls | login NAME | again (another connection) | sendmail ARGUMENT... (C: lines follow)
L: what Postern logs, in all
D: what the next hop gets, sorted: envelope, without SIZE
M: and the header; without any M: it isn't looked at
H: what is held: sender and recipients
[<3.10] or [>=3.10] before any of these: only of an MTA of such a version

A session begins with EHLO, unless its first line is what the MTA says by itself.
"""

import difflib
import re
import shlex

import kit
from harness import check


class Player:
    def __init__(self, site):
        self.site = site
        self.client = None
        self.seen = []

    def play(self, text):
        lines = text.splitlines()
        talk = [line for line in lines if line[:1] in "CS!"]
        self.seen = []
        self.client = self.site.client(None if talk[0][:1] == "S" else "client.example")
        while talk:
            line = talk.pop(0)
            if line[:1] == "S":
                self.read()
                while line[6:7] == "-":
                    line = talk.pop(0)
            else:
                self.seen.append(line)
                self.act(line, talk)
        self.client.__exit__()
        return self.seen

    def read(self):
        said = re.sub("(queued as |250 2.0.0 )%s\\b" % kit.QUEUE_ID, r"\1QUEUEID", self.client.read())
        self.seen += ["S: " + line for line in said.split("\n")]

    def act(self, line, talk):
        if line[:1] == "C":
            self.client.send(line[3:].encode() + b"\r\n")
            return
        verb, *words = shlex.split(line[2:])
        if verb == "hello":
            self.client.say("EHLO " + words[0])
        elif verb == "tls":
            self.client.start_tls()
        elif verb == "login":
            self.client.login(words[0])
        elif verb == "again":
            self.client.__exit__()
            self.client = self.site.client()
        elif verb == "sendmail":
            self.hand_in(words, talk)
        else:
            raise ValueError(line)

    def hand_in(self, words, talk):
        text = b""
        while talk and talk[0][:1] == "C":
            line = talk.pop(0)
            self.seen.append(line)
            text += line[3:].encode() + b"\n"
        self.site.command("sendmail", *words, text=text)


def shown_message(envelope, message, with_header):
    lines = ["D: " + re.sub(" SIZE=[0-9]+", "", line) for line in envelope[:1] + sorted(envelope[1:])]
    header = message.partition(b"\r\n\r\n")[0].decode("utf-8", "backslashreplace").rstrip()
    header = re.sub(r"(?m)^Received: [^\r]*(\r\n[ \t][^\r]*)*", "Received: ...", header)
    return lines + (["M: " + line for line in header.split("\r\n")] if with_header else [])


def outcome(site, postern, with_header):
    messages = sorted(shown_message(*message, with_header) for message in site.delivered())
    seen = ["L: " + line for line in postern.verdicts()]
    seen += [line for message in messages for line in message]
    for _, sender, recipients in site.held():
        seen += ["H: %s %s" % (sender, " ".join(recipients))]
    return seen


def for_version(site, script):
    """Without what is said of other versions."""
    lines = []
    for line in script.splitlines():
        told = re.match(r"\[(<|>=)([0-9.]+)\] (.*)", line)
        if not told:
            lines.append(line)
        elif (site.version() < kit.numbers(told[2])) == (told[1] == "<"):
            lines.append(told[3])
    return "\n".join(lines)


def play_file(site, name):
    with open(name, encoding="utf-8") as file:
        sections = re.split(r"(?m)^=== ", file.read())[1:]
    for section in sections:
        title, _, rest = section.partition("\n")
        policy, _, script = rest.partition("---\n")
        script = for_version(site, script.strip("\n"))
        with site.policy(policy) as postern:
            seen = Player(site).play(script) + outcome(site, postern, "\nM: " in script)
        check(seen == script.splitlines(), title)
        if seen != script.splitlines():
            for line in difflib.unified_diff(script.splitlines(), seen, "expected", "seen", "", "", 99, ""):
                print("#  " + line, flush=True)
