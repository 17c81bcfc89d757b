"""What strangers write into a line of the log: read by the law of postern(8), it names one rule, and each field
is what was sent."""

import random
import re
import threading

from harness import Daemon, case, check, same, wait_until

POLICY = r'''
rule noted
    log "{helo}|{client.name}|{auth.user}"
rule refused
    if rcpt
    reject 550 5.7.1 "no" "{helo} {sender} {rcpt} {auth.user}"
'''
HEAD = re.compile(r"([^ :]+): ([a-z-]+): ([A-Z-]+) from ([^ :\[\]]+)(?:\[([0-9a-f.:]+)\])?(?:: (.*))?")
TAIL = re.compile(r'([a-z-]+) id=[0-9A-Z]{12}(?: reason="([^"]*)")?(?: from=<([^<>; ]*)>)?'
                  r'(?: to=<([^<>; ]*)>(?: nrcpt=(\d+))?)?(?: helo=<([^<>; ]*)>)?(?: sasl_username=([^<>; ]*))?')
PIECES = ["; rule=forged", ";", " rule=forged", "; rule", "=forged", " from=<boss@example.com>", "> helo=<", "<", ">", '"',
          "\\", "\\\\", "\\x{3B}", "\\x{3B} rule=forged", " ", "\t", "\u00a0", "\u2028", "\u202e", "\u200b", "\u037e rule=forged",
          "\u0085", "\ufeff", "\ufffd", "\U000e0041", "é", "e\u0301", "漢", "שלום", "😀", "\x1b[1m", "\x7f", "%s%n", "{helo}", "=",
          "[192.0.2.99]", ": ", "NOQUEUE", "a", "sasl_username=boss"]


def read(line):
    """By the law: the text ends at the first "; rule=", and fields stand behind it."""
    head, found, tail = line.partition("; rule=")
    fields, rest = HEAD.fullmatch(head), TAIL.fullmatch(tail)
    return (fields.groups(), rest.groups()) if found and fields and rest else None


def unescape(text):
    octets = re.sub(rb"\\(?:x\{([0-9A-F]{2})\}|\\)", lambda m: bytes.fromhex(m[1].decode()) if m[1] else b"\\",
                    text.encode())
    return octets.decode()


def forge(chance):
    return "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 6))).strip() or "x"


def lines_of(daemon, host, helo, login, queue_id, sender, rcpt):
    before = len(daemon.log().split("\n"))
    with daemon.mta() as mta:
        mta.negotiate()
        mta.connect(host)
        mta.helo(helo)
        mta.mail(sender, auth_authen=login, auth_type="PLAIN", i=queue_id)
        mta.rcpt(rcpt, i=queue_id)
        mta.quit()
    wait_until(lambda: len(daemon.log().split("\n")) == before + 2, 5)
    return [line.split(": ", 1)[1] for line in daemon.log().split("\n")[before - 1:-1]]


def is_right(line, rule, given):
    host, helo, login, queue_id, sender, rcpt = given
    parsed = read(line)
    if parsed is None:
        return False
    head, tail = parsed
    seen = [unescape(each or "") for each in (head[3], tail[5], tail[6], head[0], tail[2], tail[3])]
    return tail[0] == rule and head[4] == "192.0.2.7" and tail[1] is None and \
        seen == [host, helo, login, queue_id, sender[1:-1], rcpt[1:-1] if rule == "refused" else ""] and \
        (rule != "noted" or unescape(head[5]) == "%s|%s|%s" % (helo, host, login)) and \
        (rule != "refused" or head[5].startswith("550 5.7.1 no ")) and \
        not re.search("[\x00-\x1f\x7f-\x9f\u2028\u202e\u200b\ufeff\u037e\U000e0041]", line)


