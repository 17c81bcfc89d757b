"""`postern report` of what a daemon logged: in every form that logs have, the same figures, which are those that this
script counts; as a page the same as in text; within bounds; and with POSTERN_LONG=1 the page in a browser."""

import collections
import datetime
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile

import harness
import log_lines
import report_page
from harness import POSTERN, case, check, same

LONG = os.environ.get("POSTERN_LONG", "0") == "1"
scratch = tempfile.TemporaryDirectory(prefix="postern-report-")
MODES = ("enforce", "soft", "audit")
logs = {form: [line for mode in MODES for line in log_lines.lines_of(settings, mode)]
        for form, settings in (("text", ""), ("json", "set log-format json\n"))}
START = datetime.datetime.now().replace(microsecond=0, hour=12, minute=0, second=0) - datetime.timedelta(days=16)
OTHERS = (
    "mx postfix/smtpd[99]: NOQUEUE: milter-reject: RCPT from a[192.0.2.7]: 550 5.7.1 no; rule=not-here id=AAAAAAAAAAAA "
    "from=<a@b.example> to=<c@d.example>",
    "mx postfix/smtpd[99]: connect from postern[192.0.2.7]: ",
    "mx postern-other[99]: NOQUEUE: reject: RCPT from a[192.0.2.7]: no; rule=not-here id=AAAAAAAAAAAA",
    "mx kernel: postern[1]: NOQUEUE: reject: RCPT from a[192.0.2.7]: no; rule=not-here id=AAAAAAAAAAAA",
)


def moment(number):
    """Of so many lines some each day."""
    return START + datetime.timedelta(seconds=number * 6000)


def put(name, lines):
    path = os.path.join(scratch.name, name)
    with open(path, "w", encoding="utf-8") as out:
        out.write("".join(line + "\n" for line in lines))
    return path


def syslog(lines, stamp):
    written = []
    for number, line in enumerate(lines):
        written += ["%s mx postern[4321]: %s" % (stamp(moment(number)), line)]
        written += ["%s %s" % (stamp(moment(number)), OTHERS[number % len(OTHERS)])]
    return written


def old(when):
    return when.strftime("%b %e %H:%M:%S")


def new(when):
    return when.astimezone().isoformat(timespec="milliseconds")


def journal(lines):
    return [json.dumps({"__CURSOR": "s=1", "__REALTIME_TIMESTAMP": "%d" % (moment(number).timestamp() * 1000000 + 5),
                        "_COMM": "postern", "MESSAGE": line, "SYSLOG_IDENTIFIER": name, "PRIORITY": "6",
                        "_BYTES": [1, 2]}, ensure_ascii=False)
            for number, line in enumerate(lines) for name in ("postern", "postfix/smtpd")]


def run(*words, text=None, status=0):
    done = subprocess.run((POSTERN, "report") + words, input=text, capture_output=True, check=False,
                          stdin=None if text else subprocess.DEVNULL)
    if done.returncode != status:
        check(False, "exit status %d: %s" % (done.returncode, " ".join(words)), done.stderr)
    return done.stdout.decode()


def kind(verb):
    if verb.startswith("audit-"):
        return 2
    return {"reject": 0, "tempfail": 1, "soft-reject": 1}.get(verb, 3)


def domain(address):
    return address.rpartition("@")[2] or "<>"


def counted(lines):
    """What the report is to say, by another reader."""
    rules, days = collections.Counter(), {}
    whom = collections.defaultdict(lambda: collections.defaultdict(collections.Counter))
    for number, line in enumerate(lines):
        values = log_lines.read_text(line) if "; rule=" in line else None
        if values is None:
            continue
        key = values["rule"], values["verb"]
        rules[key] += 1
        day = days.setdefault(moment(number).strftime("%Y-%m-%d"), [0] * 5)
        day[0] += 1
        day[1 + kind(values["verb"])] += 1
        for name, field in (("senders", "from"), ("recipients", "to")):
            if field in values:
                whom[key][name][domain(values[field])] += 1
        if "sasl_username" in values:
            whom[key]["logins"][values["sasl_username"]] += 1
    return rules, days, whom


