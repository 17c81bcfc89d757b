"""What `postern check --json` prints of our policies, and of bad ones, against doc/check.schema.json. TAP."""

import glob
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
TREE = os.path.realpath(HERE + "/../..")
sys.path[:0] = [HERE, TREE + "/tests"]

import json_schema  # noqa: E402
from tap import report, same, tap_end  # noqa: E402

POSTERN = os.environ["POSTERN"]
LONG = os.environ.get("POSTERN_LONG", "0") == "1"

with open(TREE + "/doc/check.schema.json", encoding="ascii") as file:
    SCHEMA = json.load(file)

POLICY = """set mode audit
list ours = { example.com, .example.com }
table owners = "inline:{a@example.com=alice}"
let weekend = time.weekday in { "sat", "sun" }
let never = no
rule first
    if sender.domain in ours and auth.user not in owners[sender] reject 550 5.7.1 "not yours"
rule second audit
    if rcpt in owners or weekend or any header["Subject"] == "x" tempfail
rule third if never reject
rule fourth if helo == "x" reject
disable fourth
"""

# What each breaks in a document that is right.
BROKEN = (
    ("no list of problems", lambda d: d.pop("problems")),
    ("a member that nobody knows", lambda d: d.update(more=1)),
    ("rules without lists", lambda d: d.pop("lists")),
    ("a state of no name", lambda d: d["rules"][0].update(state="on")),
    ("actions without facts", lambda d: d["rules"][0].pop("facts")),
    ("a stage that is none", lambda d: d["rules"][0].update(certain="end")),
    ("a line that is a text", lambda d: d["lists"][0].update(line="1")),
    ("a number of errors below none", lambda d: d.update(errors=-1)),
    ("macros at no stage", lambda d: d["asked-of-mta"]["macros"].update(end=[])),
)


def checked(*words, text=None):
    done = subprocess.run((POSTERN, "check", "--json", *words), capture_output=True, timeout=60, check=False,
                          input=text.encode() if text is not None else b"")
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def fault_of(status, out, err):
    """What is wrong with it, and the document."""
    try:
        document = json.loads(out)
    except ValueError as error:
        return "%s; %s" % (error, err), None
    fault = json_schema.check(document, SCHEMA)
    if fault is None and document["passed"] != (status == 0):
        fault = "passed is %s, the status %d" % (document["passed"], status)
    for one in document["problems"] if fault is None else ():
        if "%s: %s" % (one["severity"], one["text"].split("\n")[0]) not in err:
            fault = "not on standard error: " + one["text"]
    return fault, document


def try_all():
    paths = sorted(glob.glob(TREE + "/rules/policies/*.rules") + glob.glob(TREE + "/tests/language/good/*.rules"))
    paths += sorted(glob.glob(TREE + "/tests/language/bad/*.rules"))[::1 if LONG else 12]
    rules = problems = 0
    faults = []
    for path in paths:
        fault, document = fault_of(*checked("--no-host", path))
        if fault:
            faults.append("%s: %s" % (path, fault))
            continue
        rules += len(document.get("rules", ()))
        problems += len(document["problems"])
    report("\n#   ".join(faults) if faults else None, "policies, right and wrong, give documents of the schema")
    report(None if rules > 100 and problems > 10 else (rules, problems), "rules and problems were among it")


def try_one():
    fault, document = fault_of(*checked("-", text=POLICY))
    report(fault, "a policy that is right")
    rules = {rule["rule"]: rule for rule in document["rules"]}
    same([rule["state"] for rule in document["rules"]], ["acts", "audit", "off", "disabled"], "states of rules")
    first = rules["first"]
    same((first["line"], first["certain"], first["actions"]), (6, "rcpt", ["reject"]), "a rule's place, stage, actions")
    same(first["facts"], [{"name": "sender.domain", "stage": "mail"}, {"name": "auth.user", "stage": "mail"},
                          {"name": "sender", "stage": "mail"}], "its facts")
    same((first["lists"], first["tables"]), (["ours"], ["owners"]), "its lists and tables")
    same([fact["name"] for fact in rules["second"]["facts"]], ["rcpt", "time.weekday", 'header["Subject"]'],
         "facts through a let")
    same([(one["list"], one["items"]) for one in document["lists"]], [("ours", 2)], "the lists")
    same([one["sources"] for one in document["tables"]], [["inline:{a@example.com=alice}"]], "the tables")
    asked = document["asked-of-mta"]
    same(("NOBODY" in asked["steps"], "NOHDRS" in asked["steps"]), (True, False), "the header is asked for, no body")
    report(None if "{auth_authen}" in asked["macros"].get("mail", []) else asked, "the login's macro is asked for")
    for name, spoil in BROKEN:
        broken = json.loads(json.dumps(document))
        spoil(broken)
        fault = json_schema.check(broken, SCHEMA)
        report(None if fault and "disagree" not in fault else "it wasn't noticed: %s" % fault, "noticed: " + name)


def try_mistakes():
    fault, document = fault_of(*checked("-", text="rule r\n    if helo == x_ reject\n"))
    report(fault, "a policy with an error")
    same([(one["file"], one["line"]) for one in document["problems"]], [("standard input", 2)], "its place")
    same(("rules" in document, document["errors"], document["passed"]), (False, 1, False), "no rules are told of it")
    unused = "list l = { example.com }\nrule r if helo == \"x\" reject\n"
    for words, passed in ((), True), (("--strict",), False):
        fault, document = fault_of(*checked(*words, "-", text=unused))
        report(fault or (None if document["warnings"] and document["passed"] == passed else document),
               "a warning " + " ".join(words))
    status, out, err = checked("/nowhere/postern.conf")
    same((status, out), (66, b""), "no document of a file that isn't there")
    status, out, err = checked("-v", "-", text=POLICY)
    same((status, out), (64, b""), "one form at a time")


try_all()
try_one()
try_mistakes()
sys.exit(tap_end())
