#!/usr/bin/env python3
"""Writes sessions of mail as postern-test(5) has them, the same for the same options each time.

usage: mail.py [--messages N] [--session N] [--size OCTETS] [--owners N] [--expect]

Both `postern test` and the load generator play them. What a mail server of an organisation sees on its two ports:

  60 %  of sessions are of people who logged in over TLS, each as an owner that policy.py writes;
  40 %  come from outside without a login, every tenth of these with TLS below 1.3, every tenth as a bounce from <>;
  80 %  of messages have one recipient, 15 % three, 5 % twenty;
   5 %  are declared SMTPUTF8, and have a subject and an author's name in UTF-8;
  25 %  have an attachment;
   3 %  of those by login have a colleague's address in From, which submission.rules refuses.

Those by login have 9 header fields, those from outside 17. --size is that of the whole message, --session how many
messages a connection has; with --expect each is followed by what the shipped policies (shipped.rules) make of it.
"""

import argparse

WORDS = ("the of and to in is that for it with as are was this on by be have from or an not which at but we can all "
         "their there more about when would who them some time been has its after into other only new these two may "
         "minutes meeting budget report follow-up half-yearly attached regards please tomorrow").split()
IMAGE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"


class Chance:
    """Numbers that are the same on every machine and with every version."""

    def __init__(self, seed):
        self.state = seed

    def below(self, most):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2 ** 64
        return (self.state >> 33) % most

    def percent(self, share):
        return self.below(100) < share

    def one_of(self, things):
        return things[self.below(len(things))]


class Writer:
    def __init__(self, options):
        self.options = options
        self.chance = Chance(1)
        self.number = 0

    def session(self, messages):
        inside = self.chance.percent(60)
        owner = self.chance.below(self.options.owners)
        print('test "session %d"' % self.number)
        print("    time 2026-03-02T09:30:00Z")
        if inside:
            print("    macro {daemon_port} 587")
            self.connect("198.51.100.%d" % (1 + self.chance.below(250)), "home%d.example" % owner, "TLSv1.3")
            print("    auth user%d PLAIN" % owner)
        else:
            tls = "TLSv1.2" if self.chance.percent(10) else "TLSv1.3"
            self.connect("203.0.113.%d" % (1 + self.chance.below(250)), "mx%d.example.net" % owner, tls)
        for _ in range(messages):
            self.message(inside, owner)
            self.number += 1

    @staticmethod
    def connect(address, name, tls):
        print("    connect %s %s" % (address, name))
        print("    tls %s" % tls)
        print("    helo %s" % name)

    def message(self, inside, owner):
        chance = self.chance
        utf8, stolen = chance.percent(5), inside and chance.percent(3)
        author = sender = "user%d@example%d.com" % (owner, owner % 1000)
        if not inside:
            author = "writer%d@sender%d.example.net" % (chance.below(10000), chance.below(100))
            sender = "" if chance.percent(10) else author
        if stolen:
            author = "user%d@example%d.com" % (owner + 1, (owner + 1) % 1000)
        print("    mail <%s> SIZE=%d%s" % (sender, self.options.size, " SMTPUTF8 BODY=8BITMIME" if utf8 else ""))
        for i in range(self.recipients()):
            print("    rcpt <reader%d.%d@example%d.org>" % (i, chance.below(1000), chance.below(1000)))
        print("    message")
        lines = self.header(inside, author, utf8)
        lines += self.body(self.options.size - sum(len(line.encode()) + 2 for line in lines), lines)
        for line in lines:
            print("        " + line if line else "")
        if self.options.expect:
            print("    expect " + ("reject rule from-not-yours" if stolen else "accept"))

    def recipients(self):
        drawn = self.chance.below(100)
        return 1 if drawn < 80 else 3 if drawn < 95 else 20

    def header(self, inside, author, utf8):
        id = "%08x.%d@example.net" % (self.chance.below(2 ** 31), self.number)
        lines = [] if inside else self.trace()
        lines.append('From: "%s" <%s>' % ("Jörg Müller" if utf8 else "A. Writer", author))
        lines.append('To: "The Readers" <reader0@example0.org>, reader1@example1.org')
        lines.append("Subject: %s %s" % ("Sitzung über" if utf8 else "About", self.text(6)))
        lines.append("Date: Mon, 02 Mar 2026 10:%02d:%02d +0100" % (self.number // 60 % 60, self.number % 60))
        lines.append("Message-ID: <%s>" % id)
        lines.append("References: <1.%s>" % id)
        lines.append(" <2.%s>" % id)
        lines.append("User-Agent: Example 1.0 (letters; rv:128.0)")
        lines.append("MIME-Version: 1.0")
        return lines

    def trace(self):
        lines = []
        for hop in range(3):
            lines.append("Received: from hop%d.example.net (hop%d.example.net [192.0.2.%d])" % (hop, hop, hop + 1))
            lines.append("\tby mx%d.example.net (Postfix) with ESMTPS id 4XYZ%d" % (hop, self.number))
            lines.append("\tfor <reader0@example0.org>; Mon, 02 Mar 2026 10:00:0%d +0100 (CET)" % hop)
        lines.append("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.net; s=mail;")
        lines.append("\th=From:To:Subject:Date:Message-ID; bh=%s=;" % IMAGE[:43])
        lines += ["\t%s%s" % (" b=" if i == 0 else "", IMAGE[:70]) for i in range(4)]
        lines.append("List-ID: <letters.example.net>")
        lines.append("List-Unsubscribe: <mailto:letters-leave@example.net>")
        lines.append("Precedence: list")
        lines.append("X-Spam-Status: No, score=-1.2 required=5.0 tests=NONE")
        return lines

    def text(self, count):
        return " ".join(self.chance.one_of(WORDS) for _ in range(count))

    def body(self, size, header):
        if not self.chance.percent(25):
            header.append("Content-Type: text/plain; charset=utf-8")
            return [""] + self.filled(size - 44, lambda: self.text(12))
        header.append('Content-Type: multipart/mixed; boundary="=-part-1"')
        lines = ["", "--=-part-1", "Content-Type: text/plain; charset=utf-8", ""]
        lines += self.filled(size // 3, lambda: self.text(12))
        lines += ["--=-part-1", 'Content-Type: image/png; name="image.png"',
                  'Content-Disposition: attachment; filename="image.png"', "Content-Transfer-Encoding: base64", ""]
        return lines + self.filled(size - size // 3 - 260, lambda: IMAGE) + ["--=-part-1--"]

    @staticmethod
    def filled(size, line):
        lines = []
        while size > 0:
            lines.append(line())
            size -= len(lines[-1]) + 2
        return lines or ["text"]


def read_options():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n")[2][7:])
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--session", type=int, default=2)
    parser.add_argument("--size", type=int, default=4096)
    parser.add_argument("--owners", type=int, default=1000)
    parser.add_argument("--expect", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    options = read_options()
    writer = Writer(options)
    while writer.number < options.messages:
        writer.session(min(options.session, options.messages - writer.number))