@case
def figures_are_right():
    rules, days, whom = counted(logs["text"])
    seen = report_page.of_text(run(put("new.log", syslog(logs["text"], new))))
    same(seen["verdicts"], sum(rules.values()), "all verdicts are counted, and nothing of others")
    same(sorted(row[:3] for row in seen["rules"]), sorted(key + (count,) for key, count in rules.items()),
         "how often each rule did what")
    check([row[2] for row in seen["rules"]] == sorted((row[2] for row in seen["rules"]), reverse=True), "the most first")
    same(seen["days"], [[day] + count for day, count in sorted(days.items())], "by day, and by what it was")
    same([(rule, verb, {name: sorted(each) for name, each in about.items()}) for rule, verb, _, about, *_ in seen["sections"]],
         [(rule, verb, {name: sorted(each.items()) for name, each in whom[rule, verb].items()})
          for rule, verb, *_ in seen["rules"]], "for whom")
    newest = [line for line in logs["text"] if "; rule=never " in line and " reject: " in line][-2:]
    same(next(each[5] for each in seen["sections"] if each[:2] == ("never", "reject")), newest[::-1], "with examples")


@case
def every_form_says_the_same():
    plain = put("plain", syslog(logs["text"], new))
    wanted = run(plain)
    packed = os.path.join(scratch.name, "packed.log.1.gz")
    with open(plain, "rb") as text, gzip.open(packed, "wb") as out:
        out.write(text.read())
    same(run(packed), wanted, "gzip")
    with open(plain, "rb") as text:
        octets = text.read()
    same(run(text=octets), wanted, "standard input")
    same(run("-", text=octets), wanted, "as -")
    same(run(text=octets.replace(b"\n", b"\r\n")), wanted, "lines that end in CRLF")
    same(run(put("old", syslog(logs["text"], old))), wanted, "stamps without a year")
    same(run(put("short-iso", syslog(logs["text"], lambda when: when.astimezone().strftime("%Y-%m-%dT%H:%M:%S%z")))), wanted,
         "journalctl -o short-iso")
    same(run(put("journal", journal(logs["text"]))), wanted, "journalctl -o json")
    same(run(put("in journal", journal(["postern: " + line for line in logs["text"]]))), wanted, "of serve -f under systemd")
    halves = syslog(logs["text"], new)
    same(run(put("b", halves[100:]), put("a", halves[:100])).split("newest")[0], wanted.split("newest")[0], "two files, in any order")
    named = put("named", [line.replace("postern[", "filter[") for line in halves])
    same(run("--name", "filter", named), wanted, "under another name")
    same(run(named).split(",")[0], "0 verdicts", "which isn't ours unless we are told")


def without_examples(figures):
    return dict(figures, sections=[(each[:3], {name: sorted(names) for name, names in each[3].items()}, each[4])
                                   for each in figures["sections"]])


@case
def json_says_the_same():
    wanted = without_examples(report_page.of_text(run(put("text", syslog(logs["text"], new)))))
    for name, path in (("in syslog", put("syslog", syslog(logs["json"], new))), ("in the journal", put("j", journal(logs["json"])))):
        same(without_examples(report_page.of_text(run(path))), wanted, "JSON " + name)
    alone = report_page.of_text(run(put("alone", logs["json"])))
    same((alone["rules"] and alone["rules"][0][:3], [day[0] for day in alone["days"]]), (wanted["rules"][0][:3], ["unknown"]),
         "JSON alone, which has no time")


