"""Memory of the process that is used up: 4xx for whom there is none, nobody is cut off, and it comes back."""

import threading

from fakemta import NO_REPLY, NOT_SENT
from harness import Daemon, case, check, same, wait_until

SESSIONS = 50
POLICY = """
rule authors log "{header.from} {header.from.hidden} {header.from.name}"
rule subjects log "{header['Subject'].decoded}"
rule ascii downgrade utf8
"""
HEADER = [("From", ", ".join(["=?utf-8?q?J=C3=B6rg_v=40d.example?= <a@example.com>"] * 150)),
          ("Subject", "w\u00f6rd " * 3000)] + [("To", "\u00fc <u@d.example>, " * 1200 + "u@d.example")] * 4
GOES_ON = ("continue", NO_REPLY, NOT_SENT)


def all_at_once(daemon):
    """Every session stands behind its header before one goes on; what each was answered at its end."""
    waiting, answers, lock = threading.Barrier(SESSIONS), [], threading.Lock()

    def hand_in():
        said = None
        try:
            with daemon.session() as mta:
                for said in steps(mta):
                    if said not in GOES_ON:
                        break
                waiting.wait(120)
                said = said if said not in GOES_ON else mta.body(b"x\r\n")
                said = said if said not in GOES_ON else mta.eom(i="ID")
                mta.abort()
        except Exception as problem:
            waiting.abort()
            said = "cut off: %r" % problem
        with lock:
            answers.append(said)

    threads = [threading.Thread(target=hand_in) for _ in range(SESSIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    return answers


def steps(mta):
    yield mta.mail("<a@example.com>", "SMTPUTF8")
    yield mta.rcpt("<b@example.net>")
    yield mta.data(i="ID")
    for name, value in HEADER:
        yield mta.header(name, value)
    yield mta.eoh(i="ID")


@case
def memory_is_used_up():
    with Daemon("set max-memory 30MB\n" + POLICY) as daemon:
        for round_ in ("at once", "and once more"):
            answers = all_at_once(daemon)
            good = [a for a in answers if a in GOES_ON]
            put_off = [a for a in answers if a and (a.startswith("451 4.3.0 ") or a == "tempfail")]
            same([a for a in answers if a not in good + put_off], [],
                 "%d sessions %s: all are answered, by 4xx or rightly" % (SESSIONS, round_))
            check(len(put_off) > 5, "there was no memory for %d of them" % len(put_off), answers[:3])
            check(good, "and for %d there was" % len(good), answers[:3])
        check(daemon.is_unharmed(), "the daemon lives", daemon.log()[-500:])
        check(wait_until(lambda: daemon.session().message(header=HEADER[:1]) in GOES_ON, 5), "its memory is back")
        check(daemon.lines("max-(transaction-)?memory is reached"), "the log says why", daemon.log()[-500:])
        same(daemon.lines("ERROR|Sanitizer"), [], "nothing was broken")
