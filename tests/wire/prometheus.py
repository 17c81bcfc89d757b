"""contrib/grafana.json against the table of metrics; in the long form a Prometheus scrapes the milter, and is asked
each query of the dashboard."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import cases_status
import harness
from harness import case, check, free_port, same, skip, wait_until

TOP = os.path.realpath(__file__ + "/../../..")
LONG = os.environ.get("POSTERN_LONG") == "1"
# Nothing of the kind happens here.
MAY_BE_EMPTY = r"generations_total|reloads_total|rule_sampled"
harness.cases.clear()


def dashboard():
    with open(TOP + "/contrib/grafana.json", encoding="utf-8") as file:
        return json.load(file)


def queries(board):
    return [(panel["title"], target["expr"]) for panel in board["panels"] for target in panel.get("targets", [])]


@case
def asks_for_what_there_is():
    with open(TOP + "/filter/count/metrics.c", encoding="utf-8") as file:
        known = set(re.findall(r'\.name = "(postern_[a-z_]+)"', file.read()))
    board = dashboard()
    asked = {name for _, expression in queries(board) for name in re.findall(r"postern_[a-z_]+", expression)}
    same({name for name in asked if re.sub("_bucket$", "", name) not in known}, set(), "only metrics that there are")
    ids = [panel["id"] for panel in board["panels"]]
    same(len(ids), len(set(ids)), "each panel has a number of its own")
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]]
    same(len(places), len(set(places)), "and a place")


class Prometheus:
    def __init__(self, target):
        self.directory = tempfile.TemporaryDirectory(prefix="postern-prometheus-")
        self.port = free_port()
        with open(self.directory.name + "/prometheus.yml", "w", encoding="ascii") as file:
            file.write("global: {scrape_interval: 1s}\nscrape_configs:\n- job_name: postern\n"
                       "  static_configs: [{targets: ['127.0.0.1:%s']}]\n" % target)
        with open(self.directory.name + "/log", "wb") as log:
            self.process = subprocess.Popen(
                ["prometheus", "--config.file=%s/prometheus.yml" % self.directory.name,
                 "--storage.tsdb.path=%s/data" % self.directory.name,
                 "--web.listen-address=127.0.0.1:%d" % self.port], stdout=log, stderr=log)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)
        self.directory.cleanup()

    def ask(self, query):
        """What is found, or why nothing can be."""
        url = "http://127.0.0.1:%d/api/v1/query?%s" % (self.port, urllib.parse.urlencode({"query": query}))
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)["data"]["result"]
        except OSError as error:
            return "%s" % error

    def figure(self, query):
        """Of the one series that is found."""
        found = self.ask(query)
        return found[0]["value"][1] if isinstance(found, list) and len(found) == 1 else None

    def is_scraping(self):
        return self.figure("up") == "1"


def ask_all(prometheus):
    for title, expression in queries(dashboard()):
        query = expression.replace("$__rate_interval", "30s").replace("$instance", ".*")
        found = prometheus.ask(query)
        if re.search(MAY_BE_EMPTY, query):
            check(isinstance(found, list), title + ": can be asked", (query, found))
        else:
            check(isinstance(found, list) and len(found) > 0, title + ": has an answer", (query, found))


@case
def prometheus_reads_it():
    if not LONG:
        return
    if not shutil.which("prometheus") or not shutil.which("promtool"):
        skip("Debian's prometheus isn't installed")
        return
    port = free_port()
    with cases_status.Watched(cases_status.POLICY, "inet:%d@127.0.0.1" % port) as daemon:
        cases_status.send_all(daemon)
        judged = subprocess.run(["promtool", "check", "metrics"], input=cases_status.status(daemon), text=True,
                                capture_output=True, timeout=60, check=False)
        same((judged.returncode, judged.stdout + judged.stderr), (0, ""), "promtool check metrics minds nothing")
        with Prometheus(port) as prometheus:
            check(wait_until(prometheus.is_scraping, 60), "Prometheus scrapes the milter")
            session = daemon.session()
            for _ in range(5):
                cases_status.send_all(daemon)
                time.sleep(2)
            check(wait_until(lambda: prometheus.figure('postern_verdicts_total{rule="by-subject"}') == "18"),
                  "and has its figures", prometheus.ask("postern_verdicts_total"))
            ask_all(prometheus)
            session.quit()


sys.exit(harness.run_all())
