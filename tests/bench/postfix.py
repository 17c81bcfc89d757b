#!/usr/bin/env python3
"""Messages a second through a private Postfix: without a milter, with a null filter, with ours by each engine.

usage: postfix.py [--engines LIST] [--rounds N] [--messages N] [--sessions N] [--size OCTETS]

One Postfix has a port for each; smtp-source sends to them in turns, three rounds, one message a session, and
smtp-sink takes what Postfix delivers. The rate is that of smtp-source; the next turn begins when the queue is empty.
Ours runs the shipped policies with 100,000 owners. Client, Postfix, filter and next hop share the machine. It needs
root.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

import filters

os.environ.setdefault("POSTERN", filters.POSTERN)
os.environ.setdefault("srcdir", os.path.realpath(filters.HERE + "/../.."))
sys.path[:0] = [filters.HERE + "/../mta", filters.HERE + "/../wire"]
os.environ["PATH"] += ":/usr/sbin:/sbin"

import harness  # noqa: E402
import kit  # noqa: E402

SERVICE = "127.0.0.1:%d inet n - n - - smtpd\n  -o smtpd_milters=%s\n"


def service(port, filter_):
    """A port of Postfix with this filter, or none."""
    kind, _, place = (filter_.socket if filter_ else "").partition(":")
    port_of_filter, _, host = place.partition("@")
    return SERVICE % (port, "%s:%s:%s" % (kind, host, port_of_filter) if filter_ else "")


def drain(site):
    queues = [os.path.join(site.postfix, "queue", name) for name in kit.QUEUES]
    if not harness.wait_until(lambda: not any(files for queue in queues for _, _, files in os.walk(queue)), 120):
        raise RuntimeError("the queue isn't empty after two minutes:\n" + site.log()[-2000:])


def send(site, port, options):
    """Messages a second."""
    drain(site)
    begun = time.monotonic()
    subprocess.run(["smtp-source", "-s", str(options.sessions), "-m", str(options.messages), "-l", str(options.size),
                    "-f", "writer@sender.example.net", "-t", "reader@example0.org", "127.0.0.1:%d" % port], check=True)
    return options.messages / (time.monotonic() - begun)


def start_filters(place, options):
    """By name; none is there by its own."""
    started = {"none": None}
    for engine in options.engines:
        if place.policy(0, engine, "unix:none") is None:
            print("this build has no engine " + engine)
            continue
        ours = place.ours(engine, "shipped")
        if len(started) == 1:
            null = place.null(place.terms_of(ours))
            started[null.name] = null
        started[ours.name] = ours
    return started


def measure(started, options):
    ports = {name: harness.free_port() for name in started}
    sink = harness.free_port()
    services = "".join(service(ports[name], filter_) for name, filter_ in started.items())
    with subprocess.Popen(["smtp-sink", "-u", "nobody", "127.0.0.1:%d" % sink, "1024"]) as taking:
        filters.wait_for("inet:%d@127.0.0.1" % sink, taking)
        try:
            with kit.Site("smtpd_milters=", "non_smtpd_milters=", "default_transport=smtp:[127.0.0.1]:%d" % sink,
                          files={"master.more": services}) as site:
                rates = {name: [] for name in started}
                for _ in range(options.rounds):
                    for name in started:
                        rates[name].append(send(site, ports[name], options))
                drain(site)
                return rates
        finally:
            taking.kill()


def read_options():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n")[2][7:])
    parser.add_argument("--engines", default="libmilter,native", type=lambda text: text.split(","))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--sessions", type=int, default=16)
    parser.add_argument("--size", type=int, default=4096)
    return parser.parse_args()


def main():
    options = read_options()
    with filters.Place(lambda: "inet:%d@127.0.0.1" % harness.free_port()) as place:
        started = start_filters(place, options)
        try:
            rates = measure(started, options)
        finally:
            for filter_ in started.values():
                if filter_:
                    filter_.stop()
    base = statistics.median(rates["none"])
    print("%-22s %12s %6s %s" % ("milter", "messages/s", "ratio", "rounds"))
    for name, seen in rates.items():
        print("%-22s %12.0f %6.2f %s" % (name, statistics.median(seen), statistics.median(seen) / base,
                                         " ".join("%.0f" % rate for rate in seen)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
