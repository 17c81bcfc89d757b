#!/usr/bin/env python3
"""What a message costs the filter: ours with each engine, a libmilter filter that does nothing, and a bare responder.

usage: compare.py [--engines LIST] [--rounds N] [--quick] [--all] [--peers] [--no-instructions]

Each case is played in turns, three rounds of all filters; printed are the medians. One thing at a time differs from
the first case; --all crosses all of them, which takes hours. --quick: a tenth of the messages, one round. The null
filter and the responder negotiate what ours does under the same policy. Then come the instructions of 1,000 messages of
4 KB on one connection, as valgrind counts them: of the programs, not of the system. At the end stand limits; where one
is missed, the exit status is 1. Other work on the machine shows. --peers: other milters that are installed (peers.py)
are played too, in the first case.
"""

import argparse
import collections
import itertools
import resource
import statistics
import subprocess
import sys

import filters

Case = collections.namedtuple("Case", "rules kilobytes connections idle")
BASE = Case(10, 4, 16, 0)
RULES, KILOBYTES, CONNECTIONS, IDLE = (10, 0, 1000, 10000, "shipped"), (4, 100), (16, 1, 64), (0, 4000)
# Each is a ratio of CPU a message to that of another filter in the first case, or under other rules of it.
RATIOS = (("ours, native", 10, "null libmilter filter", 0.25), ("ours, native", 10, "bare responder", 4),
          ("ours, native", "shipped", "null libmilter filter", 0.45),
          ("ours, libmilter", 10, "null libmilter filter", 1.05))
# The times of an answer, in ms, at 64 connections.
TIMES = (("ours, native", 10, "p99", 20), ("ours, native", 10, "max", 100))
HEADLINE = "%-8s %4s %5s %5s  %-22s %9s %9s %9s %8s %8s %9s %8s %8s %8s %8s %9s"


def cases(crossed):
    if crossed:
        return [Case(*case) for case in itertools.product(RULES, KILOBYTES, CONNECTIONS, IDLE)]
    chosen = [BASE._replace(rules=rules) for rules in RULES]
    for rules in (10, "shipped"):
        base = BASE._replace(rules=rules)
        chosen += [base._replace(kilobytes=100), base._replace(connections=1), base._replace(connections=64),
                   base._replace(idle=4000)]
    return chosen


