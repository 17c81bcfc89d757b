"""Load, while the policy is reloaded again and again, and whoever serves is killed: each message that was accepted
arrives once, and whoever wasn't served was told to come again."""

import collections
import os
import random
import re
import signal
import sys
import threading
import time

import harness
import kit
from harness import case, check, children_of, same

LONG = os.environ.get("POSTERN_LONG") == "1"
RELOADS, MESSAGES = (500, 20000) if LONG else (50, 2000)
CLIENTS, IN_A_SESSION, BETWEEN_KILLS = 8, 5, 2
POLICY = 'list l from "%s"\nrule listed if sender in l reject 550 5.7.1 "listed"\nrule mark\n    add-header "X-Seen" "%d"\n'


def rss(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return int(re.search("VmRSS:\\s*([0-9]+)", file.read())[1])


class Load:
    """Clients that hand in messages with a number each."""

    def __init__(self):
        self.lock = threading.Lock()
        self.next = 0
        self.enough = threading.Event()
        self.accepted, self.put_off, self.wrong = [], 0, []
        self.threads = [threading.Thread(target=self.run) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def number(self):
        with self.lock:
            self.next += 1
            return self.next

    def run(self):
        while not self.enough.is_set():
            try:
                with site.client() as client:
                    for _ in range(IN_A_SESSION):
                        self.hand_in(client, self.number())
                    client.say("QUIT")
            except Exception as problem:
                self.wrong.append(repr(problem))

    @staticmethod
    def transaction(client, number):
        """The first reply that isn't good, or the last."""
        for line in "MAIL FROM:<alice@example.org>", "RCPT TO:<carol@example.net>":
            said = client.say(line)
            if not said.startswith("250 "):
                return said
        return client.data(kit.TEXT + b"number %d.\r\n" % number)

    def hand_in(self, client, number):
        said = self.transaction(client, number)
        with self.lock:
            if said.startswith("250 "):
                self.accepted.append(number)
            elif re.match("4[0-9][0-9] ", said):
                self.put_off += 1
            else:
                self.wrong.append(said)
        if not said.startswith("250 "):
            client.say("RSET")

    def stop(self):
        self.enough.set()
        for thread in self.threads:
            thread.join()


class Killer(threading.Thread):
    """At random, of those that serve or let sessions end."""

    def __init__(self, postern):
        super().__init__()
        self.postern, self.killed, self.enough = postern, [], threading.Event()
        self.start()

    def run(self):
        while not self.enough.wait(BETWEEN_KILLS * random.uniform(0.5, 1.5)):
            generations = children_of(self.postern.process.pid)
            if generations:
                try:
                    self.killed.append(random.choice(generations))
                    os.kill(self.killed[-1], signal.SIGKILL)
                except ProcessLookupError:
                    pass

    def stop(self):
        self.enough.set()
        self.join()


def write_policy(postern, listed, number):
    with open(listed, "w", encoding="ascii") as file:
        file.write("nobody-%d@example.com\n" % number)
    postern.write(POLICY % (listed, number))


def signal_reload(postern):
    """Until one was done, or the generation that loaded was killed."""
    before = len(re.findall("reloaded: |generation [0-9]+ serves|nobody serves", postern.log()))
    postern.process.send_signal(signal.SIGHUP)
    harness.wait_until(lambda: len(re.findall("reloaded: |generation [0-9]+ serves|nobody serves", postern.log()))
                       > before, 30)


def reload_under_load(postern, listed):
    """How many reloads, and how large supervisor and generation were after the first few and at the end."""
    load, killer = Load(), Killer(postern)
    reloads, sizes = 0, []
    while (reloads < RELOADS or len(killer.killed) < 5 or len(load.accepted) < MESSAGES) and not load.wrong:
        write_policy(postern, listed, reloads)
        signal_reload(postern)
        reloads += 1
        if reloads in (5, RELOADS):
            sizes.append(sizes_of(postern))
        time.sleep(0.05 if reloads < RELOADS else 0.5)
    killer.stop()
    load.stop()
    return load, killer.killed, reloads, sizes


def sizes_of(postern):
    while True:
        try:
            return rss(postern.process.pid), rss(postern.server())
        except (OSError, IndexError, TypeError):
            time.sleep(0.05)


@case
def loses_and_doubles_nothing():
    listed = os.path.join(site.new_directory("list"), "list")
    with open(listed, "w", encoding="ascii"):
        pass
    with site.policy("set drain-time 5s\n" + POLICY % (listed, 0)) as postern:
        load, killed, reloads, sizes = reload_under_load(postern, listed)
        same(load.wrong, [], "%d messages are accepted, and %d put off with 4xx; nobody hears anything else"
             % (len(load.accepted), load.put_off))
        arrived = collections.Counter(int(re.search(b"number ([0-9]+)\\.", message)[1])
                                      for _, message in site.delivered())
        same(sorted(number for number, times in arrived.items() if times != 1), [], "none arrives twice")
        same(sorted(set(load.accepted) ^ set(arrived)), [], "each that was accepted arrives, and no other")
        check(reloads >= RELOADS and len(killed) >= 5, "over %d reloads, while %d generations are killed"
              % (reloads, len(killed)), postern.log()[-2000:])
        named = [int(pid) for pid in re.findall("process ([0-9]+), has died: signal 9", postern.log())]
        check(set(named) <= set(killed) and len(named) >= len(killed) - max(1, len(killed) // 20),
              "which are named in the log, unless they had just ended", (killed, named))
        check(all(after - before < max(512, before // 20) for before, after in zip(*sizes)),
              "supervisor and generation grow not: KB after 5 reloads and at the end", sizes)
        print("# supervisor and generation, KB: %r" % sizes)
        same(postern.stop(), 0, "it stops")


with kit.Site() as site:
    sys.exit(harness.run_all())
