"""12 connections at once, random and ordinary, while a table is replaced, the policy read anew, and somebody asks what was
counted. What a sanitizer says is in the log."""

import os
import signal
import socket
import sqlite3
import sys
import tempfile
import threading

import harness
from engines import POLICY, Session, converse
from harness import Daemon, case, check, same

TABLES = '''
table people = "texthash:FOLDER/people"
table names = "sqlite:FOLDER/names.cf" cache 1s
rule known if sender in people add-header "X-Known" "{sender}"
rule named if sender in names add-header "X-Name" "{names[sender]}"
rule looked-up if rcpt in names add-header "X-Rcpt" "yes"
'''
MESSAGE = {
    "header": [("Subject", "x"), ("X-Do", "add 8bit"), ("MIME-Version", "1.0"), ("Content-Transfer-Encoding", "8bit")],
    "body": ("ü" * 30 + "\r\n").encode() * 50,
}


def write_table(path, number):
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write("a@example.com yes\n%d@example.com yes\n" % number)
    os.rename(path + ".new", path)


def write_names(folder):
    """A table that keeps answers."""
    with sqlite3.connect(folder + "/names.db") as base:
        base.execute("CREATE TABLE names (address TEXT, name TEXT)")
        base.executemany("INSERT INTO names VALUES (?, ?)", [("a@example.com", "Alice"), ("example.net", "all")])
    with open(folder + "/names.cf", "w", encoding="utf-8") as file:
        file.write("dbpath = %s/names.db\nquery = SELECT name FROM names WHERE address = '%%s'\n" % folder)


class Client(threading.Thread):
    def __init__(self, daemon, number, count):
        super().__init__()
        self.daemon_spoken_to, self.number, self.count = daemon, number, count
        self.wrong = []

    def run(self):
        try:
            for number in range(self.count):
                converse(self.daemon_spoken_to, Session("%d %d" % (self.number, number), 0x1FFFFF).whole())
                with self.daemon_spoken_to.session() as mta:
                    self.wrong += [a for a in (mta.message(**MESSAGE) for _ in range(3)) if a != "continue"]
        except Exception as error:
            self.wrong.append(repr(error))


@case
def no_race_is_seen():
    with tempfile.TemporaryDirectory(prefix="postern-races-") as folder:
        os.chmod(folder, 0o755)
        write_names(folder)
        write_table(folder + "/people", 0)
        with Daemon('set status-socket "unix:FOLDER/status"\n'.replace("FOLDER", folder) + POLICY +
                    TABLES.replace("FOLDER", folder)) as daemon:
            see_no_race(daemon, folder)


def ask(path):
    """The first line of what is answered."""
    with socket.socket(socket.AF_UNIX) as status:
        status.settimeout(60)
        status.connect(path)
        status.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        said = b""
        while more := status.recv(65536):
            said += more
    return said.partition(b"\r\n")[0]


def see_no_race(daemon, folder):
    clients = [Client(daemon, number, 100) for number in range(12)]
    for client in clients:
        client.start()
    number, said = 0, set()
    while any(client.is_alive() for client in clients):
        number += 1
        write_table(folder + "/people", number)
        said.add(ask(folder + "/status"))
        if number % 50 == 0:
            daemon.signal(signal.SIGHUP)
        clients[number % 12].join(0.05)
    same([client.wrong for client in clients], [[]] * 12, "12 clients are answered")
    same(said, {b"HTTP/1.1 200 OK"}, "so is who asks what was counted")
    check(daemon.lines("reloaded: "), "it has read its policy anew")
    same(daemon.stop(), 0, "it stops")
    check("Sanitizer" not in daemon.log(), "no race", daemon.log()[daemon.log().find("Sanitizer") - 100:][:5000])


sys.exit(harness.run_all())