@case
def wishes():
    path = put("all", syslog(logs["text"], new))
    every = report_page.of_text(run(path))
    some = report_page.of_text(run("--rule", "not-here", path))
    same(some["rules"], [row for row in every["rules"] if row[0] == "not-here"], "--rule")
    some = report_page.of_text(run("--rule", "l*", path))
    same({row[0] for row in some["rules"]}, {row[0] for row in every["rules"] if row[0][0] == "l"}, "--rule with *")
    ident = re.search("id=([0-9A-Z]{12})", next(line for line in logs["text"] if "add-header" in line))[1]
    same(run("--id", ident, path).splitlines(), [line for line in syslog(logs["text"], new) if "id=" + ident in line],
         "--id prints the lines of a transaction")
    same(run("--id", "0" * 12, path, status=1), "", "or nothing, with status 1")
    for text in moment(70).strftime("%Y-%m-%d"), moment(70).strftime("%Y-%m-%d 00:00"), \
            "%dd" % ((datetime.datetime.now() - moment(70)).days + 1):
        since = report_page.of_text(run("--since", text, path))["days"]
        same([day[0] for day in since][-1:], [every["days"][-1][0]], "--since %s: to the end" % text)
        check(0 < len(since) < len(every["days"]) and since[0][0] >= moment(46).strftime("%Y-%m-%d"), "from there on", since)
    same(report_page.of_text(run("--since", "today", path))["verdicts"], 0, "--since today: nothing")
    check("no time: " in run("--since", "2000-01-01", put("undated", ["postern: " + line for line in logs["text"]])),
          "lines without a time are left out, and that is said")
    for words in (("--since", "soon"), ("--since", "5"), ("--nothing",)):
        run(*words, path, status=64)
    policy = os.path.join(scratch.name, "policy")
    with open(policy, "w", encoding="utf-8") as out:
        out.write(log_lines.POLICY + 'rule idle if helo == "never.example" reject\n')
    silent = report_page.of_text(run("-c", policy, path))["silent"]
    same(silent, ["idle"], "-c: the rules of a policy that no line names")


@case
def bad_input():
    run(os.path.join(scratch.name, "none"), status=66)
    run(scratch.name, status=66)
    good = put("good", syslog(logs["text"], new))
    wanted = run(good)
    same(run(os.path.join(scratch.name, "none"), good, status=66), wanted, "a file that isn't there: the others are read")
    broken = os.path.join(scratch.name, "broken.gz")
    with open(broken, "wb") as out:
        with open(good, "rb") as text:
            out.write(gzip.compress(text.read())[:-200])
    run(broken, status=66)
    same(run(put("empty", [])).split(",")[0], "0 verdicts", "an empty file")
    lines = syslog(logs["text"], new)
    junk = ["x" * 3000000, "\0" * 500, "{\"level\":\"", "{\"level\":\"info\",\"verb\":\"a\",\"rule\":\"", "\\", "{", "postern", "postern: ",
            "{\"MESSAGE\":null,\"SYSLOG_IDENTIFIER\":\"postern\"}", "{\"a\":[[\"]\"]],\"SYSLOG_IDENTIFIER\":\"postern\"",
            "Nov 31 99:99:99 mx postern[1]: : : from ; rule= id=", "2026-11-28T", "Feb 30 00:00:00 mx postern[", "; rule="]
    same(run(put("junk", junk + lines[:50] + junk + lines[50:] + junk)), wanted, "junk between the lines disturbs nothing")
    for length in (10, 100, 1000, 5000):
        run(text=("\n".join(lines) + "\n" + journal(logs["json"])[7]).encode()[:-length])