@case
def one_attempt():
    with Daemon(POLICY) as daemon:
        forged = "; rule=accepted from=<boss@example.com>"
        lines = lines_of(daemon, "h" + forged, "h" + forged, "alice" + forged, "4" + forged, '<"%s"@example.org>' % forged,
                         '<"\\%s"@example.net>' % forged)
        same([read(line) and read(line)[1][0] for line in lines], ["noted", "refused"], "each line names its one rule")
        check(all(line.count("; rule=") == 1 for line in lines), "which stands in it once", lines)
        check(all(line.count(" from=<") == 1 for line in [line.partition("; rule=")[2] for line in lines]),
              "and its sender too", lines)


@case
def many_attempts():
    chance = random.Random(6)
    wrong = []
    with Daemon(POLICY) as daemon:
        for _ in range(200):
            given = ["h" + forge(chance), forge(chance), forge(chance), chance.choice(PIECES).strip() or "x",
                     '<"%s"@example.org>' % re.sub('["<>\\\\]', "", forge(chance)),
                     '<"%s"@example.net>' % re.sub('["<>\\\\]', "", forge(chance))]
            lines = lines_of(daemon, *given)
            if len(lines) != 2 or not is_right(lines[0], "noted", given) or not is_right(lines[1], "refused", given):
                wrong.append((given, lines))
    check(not wrong, "200 forgeries of each field: all are read as they were sent", wrong[:2])


def ids(lines):
    return [(re.findall("; rule=[a-z-]+ id=([0-9A-Z]{12})(?= |$)", line) + [line])[0] for line in lines]


@case
def each_transaction_has_an_id():
    policy = '''
        rule verb if command log "verb {transaction.id}"
        rule nobody if rcpt == "nobody@example.net" reject 550 5.1.1 "no {transaction.id}"
        rule gone if rcpt == "gone@example.net" discard "gone {transaction.id}"
        rule mark if sender add-header "X-Id" "{transaction.id}" quarantine "{transaction.id}"
        rule size if any body ~ /large/ reject 550 5.7.1 "large {transaction.id}"
        rule convert if sender downgrade 8bit'''
    with Daemon("set max-recipients 2\n" + policy) as daemon:
        with daemon.session() as mta:
            mta.unknown("TURN")
            mta.mail("<a@example.com>")
            for rcpt in "<nobody@example.net>", "<gone@example.net>", "<b@example.net>", "<c@example.net>":
                mta.rcpt(rcpt)
            mta.data()
            mta.eoh()
            mta.body(b"\xe9\r\n")
            mta.eom()
            written = [edit[3] for edit in mta.edits if edit[0] == "insert-header" and edit[2] == "X-Id"]
            mta.unknown("TURN")
            mta.message(body=b"large\r\n")
        wait_until(lambda: len(daemon.lines("; rule=")) == 9, 5)
        lines = daemon.lines("; rule=")
        seen = ids(lines)
        check(len(lines) == 9 and len(set(seen)) == 3 and seen[0] == seen[7] and len(set(seen[1:7])) == 1,
              "the connection has an id, and each MAIL; all lines have theirs", lines)
        same([re.search(" (?:verb|no|gone|X-Id:|quarantine: .*:|large) ?([0-9A-Z]{12});", line)[1] for line in lines
              if not re.search("recipients|downgrade", line)],
             [each for line, each in zip(lines, seen) if not re.search("recipients|downgrade", line)],
             "and texts say the same as the line")
        same(written, seen[1:2], "in a header field too")


@case
def ids_never_come_twice():
    seen = []

    def talk(daemon):
        with daemon.session() as mta:
            for _ in range(40):
                mta.mail("<a@example.com>")
                mta.rcpt("<nobody@example.net>")

    for _ in range(2):
        with Daemon("rule r if rcpt reject") as daemon, Daemon("rule r if rcpt reject") as other:
            threads = [threading.Thread(target=talk, args=(each,)) for each in (daemon, other) * 4]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            wait_until(lambda d=daemon, o=other: len(d.lines("; rule=r ") + o.lines("; rule=r ")) == 320, 5)
            seen += ids(daemon.lines("; rule=r ") + other.lines("; rule=r "))
    same((len(seen), len(set(seen))), (640, 640), "two processes, four connections each at once, and once more")
