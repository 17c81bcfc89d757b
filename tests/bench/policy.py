#!/usr/bin/env python3
"""Writes a policy of so many rules, or the logins of so many owners, the same each time.

usage: policy.py rules N | owners N

No message of mail.py meets any of the rules, so that all of them are asked, each when its facts are there. Of 20 rules

  6  ask for the client: its network, its name, its HELO;
  5  for the sender: his address or domain, two of them by a pattern;
  4  for a recipient, one of them by a pattern, one of them together with the sender;
  1  for the login;
  4  for the header: From, Subject by a pattern, two other fields.

A third of them names what it looks for in a list of ten. None asks for the body.
"""

import sys

CONDITIONS = (
    "client.ip in {{ {networks} }}",
    "sender.domain == \"spam{n}.example\"",
    "rcpt == \"gone{n}@example.org\"",
    "any header[\"X-Mailer\"] == \"Bulk {n}\"",
    "client.name in {{ .dialup{n}.example, {domains} }}",
    "sender.local == \"news{n}\" and sender.domain in {{ {domains} }}",
    "helo == \"host{n}.example\"",
    "rcpt.domain in {{ {domains} }}",
    "any header[\"Subject\"] ~ /^(win|free) prize {n}$/i",
    "sender ~ /^bounce-{n}-[0-9]+@/",
    "client.ip in {{ 192.0.{a}.{b} }}",
    "rcpt.local == \"former{n}\" and sender.domain == \"rival{n}.example\"",
    "auth.user == \"suspended{n}\"",
    "sender in {{ {addresses} }}",
    "helo ~ /^adsl-{n}-/",
    "any header.from as author: author.domain in {{ {domains} }}",
    "client.name == \"old{n}.example\"",
    "rcpt ~ /^trap{n}[.+]/",
    "sender ~ /[.-]mass{n}@/",
    "any header[\"List-ID\"] ~ /<offers{n}[.]/",
)


def condition(n):
    tens = range(n * 10, n * 10 + 10)
    return CONDITIONS[n % len(CONDITIONS)].format(
        n=n, a=n // 250 % 250, b=n % 250,
        networks=", ".join("10.%d.%d.0/24" % (i // 250 % 250, i % 250) for i in tens),
        domains=", ".join("bad%d.example" % i for i in tens),
        addresses=", ".join("bad%d@sender.example" % i for i in tens))


def write_rules(count):
    for n in range(count):
        print("rule r%d\n    if %s\n    reject 550 5.7.1 \"not here, says rule %d\"\n" % (n, condition(n), n))


def write_owners(count):
    for n in range(count):
        print("user%d@example%d.com user%d" % (n, n % 1000, n))


if __name__ == "__main__":
    {"rules": write_rules, "owners": write_owners}[sys.argv[1]](int(sys.argv[2]))
