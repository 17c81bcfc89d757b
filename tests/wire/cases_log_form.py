"""The form of the log: every kind of line against the table of postern-log(5) and the schema of JSON, in each mode;
and what fail2ban, pflogsumm and logcheck make of it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import harness
import log_lines
from harness import Daemon, case, check, same, skip, wait_until
from log_lines import FIELDS, VERBS

TREE = os.path.realpath(__file__ + "/../../..")
sys.path.append(TREE + "/tests/policy")

import json_schema  # noqa: E402

JSON = "set log-format json\n"
MODES = ("enforce", "soft", "audit")
with open(TREE + "/doc/log.schema.json", encoding="ascii") as file:
    SCHEMA = json.load(file)
scratch = tempfile.TemporaryDirectory(prefix="postern-log-")
# For each mode: {"text": lines, "json": lines}.
logs = {mode: {"text": log_lines.lines_of("", mode), "json": log_lines.lines_of(JSON, mode)} for mode in MODES}


def verdicts(mode):
    return [line for line in logs[mode]["text"] if "; rule=" in line]


def command(*words, text=None):
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def written(name, lines, program="postern[4321]"):
    """As a syslog daemon writes them."""
    path = os.path.join(scratch.name, name)
    with open(path, "w", encoding="utf-8") as out:
        for line in lines:
            out.write("Nov 28 12:00:00 mx %s: %s\n" % (program, line))
    return path


@case
def each_line_is_as_the_manual_says():
    read = {mode: [log_lines.read_text(line) for line in verdicts(mode)] for mode in MODES}
    unread = [line for mode in MODES for line in verdicts(mode) if log_lines.read_text(line) is None]
    check(not unread, "every line of a verdict is read by the manual's table", unread[:3])
    values = [each for mode in MODES for each in read[mode]]
    same({name for each in values for name in each}, set(FIELDS), "every field of the table is seen, and no other")
    same({re.sub("^audit-|-also$", "", re.sub("^audit-", "", each["verb"])) for each in values}, set(VERBS),
         "and so is every verb")
    also = [each for each in values if each["verb"].endswith("-also")]
    check(also and all(("after" in each) == (each in also) for each in values), "-also and after= go together")
    withheld = [each["verb"] for each in read["audit"] if not re.match("audit-|log$|error$", each["verb"])]
    same(withheld, [], "in mode audit every verb but log and error says so")


@case
def json_says_the_same():
    for mode in MODES:
        lines = [json.loads(line) for line in logs[mode]["json"]]
        faults = [fault for fault in (json_schema.check(line, SCHEMA) for line in lines) if fault]
        check(not faults, mode + ": every line is an object as the schema says", faults[:3])
        objects = [log_lines.read_json(line) for line in logs[mode]["json"] if '"rule":' in line]
        texts = [log_lines.read_text(line) for line in verdicts(mode)]
        for each in objects + texts:
            each.pop("id")
        check(objects == texts, mode + ": with the same fields as the line of text",
              next(((a, b) for a, b in zip(objects, texts) if a != b), len(objects) - len(texts)))
        same([list(line)[1:] for line in lines if "rule" in line],
             [[name for name in FIELDS if name in line] for line in lines if "rule" in line], mode + ": in its order")
    right = next(json.loads(line) for line in logs["audit"]["json"] if '"nrcpt"' in line)
    for name, spoil in (("an unknown verb", {"verb": "drop"}), ("a number as text", {"nrcpt": "2"}), ("a field more", {"x": "y"}),
                        ("an id that is none", {"id": "2q"}), ("a stage that is none", {"stage": "EOM"})):
        fault = json_schema.check(dict(right, **spoil), SCHEMA)
        check(fault and "disagree" not in fault, "the schema notices " + name, fault)


@case
def names_are_masked():
    for settings in "", JSON:
        form = "json" if settings else "text"
        with Daemon("set log-mask yes\n%srule refused if rcpt reject 550 5.7.1 \"{auth.user}: not {sender}\"" % settings) as daemon:
            with daemon.session() as mta:
                mta.mail("<Alice@example.com>", auth_authen="alice", auth_type="PLAIN")
                same(mta.rcpt("<carol@example.net>"), "550 5.7.1 alice: not Alice@example.com",
                     form + ": the client sees the reply as it is")
                mta.mail("<>")
                mta.rcpt("<alice@example.org>")
            wait_until(lambda d=daemon: len(d.lines("refused.*id")) == 2, 5)
            daemon.signal(signal.SIGHUP)
            wait_until(lambda d=daemon: d.lines("reloaded: "), 10)
            with daemon.session() as mta:
                mta.mail("<>")
                mta.rcpt("<alice@example.org>")
            wait_until(lambda d=daemon: len(d.lines("refused.*id")) == 3, 5)
            lines = daemon.lines("refused.*id")
            rest = [line for line in daemon.log().splitlines() if line not in lines]
        seen = re.findall(r"#[0-9a-v]{12}", " ".join(lines))
        check(len(seen) == 7 and len(set(seen)) == 2 and not re.search("alice|carol", "".join(lines), re.I),
              form + ": no name is in the log, and one person has one mask, also behind a reload", lines)
        check("@example.com" in lines[0] and "@example.net" in lines[0] and re.search("from(=<>|\":\"\")", lines[1]),
              form + ": domains and the null sender are", lines)
        if not settings:
            path = written("reload", [re.sub("^(<[0-7]>)?postern: ", "", line) for line in rest])
            left = command("grep", "-Ev", "-f", TREE + "/contrib/logcheck/postern", path).splitlines()
            check(all(": warning: " in line for line in left), "logcheck: a reload is left out", left)


def is_there(program):
    if shutil.which(program):
        return True
    skip("no " + program)
    return False


def banned(path, rules=None, name="postern"):
    """The addresses that fail2ban would count."""
    config = os.path.join(scratch.name, "fail2ban")
    if not os.path.exists(config):
        shutil.copytree("/etc/fail2ban", config)
        shutil.copy(TREE + "/contrib/fail2ban/postern.conf", config + "/filter.d/postern.conf")
    name += '[rules="%s"]' % rules if rules else ""
    done = subprocess.run(["fail2ban-regex", "-c", config, "-o", "ip", path, name], capture_output=True, text=True, check=False)
    return done.stdout.split() if done.returncode in (0, 1) else done.stderr


@case
def fail2ban_goes_by_rules():
    if not is_there("fail2ban-regex"):
        return
    for mode in MODES:
        refused = [line for line in verdicts(mode) if re.match(r"[^ :]+: (soft-)?reject:", line)]
        check(bool(refused) == (mode != "audit"), mode + ": so many lines are refusals", len(refused))
        for form in "text", "json":
            path = written(mode + form, logs[mode][form])
            same(banned(path), ["192.0.2.7"] * len(refused), "%s, %s: each of them counts, and nothing else" % (mode, form))
            same(banned(path, "never|late"), ["192.0.2.7"] * sum("rule=never" in line or "rule=late " in line for line in refused),
                 "%s, %s: of some rules alone those" % (mode, form))
    text = written("forged", [line for line in forged_lines() if "; rule=" in line])
    same(banned(text, "never"), [], "what looks like a field in somebody's text counts nothing")
    same(banned(text, "refused"), ["192.0.2.7"] * 2, "and hides nothing")
    config = os.path.join(scratch.name, "fail2ban")
    shutil.rmtree(config + "/jail.d")
    os.mkdir(config + "/jail.d")
    with open(TREE + "/contrib/fail2ban/jail.conf", encoding="ascii") as jail, \
            open(config + "/jail.d/postern.conf", "w", encoding="ascii") as out:
        out.write(re.sub("(?m)^(enabled  = ).*|^(logpath  = ).*",
                         lambda m: m[1] + "true" if m[1] else m[2] + text, jail.read()))
    done = command("fail2ban-client", "-c", config, "-d")
    check("claimed-sender|claimed-from|spamtrap" in done and text in done, "the jail is well formed", done)


def forged_lines():
    forged = "x; rule=never id=AAAAAAAAAAAA from=<a>: [192.0.2.99]: reject: RCPT from x[192.0.2.98]; rule=never "
    with Daemon('rule refused if rcpt reject 550 5.7.1 "no" "{helo} {sender}"') as daemon:
        with daemon.mta() as mta:
            mta.negotiate()
            mta.connect(forged)
            mta.helo(forged)
            mta.mail('<"%s"@example.org>' % forged)
            mta.rcpt('<"%s"@example.net>' % forged)
            mta.rcpt("<b@example.net>", i=forged)
        wait_until(lambda: len(daemon.lines("; rule=")) == 2, 5)
        return [re.sub("^(<[0-7]>)?postern: ", "", line) for line in daemon.log().splitlines()]


# As Postfix writes them beside ours (tests/mta sees it do so).
POSTFIX = (
    "NOQUEUE: milter-reject: RCPT from client.example[192.0.2.7]: 550 5.7.1 not here, client.example; "
    "from=<bob@example.com> to=<no@example.net> proto=ESMTP helo=<client.example>",
    "NOQUEUE: milter-reject: RCPT from client.example[192.0.2.7]: 451 4.7.1 later; from=<bob@example.com> "
    "to=<later@example.net> proto=ESMTP helo=<client.example>",
    "NOQUEUE: milter-reject: RCPT from client.example[192.0.2.7]: 550 5.7.1 Command rejected; from=<bob@example.com> "
    "to=<no@example.net> proto=ESMTP helo=<client.example>",
)
CLEANUP = ("4ZX1Y2: milter-reject: END-OF-MESSAGE from client.example[192.0.2.7]: 5.7.1 too late; from=<bob@example.com> "
           "to=<late@example.net> proto=ESMTP helo=<client.example>",)


@case
def fail2ban_and_lines_of_postfix():
    if not is_there("fail2ban-regex"):
        return
    path = written("postfix", POSTFIX, "postfix/smtpd[99]")
    same(banned(path, name="postfix"), ["192.0.2.7"], "Debian's filter of Postfix counts Postfix's own words alone")
    same(banned(path), [], "and ours no line of Postfix")


@case
def pflogsumm_counts_refusals():
    if not is_there("pflogsumm"):
        return
    lines = written("mail", POSTFIX, "postfix/smtpd[99]")
    with open(lines, "a", encoding="utf-8") as out, open(written("more", CLEANUP, "postfix/cleanup[98]"), encoding="utf-8") as more:
        out.write(more.read())
    before = command("pflogsumm", lines)
    with open(lines, "a", encoding="utf-8") as out, open(written("ours", verdicts("enforce")), encoding="utf-8") as ours:
        out.write(ours.read())
    after = command("pflogsumm", lines)
    check(re.search(r"(?m)^ +1 +rejected ", before) and "too late" in before,
          "refusals at the end of a message are counted, with their text", before)
    check("not here" not in before, "those at RCPT aren't", before)
    check(before == after, "and lines of ours change nothing", after)


@case
def logcheck_leaves_out():
    for mode in MODES:
        path = written("check" + mode, logs[mode]["text"])
        left = command("grep", "-Ev", "-f", TREE + "/contrib/logcheck/postern", path).splitlines()
        wanted = [line for line in logs[mode]["text"] if re.match("warning|error", line)]
        same([line.partition("postern[4321]: ")[2] for line in left if "egrep: warning" not in line], wanted,
             mode + ": verdicts are left out, warnings are reported")
        with open(path, encoding="utf-8") as text:
            dated = text.read().replace("Nov 28 12:00:00", "2026-11-28T12:00:00.123456+01:00")
        left = command("grep", "-Ev", "-f", TREE + "/contrib/logcheck/postern", text=dated).splitlines()
        same(sum("egrep: warning" not in line for line in left), len(wanted), mode + ": with either kind of time")


sys.exit(harness.run_all())