def messages_for(case, filter_, options):
    """Some seconds of work for each, so that times of CPU are worth something."""
    count = 20000 if filter_.name == "bare responder" else 5000
    if case.kilobytes > 4:
        count //= 4
    if case.rules == 10000 and filter_.name.startswith("ours"):
        count //= 10
    return max(count // (10 if options.quick else 1), 100)


def start_all(place, case, options):
    ours = [place.ours(engine, case.rules) for engine in options.engines]
    terms = place.terms_of(ours[0])
    return [place.null(terms), place.bare(terms)] + ours


def middle(runs):
    """The medians; of what an idle connection took the most, since later rounds find memory that was given back."""
    found = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    found["idle_rss"] = max(run["idle_rss"] for run in runs)
    return found


def play(place, case, options):
    """By filter: the median of what each round said."""
    started = start_all(place, case, options)
    if options.peers and case == BASE:
        started += place.peers()
    said = {filter_.name: [] for filter_ in started}
    for _ in range(options.rounds):
        for filter_ in started:
            said[filter_.name].append(filter_.load(
                "-c", case.connections, "-i", case.idle, "-w", 100, "-n", messages_for(case, filter_, options),
                place.sessions(case.kilobytes * 1024)))
    for filter_ in started:
        filter_.stop()
    return {name: middle(runs) for name, runs in said.items()}


def ratio(run, other):
    return "%.2f" % (run["cpu"] / other["cpu"]) if other["cpu"] else "-"


def print_case(case, found):
    null, bare = found["null libmilter filter"], found["bare responder"]
    for name, run in found.items():
        print(HEADLINE % (
            case.rules, case.kilobytes, case.connections, case.idle, name, "%.1f" % run["cpu"], ratio(run, null),
            ratio(run, bare), "%.1f" % run["user"], "%.1f" % run["system"], "%.0f" % run["rate"], "%.2f" % run["p50"],
            "%.2f" % run["p99"], "%.1f" % run["max"], "%.1f" % (run["rss"] / 1024),
            "%.1f" % run["idle_rss"] if case.idle else "-"))
    print(flush=True)


def print_cases(place, options):
    print(HEADLINE % ("", "", "conn-", "", "", "CPU of a", "CPU to", "CPU to", "", "", "messages", "answer", "", "",
                      "", "KB each"))
    print(HEADLINE % ("rules", "KB", "ect.", "idle", "filter", "msg., us", "null", "bare", "user", "system", "a second",
                      "p50, ms", "p99", "max", "RSS, MB", "idle one"))
    found = {}
    for case in cases(options.all):
        found[case] = play(place, case, options)
        print_case(case, found[case])
    return found


def is_held(text, value, most):
    print("%s: %s is %.2f, at most %s" % ("held" if value <= most else "MISSED", text, value, most))
    return value <= most


def are_held(found):
    """Whether all that this build can show is within its limits."""
    held = []
    for name, rules, other, most in RATIOS:
        runs = found[BASE._replace(rules=rules)]
        if name in runs:
            held.append(is_held("CPU of %s with %s rules to that of the %s" % (name, rules, other),
                                runs[name]["cpu"] / runs[other]["cpu"], most))
    for name, rules, key, most in TIMES:
        runs = found[BASE._replace(rules=rules, connections=64)]
        if name in runs:
            held.append(is_held("%s of an answer by %s with %s rules at 64 connections" % (key, name, rules),
                                runs[name][key], most))
    return all(held)


def count(start, messages, mail):
    """Instructions from start to end of a filter that is sent so many messages."""
    under = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    filter_ = start(under)
    filter_.load("-n", messages, mail)
    counts = [int(line.split()[-1]) for line in filter_.stop().splitlines() if "Collected :" in line]
    if not counts:
        raise RuntimeError("valgrind has counted nothing")
    return sum(counts)


def count_messages(start, mail):
    """The same without start and end, for 1000 messages."""
    return count(start, 1100, mail) - count(start, 100, mail)


def print_instructions(place, options):
    print("instructions of 1000 messages, in thousands a message")
    for rules in (10, "shipped"):
        ours = place.ours(options.engines[0], rules, owners=1000)
        terms = place.terms_of(ours)
        ours.stop()
        starts = {"null libmilter filter": lambda under, terms=terms: place.null(terms, under),
                  "bare responder": lambda under, terms=terms: place.bare(terms, under)}
        for engine in options.engines:
            starts["ours, " + engine] = (lambda under, engine=engine, rules=rules:
                                         place.ours(engine, rules, 1000, under))
        mail = place.write("mail.counted", filters.made("mail.py", "--messages", 1000, "--owners", 1000))
        for name, start in starts.items():
            print("%-8s %-22s %9.1f" % (rules, name, count_messages(start, mail) / 1e6), flush=True)


def read_options():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n")[2][7:])
    parser.add_argument("--engines", default="libmilter,native", type=lambda text: text.split(","))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--no-instructions", action="store_true")
    options = parser.parse_args()
    if options.quick:
        options.rounds = 1
    return options


def main():
    options = read_options()
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    with filters.Place() as place:
        for engine in options.engines[:]:
            if place.policy(0, engine, "unix:none") is None:
                print("this build has no engine " + engine)
                options.engines.remove(engine)
        found = print_cases(place, options)
        if not options.no_instructions and subprocess.run(["which", "valgrind"], capture_output=True,
                                                          check=False).returncode == 0:
            print_instructions(place, options)
    return 0 if are_held(found) else 1


if __name__ == "__main__":
    sys.exit(main())
