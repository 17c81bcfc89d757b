"""Login maps and senders made up by chance, the same ones each time."""

import random
import re

LOGINS = ["ann@test.example", "bob@test.example", "cyd@other.example", "d+e@test.example", "f=g@test.example",
          "gus@xn--bcher-kva.example"]
LOCALS = ["ann", "bob", "Cyd", "dan.d", "o'eve", "x_y", "jörg", "two words", "postmaster", "owner-list",
          "list-request", "a=b"]
DOMAINS = ["one.example", "two.example", "sub.two.example", "local.example", "host.local.example",
           "xn--bcher-kva.example"]
LOCAL_DOMAINS = ["local.example", "host.local.example"]
# In a list they would stand for many logins; Postfix takes them, and a domain in U-labels, as they stand.
PATTERN_WORDS = ["*", "@test.example", "@other.example", ".example", ".test.example", "ann@", "d+e@", "*@test.example",
                 "@xn--bcher-kva.example", "gus@bücher.example", "@bücher.example"]
DETAILS = ["tag", "Tag2", "a+b", "x-y", "", "größe"]
RUNGS = ["extended", "shortened", "whole", "bare", "@domain", "nothing", "pattern", "no pattern"]
PATTERN_TYPES = ["pcre", "regexp"]
PATTERNS = r"""# the type is asked for the whole address alone
/^ann(\+.*)?@one\.example$/     ann@test.example
/^(ann|bob)@two\.example$/      $1@test.example
/^(.*)@(test|other)\.example$/  ${1}@$2.example, bob@test.example
!/@(one|two|local|host\.local)\.example$/  bob@test.example cyd@other.example
if /local/
/^cyd@/                         ,cyd@other.example,
endif
/^"two words/                   d+e@test.example
/^X_Y/                          CYD@Other.example
/^dan/                          *
/^o'eve@/                       @test.example, .example
/^nobody@(.*)$/                 @$1, @other.example ann@
"""


def quoted(local):
    """As it stands before the @, in a command and in a map."""
    return '"%s"' % local if " " in local else local


def address(local, domain):
    return "%s@%s" % (quoted(local), domain)


def has_pattern(value):
    words = value.lower().replace(",", " ").split()
    return any(word in words for word in PATTERN_WORDS)


class Setup:
    """One table as policies and main.cf name it, what is in it, and the cases to ask it about."""

    def __init__(self, types, delimiters, seed):
        self.chance = random.Random(seed)
        self.types = types
        self.delimiters = delimiters
        self.name = "%s with %s, %d" % (" and ".join(types), delimiters or "no delimiter", seed)
        self.is_pattern = types[0] in PATTERN_TYPES
        self.has_patterns = any(each in PATTERN_TYPES for each in types)
        self.maps = [{} if each in PATTERN_TYPES else self.new_map() for each in types]
        self.cases = []
        self.pattern_cases = 0

    def new_map(self):
        entries = {}
        for domain in DOMAINS:
            self.add(entries, 0.4, "@" + domain)
            for local in LOCALS:
                self.add(entries, 0.3, address(local, domain))
                for detail in DETAILS:
                    self.add(entries, 0.15, address(self.extended(local, detail), domain))
        for key in [quoted(local) for local in LOCALS] + ["*", "*@one.example", ".example"]:
            self.add(entries, 0.4, key)
        return entries

    def add(self, entries, probability, key):
        if self.chance.random() < probability:
            owners = self.chance.sample(LOGINS, self.chance.choice([1, 1, 2, 3]))
            owners = [owner.upper() if self.chance.random() < 0.3 else owner for owner in owners]
            if self.chance.random() < 0.4:
                owners.insert(self.chance.randrange(len(owners) + 1), self.chance.choice(PATTERN_WORDS))
                owners = owners[:self.chance.choice([1, 4])]
            entries.setdefault(key.casefold(), self.chance.choice([", ", " ", ",", " ,  "]).join(owners))

    def extended(self, local, detail):
        return local + self.chance.choice(self.delimiters or "+") + detail

    def text(self, entries):
        """A map's file, in upper and lower case."""
        if not entries:
            return PATTERNS
        keys = [key.upper() if self.chance.random() < 0.2 and key.isascii() else key for key in entries]
        return "".join("%s\t%s\n" % (key, entries[key.casefold()]) for key in keys)

    def find(self, local, shorter, domain):
        """On which rung a key is met, and its value: only to have enough of each kind of case."""
        rungs = [("whole" if shorter is None else "extended", address(local, domain))]
        rungs += [("shortened", address(shorter, domain))] if shorter else []
        if domain in LOCAL_DOMAINS:
            rungs += [("bare", quoted(each)) for each in (local, shorter) if each]
        for rung, key in rungs + [("@domain", "@" + domain)]:
            for entries in self.maps:
                if key.casefold() in entries:
                    return rung, entries[key.casefold()]
        return "nothing", ""

    def find_pattern(self, local, domain):
        if re.match("dan|o'eve$|nobody$", local.lower()):
            return "pattern", "@test.example"
        known = re.search("@(test|other|sub.two)|ann.*@one|(ann|bob)@two|(cyd.*local)|^two words|^x_y",
                          "%s@%s" % (local.lower(), domain))
        return ("pattern", "ann@test.example bob@test.example") if known else ("no pattern", "")

    def spelled(self, local, domain):
        """One of the ways to write the same address behind MAIL FROM."""
        chance = self.chance.random()
        local = quoted(local)
        if self.chance.random() < 0.3:
            local = local.upper() if local.isascii() else local.title()
        if self.chance.random() < 0.3:
            domain = domain.title()
        if chance < 0.15 and local[:1] != '"':
            local = '"%s"' % local
        elif chance < 0.2 and local[:1] != '"' and local.isascii():
            local = '"\\%s"' % local
        route = "@hop.example:" if 0.2 < chance < 0.25 else "@a.example,@b.example:" if 0.25 < chance < 0.3 else ""
        return "<%s%s@%s>" % (route, local, domain)

    def all_senders(self):
        domains = DOMAINS + ["test.example", "other.example", "one.example.example"]
        for domain in domains:
            # A pattern sees both forms of such a domain, Postfix's the one that was written.
            if self.has_patterns and domain.startswith("xn--"):
                continue
            for local in LOCALS + ["nobody"]:
                yield local, None, domain
                for detail in DETAILS:
                    for delimiter in self.delimiters or "+":
                        yield local + delimiter + detail, local, domain

    def choose_login(self, value):
        """The owner, another one, nobody."""
        owners = [login for login in LOGINS if login in value.lower().replace(",", " ").split()]
        others = [login for login in LOGINS if login not in owners]
        chance = self.chance.random()
        if chance < 0.25:
            return None
        if owners and chance < 0.65 or not others:
            return self.chance.choice(owners)
        return self.chance.choice(others)

    def make_cases(self, per_rung):
        """Of each rung so many: (rung, login or None, sender as it is written)."""
        buckets = {}
        for local, shorter, domain in self.all_senders():
            found = self.find_pattern(local, domain) if self.is_pattern else \
                self.find(local, shorter if self.delimiters else None, domain)
            buckets.setdefault(found[0], []).append((local, domain, found[1]))
        for rung, senders in sorted(buckets.items()):
            for _ in range(per_rung):
                local, domain, value = self.chance.choice(senders)
                self.cases.append((rung, self.choose_login(value), self.spelled(local, domain)))
                self.pattern_cases += has_pattern(value)
        self.cases += [("nothing", login, "<>") for login in (None, LOGINS[0])]
        self.cases.sort(key=lambda case: case[1] or "")
