"""What `postern explain --json` prints of the tests in our policies, against doc/explain.schema.json. TAP."""

import glob
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
TREE = os.path.realpath(HERE + "/../..")
sys.path[:0] = [HERE, TREE + "/tests", TREE + "/tests/record"]

import json_schema  # noqa: E402
import record  # noqa: E402
from tap import report, tap_end  # noqa: E402

POSTERN = os.environ["POSTERN"]
LONG = os.environ.get("POSTERN_LONG", "0") == "1"
EVERY = 1 if LONG else 5

with open(TREE + "/doc/explain.schema.json", encoding="ascii") as file:
    SCHEMA = json.load(file)

# What each breaks in a document that is right.
BROKEN = (
    ("a verdict of the language for the message's", lambda d: d.update(verdict="accept")),
    ("no verdict", lambda d: d.pop("verdict")),
    ("a member that nobody knows", lambda d: d.update(more=1)),
    ("a rule without outcome", lambda d: d["stages"][-1]["walks"][0]["rules"][0].pop("outcome")),
    ("a truth of no name", lambda d: d["stages"][-1]["walks"][0]["rules"][0].update(truth="maybe")),
    ("a code without text", lambda d: d["stages"][-1]["answer"].update(code="550", enhanced="5.0.0")),
    ("a code of success", lambda d: d["stages"][-1]["answer"].update(code="250", enhanced="5.0.0", text=["x"])),
    ("a line that is a text", lambda d: d["stages"][-1]["walks"][0]["rules"][0]["decided"].update(line="1")),
    ("a stage that is none", lambda d: d.update(stage="end")),
)

def explain(policy, scenario, folder):
    path = os.path.join(folder, ".explain_json.scenario")
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as out:
        out.write(scenario)
    done = subprocess.run((POSTERN, "explain", "--json", "-c", policy, path), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=60, cwd=folder, check=False)
    os.unlink(path)
    return done


def fault_of(done):
    if done.returncode != 0:
        return "exit %d: %s" % (done.returncode, done.stderr.decode(errors="replace"))
    try:
        return json_schema.check(json.loads(done.stdout), SCHEMA)
    except ValueError as error:
        return error


def try_policy(policy, folder):
    """Every so many of its tests; None where the policy can't be loaded in this build."""
    with open(policy, encoding="utf-8", errors="surrogateescape") as file:
        scenarios = list(record.scenarios(file.read()))
    for scenario in scenarios[::EVERY]:
        done = explain(policy, scenario, folder)
        if b"this build has no" in done.stderr:
            return None, 0
        fault = fault_of(done)
        if fault:
            return "%s\n#   of:\n%s" % (fault, scenario), 0
    return None, len(scenarios[::EVERY])


def main():
    with tempfile.TemporaryDirectory() as scratch:
        count = 0
        for policy in sorted(glob.glob(TREE + "/rules/policies/*.rules") + glob.glob(HERE + "/*.rules")):
            folder = tempfile.mkdtemp(dir=scratch)
            for name in glob.glob(os.path.dirname(policy) + "/*.eml"):
                os.symlink(name, os.path.join(folder, os.path.basename(name)))
            fault, played = try_policy(policy, folder)
            count += played
            report(fault, os.path.basename(policy) + ": what is printed of its tests is as the schema says")
        report(None if count >= 100 else "%d" % count, "a hundred tests and more were played")
        broken(scratch)
    return tap_end()


def broken(folder):
    policy = os.path.join(folder, "one.rules")
    with open(policy, "w", encoding="ascii") as out:
        out.write('rule r if helo == "x" reject\n')
    right = json.loads(explain(policy, "data\n", folder).stdout)
    report(json_schema.check(right, SCHEMA), "a document that is right")
    for name, spoil in BROKEN:
        document = json.loads(json.dumps(right))
        spoil(document)
        fault = json_schema.check(document, SCHEMA)
        report(None if fault and "disagree" not in fault else "it wasn't noticed: %s" % fault, "noticed: " + name)


sys.exit(main())