@case
def hostile_names():
    line = "NOQUEUE: reject: RCPT from a[192.0.2.7]: %s; rule=r id=AAAAAAAAAAAA from=<a@%s> to=<b@c.example> sasl_username=%s"
    evil = "<script>alert(1)</script>&\"'\x1b[31m\x85\u202e"
    path = put("evil", syslog([line % (evil, evil, evil), line % ("x", "</style><img/src=http://192.0.2.1/>", "'onload='x")], new))
    text = run(path)
    check(not re.search("[\x1b\x85\u202e]", text), "nothing of a log does anything on a terminal", text)
    page = report_page.Page(run("--html", "-", path))
    same(page.faults, [], "nor in a page: it is well formed")
    check(not report_page.find(page.root, "script") and not report_page.find(page.root, "img") and
          report_page.same_figures(report_page.of_text(text), report_page.of_page(page)) is None, "and says the same",
          report_page.same_figures(report_page.of_text(text), report_page.of_page(page)))


@case
def the_page():
    path = put("page", syslog(logs["text"], new))
    policy = os.path.join(scratch.name, "policy")
    out = os.path.join(scratch.name, "page.html")
    run("-c", policy, "--html", out, path)
    with open(out, encoding="utf-8") as file:
        source = file.read()
    page = report_page.Page(source)
    same(page.faults, [], "the page is well formed")
    fault = report_page.same_figures(report_page.of_text(run("-c", policy, path)), report_page.of_page(page))
    check(fault is None, "its figures are those of the text", fault)
    titles = collections.Counter()
    for each in report_page.find(report_page.find(page.root, "div", class_="chart")[0], "title"):
        day, count = re.fullmatch(r"(\S+): (\d+) .*", report_page.text_of(each)).groups()
        titles[day] += int(count)
    same(titles, {day: count for day, count, *_ in report_page.of_page(page)["days"]}, "and so are those of the chart")
    check(not re.search(r"(?i)https?:|//|@import|<script|<iframe|\bon[a-z]+=|url\((?!#)", source), "it names nothing outside of it")
    check("default-src 'none'" in source and "@media print" in source and "viewport" in source, "and forbids to fetch anything")
    same(report_page.Page(run("--html", "-", put("nothing", []))).faults, [], "a page of nothing")
    run("--html", scratch.name + "/no/page.html", path, status=74)


@case
def progress():
    path = put("long", syslog(logs["text"], new) * 300)
    ours, theirs = os.openpty()
    done = subprocess.run((POSTERN, "report", path), stdout=subprocess.PIPE, stderr=theirs, stdin=subprocess.DEVNULL, check=False)
    os.close(theirs)
    told = os.read(ours, 65536).decode()
    os.close(ours)
    check(re.search(r"\r[^\r]*long: \d+ of \d+ MB, 0 verdicts.*\r[^\r]*long: \d+ of \d+ MB, [1-9]\d* verdicts", told) and
          told.endswith("\r\033[K"), "on a terminal standard error shows how far it is, and is left empty", told[-300:])
    same(done.stdout.decode(), run(path), "which changes nothing")


@case
def bounds():
    line = "NOQUEUE: reject: RCPT from a[192.0.2.7]: x; rule=r%d id=AAAAAAAAAAAA from=<a@%s.example> to=<b@c%d.example>"
    lines = [line % (number % 3000, "often" if number % 4 == 0 and number > 60000 else number, number) for number in range(90000)]
    path = put("many", ["2026-11-28T12:00:00Z mx postern[1]: " + each for each in lines] +
               ["2026-11-28T12:00:00Z mx postern[1]: " + line % (1, number, 1) for number in range(3000)] +
               ["2026-11-28T12:00:00Z mx postern[1]: " + line % (1, "late", 1)] * 400)
    figures = run(path)
    check(figures.startswith("93400 verdicts") and "too many rules: 30000 lines" in figures and "weren't kept" in figures,
          "of more rules and names than are kept, what was left out is told", figures[-300:])
    same(re.search(r"(?m)^r1 \(reject\).*\n.*\n  senders +(\S+ \d+)", figures)[1], "late.example 400",
         "and who comes late and often is seen")


@case
def in_a_browser():
    if LONG:
        import report_browser
        report_browser.look(run, put, syslog(logs["text"], new), scratch.name)


sys.exit(harness.run_all())
