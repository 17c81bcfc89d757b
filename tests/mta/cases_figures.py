"""What clients were told, and what is said of it: by Postfix's log, by ours in either format, by `postern report` of ours
and by `postern status`, over sessions of every kind with reloads between them."""

import collections
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile

import harness
import kit

sys.path.append(os.path.realpath(os.path.dirname(__file__) + "/../wire"))

import report_page  # noqa: E402

COUNT = 5000 if os.environ.get("POSTERN_LONG", "0") == "1" else 240
RELOADS = 4
POLICY = '''
set log-accept yes
rule not-here if rcpt.local == "no" reject 550 5.1.1 "not here [{transaction.id}]"
rule later if rcpt.local == "later" tempfail 451 4.7.1 "later [{transaction.id}]"
rule watched audit if rcpt.local == "watched" reject 550 5.7.1 "watched"
rule gone if rcpt.local == "gone" discard "gone"
rule subject if any header["Subject"] ~ /lottery/ reject 554 5.7.1 "no lottery [{transaction.id}]"
rule mark if any header["Subject"] ~ /mark/ add-header "X-Mark" "yes"
'''
VERDICTS = ("reject", "tempfail", "discard", "audit-reject")
LOCALS = ("no", "later", "watched", "gone", "bob", "bob")
SUBJECTS = (b"lottery", b"mark", b"else", b"else")


def talk(client, chance, said):
    """One transaction; what the client is told is counted by code and text."""
    client.say("MAIL FROM:<alice@example.org>")
    recipients = [client.say("RCPT TO:<%s@example.net>" % local) for local in chance.sample(LOCALS, chance.randint(1, 4))]
    replies = [reply for reply in recipients if not reply.startswith("250")]
    if len(replies) < len(recipients):
        replies += [client.data(b"Subject: %s\r\n\r\ntext\r\n" % chance.choice(SUBJECTS))]
    else:
        client.say("RSET")
    for reply in replies:
        if not reply.startswith("250"):
            said[re.sub(r" \[[0-9A-Z]{12}\].*", "", reply, flags=re.S)] += 1
    return [each[1] for reply in replies for each in [re.search(r"\[([0-9A-Z]{12})\]", reply)] if each]


def of_postfix(text):
    """Refusals by reply, without the id; cleanup leaves the code out."""
    said = collections.Counter()
    for reply in re.findall(r"milter-reject: (?:RCPT|END-OF-MESSAGE) from [^ ]+: (.*?) \[[0-9A-Z]{12}\]; from=", text):
        said[re.sub(r"^[45]\d\d ", "", reply)] += 1
    return said


def without_code(said):
    return collections.Counter({reply.partition(" ")[2]: count for reply, count in said.items()})


def of_report(postern):
    done = subprocess.run([kit.POSTERN, "report", postern.log_name], capture_output=True, text=True, check=True)
    return {(rule, verb): count for rule, verb, count, *_ in report_page.of_text(done.stdout)["rules"]}


def of_status(postern):
    """What was counted, over all generations: verdicts by rule and verb."""
    done = subprocess.run([kit.POSTERN, "status", "-c", postern.file], capture_output=True, text=True, check=True)
    seen = collections.Counter()
    for audit, labels, count in re.findall(r"(?m)^postern_(audit_)?verdicts_total\{(.*)\} (\d+)", done.stdout):
        label = dict(re.findall(r'(\w+)="([^"]*)"', labels))
        seen[label["rule"], audit.replace("_", "-") + label["verdict"]] += int(count)
    return seen


def of_lines(postern, is_json):
    seen = collections.Counter()
    for line in postern.log().splitlines():
        if is_json and '"rule":' in line:
            line = json.loads(line)
            seen[line["rule"], line["verb"]] += 1
        elif not is_json and "; rule=" in line:
            seen[re.search("; rule=([^ ]+)", line)[1], re.search(r": ([a-z-]+): [A-Z-]+ from ", line)[1]] += 1
    return dict(seen)


def check_format(name, settings):
    chance, said, ids = random.Random(25), collections.Counter(), []
    with tempfile.TemporaryDirectory() as folder, \
            site.policy('set status-socket "unix:%s/status"\n' % folder + settings + POLICY) as postern:
        begin = len(site.log())
        for part in range(RELOADS + 1):
            with site.client() as client:
                for _ in range(COUNT // 2 // (RELOADS + 1)):
                    ids += talk(client, chance, said)
            if part < RELOADS:
                postern.process.send_signal(signal.SIGHUP)
                harness.wait_until(lambda n=part + 1: postern.log().count("reloaded: generation") == n, 20)
        harness.wait_until(lambda: sum(of_postfix(site.log()[begin:]).values()) == sum(said.values()), 10)
        postfix, report = of_postfix(site.log()[begin:]), of_report(postern)
        harness.check(len(said) == 3 and min(said.values()) > COUNT // 60, name + ": every kind of refusal is met", said)
        harness.same(postfix, without_code(said), name + ": Postfix's log has as many as clients were told")
        harness.same((report["not-here", "reject"], report["later", "tempfail"], report["subject", "reject"]),
                     (said["550 5.1.1 not here"], said["451 4.7.1 later"], said["554 5.7.1 no lottery"]),
                     name + ": and so has the report, by rule")
        counted = of_status(postern)
        harness.same({key: counted[key] for key in report if key[1] in VERDICTS},
                     {key: count for key, count in report.items() if key[1] in VERDICTS},
                     name + ": and as many were counted, over all reloads")
        harness.same(report, of_lines(postern, bool(settings)), name + ": which has what is in our log")
        harness.check(all(report.get(key, 0) > 0 for key in (("watched", "audit-reject"), ("gone", "discard"),
                                                             ("mark", "add-header"), ("-", "accept"))),
                      name + ": of every kind", report)
        ident = chance.choice(ids)
        found = subprocess.run([kit.POSTERN, "report", "--id", ident, postern.log_name], capture_output=True, text=True, check=True)
        harness.check(found.stdout and all(ident in line for line in found.stdout.splitlines()) and
                      re.search(r"\[%s\]" % ident, found.stdout), name + ": the id of a reply finds its lines", found.stdout)


@harness.case
def in_text():
    check_format("text", "")


@harness.case
def in_json():
    check_format("json", "set log-format json\n")


with kit.Site() as site:
    sys.exit(harness.run_all())
