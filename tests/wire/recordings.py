"""Sessions of real MTAs with a milter, recorded as text:

=== TITLE
under POLICY
> M <alice@example.com>\\0SIZE=9\\0   what the MTA said: the letter of a packet, and its data
< c                                what it was answered

Octets that aren't printable ASCII are \\0, \\n, \\r, \\t or \\xHH, a backslash is \\\\; "\\{N*LINE\\}" is the line N
times. tests/mta/record.py writes such files."""

import re

from fakemta import packet

POLICIES = {
    "every step": r'''
set log-accept yes
rule nobody if rcpt.local == "nobody" reject 550 5.1.1 "no {rcpt}, 100%" "says {helo}"
rule busy if rcpt.local == "busy" tempfail 450 4.2.1 "{rcpt} is busy"
rule turn if command.verb == "XTURN" reject 502 5.5.1 "no {command.verb}"
rule bad-header if any header["Subject"] == "bad" reject 554 5.7.1 "no {header['Subject']}"
rule late-header if any header["Subject"] == "late" tempfail
rule gone if any header["Subject"] == "gone" discard
rule bad-body if any body ~ /^bad/ reject 554 5.6.0 "so bad"
rule seen
    add-header "X-Session" "{client.ip} {helo} {auth.user} {auth.mechanism} {tls.version} {mail.params} {sender}"
    add-header "X-Message" "{recipients}, {header.count}, {message.size}, {header['Subject']}"
rule replaced if any header["X-Do"] ~ /replace/ replace-header "Subject" "[x] {header['Subject']}"
rule removed if any header["X-Do"] ~ /remove/ remove-header "X-Hop"
rule returned if any header["X-Do"] ~ /sender/ set-sender "bounce@example.org"
rule copied if any header["X-Do"] ~ /recipient/ add-recipient "copy@example.org"
rule off if rcpt.local == "off" remove-recipient
rule held if any header["X-Do"] ~ /hold/ quarantine "look at {sender}"
rule converted if any header["X-Do"] ~ /8bit/ downgrade 8bit
''',
    "few steps": 'set log-accept yes rule nobody if rcpt.local == "nobody" reject',
    "early": r'''
set log-accept yes
set earliest-verdict helo
rule lone if helo == "refused.example" reject 554 5.7.1 "not you"
rule sender if sender.local == "nobody" reject 550 5.7.1 "not {sender}"
rule accepted if any header["Subject"] == "fine" accept
rule mark if any body ~ /mark/ add-header "X-Mark" "yes"
''',
}

ESCAPES = {0: "\\0", 9: "\\t", 10: "\\n", 13: "\\r", 92: "\\\\"}
OCTETS = {text: bytes([octet]) for octet, text in ESCAPES.items()}


def escaped(octets):
    text = "".join(ESCAPES.get(octet) or (chr(octet) if 32 <= octet < 127 else "\\x%02x" % octet) for octet in octets)
    return re.sub(" $", r"\\x20", text)


def unescaped(text):
    text = re.sub(r"\\{(\d+)\*(.*?)\\}", lambda run: run[2] * int(run[1]), text)
    return b"".join(OCTETS.get(part) or (bytes([int(part[2:], 16)]) if part[0] == "\\" else part.encode())
                    for part in re.findall(r"\\x..|\\.|[^\\]+", text))


def written(octets):
    """A line that comes many times over stands once."""
    parts = re.split(rb"((?P<line>[^\n]*\n)(?P=line){7,})", octets)
    text = escaped(parts[0])
    for run, line, rest in zip(parts[1::3], parts[2::3], parts[3::3]):
        text += "\\{%d*%s\\}%s" % (len(run) // len(line), escaped(line), escaped(rest))
    assert unescaped(text) == octets, text
    return text


class Recording:
    def __init__(self, title, policy):
        self.title, self.policy = title, policy
        self.packets = []

    def said(self, direction, but=b""):
        """All octets of "<" or ">", without packets of these letters."""
        return b"".join(packet(letter, data) for way, letter, data in self.packets
                        if way == direction and letter not in but)

    def text(self):
        lines = ["=== " + self.title, "under " + self.policy]
        lines += [("%s %s %s" % (way, letter.decode(), written(data))).rstrip() for way, letter, data in self.packets]
        return "\n".join(lines) + "\n"


def read(name):
    recordings = []
    with open(name, encoding="ascii") as file:
        for line in file.read().splitlines():
            mark, _, rest = line.partition(" ")
            if mark == "===":
                recordings.append(Recording(rest, None))
            elif mark == "under":
                recordings[-1].policy = rest
            elif mark in ("<", ">"):
                recordings[-1].packets.append((mark, rest[:1].encode(), unescaped(rest[2:])))
    return recordings
