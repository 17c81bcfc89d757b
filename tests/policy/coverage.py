"""What the tests of the shipped policies reach: in one site's policy or another each of their rules must fire, and
most parts of their conditions must be both true and false. A site is a policy of this folder that includes one of
them. TAP."""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE + "/..")

from tap import report, tap_end  # noqa: E402

SHIPPED = os.path.realpath(HERE + "/../../rules/policies")
POSTERN = os.environ["POSTERN"]
RULES, PARTS = 100, 90


def missing(folder, site):
    """What the tests of a site don't reach, as two sets of "FILE:LINE: ...", of rules and of parts; None where this
    build can't have its policy."""
    done = subprocess.run((POSTERN, "test", "--coverage", "-c", os.path.join(folder, "tests/policy", site)),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=120,
                          encoding="utf-8", errors="replace", check=False)
    if "this build has no" in done.stderr:
        return None
    rules, parts = set(), set()
    for line in done.stdout.splitlines():
        rule = re.match(r"#   \S*/rules/policies/(\S+:\d+: \S+) never fires$", line)
        part = re.match(r"#   \S*/rules/policies/(\S+:\d+: )never (?:true|false|asked): (.*)$", line)
        if rule:
            rules.add(rule.group(1))
        if part:
            parts.add(part.group(1) + part.group(2))
    if "# rules that fire:" not in done.stdout:
        raise RuntimeError("%s: %s" % (site, done.stderr))
    return rules, parts


def only_tables(test):
    return re.sub(r"(?m)^[ \t]+(?![ \t]|table ).*\n", "", test.group())


def without_tests(folder):
    """Leaves nothing to be played in a copy of the policies, so that all of it is missing."""
    for path in glob.glob(folder + "/*/policy/*.rules") + glob.glob(folder + "/rules/policies/*.rules"):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(re.sub(r"(?m)^test .*\n(?:[ \t].*\n|[ \t]*\n)*", only_tables, text))


def share(covered, all_of):
    return 100 * len(covered) // len(all_of) if all_of else 100


def check(shipped, sites, all_rules, all_parts, seen_rules, seen_parts):
    def of(items):
        return {item for item in items if item.startswith(shipped + ":")}

    with open(os.path.join(SHIPPED, shipped), encoding="utf-8") as file:
        names = re.findall(r"(?m)^rule (\S+)", file.read())
    on = {item.split(": ")[1] for item in of(all_rules)}
    report([name + " is off wherever it was played" for name in names if name not in on],
           "%s: each rule is on at one of %d sites" % (shipped, sites))
    reached = share(of(seen_rules), of(all_rules))
    report(sorted(of(all_rules) - seen_rules) if reached < RULES else None,
           "%s: %d %% of its rules fire" % (shipped, RULES))
    reached = share(of(seen_parts), of(all_parts))
    report(["%d %%" % reached] + sorted(of(all_parts) - seen_parts) if reached < PARTS else None,
           "%s: %d %% of the parts of its conditions are both true and false" % (shipped, PARTS))


def main():
    all_rules, all_parts, seen_rules, seen_parts = set(), set(), set(), set()
    sites = {}
    with tempfile.TemporaryDirectory() as played, tempfile.TemporaryDirectory() as bare:
        for folder in (played, bare):
            shutil.copytree(SHIPPED, folder + "/rules/policies")
            shutil.copytree(HERE, folder + "/tests/policy")
        without_tests(bare)
        for path in sorted(glob.glob(HERE + "/*.rules")):
            with open(path, encoding="utf-8") as file:
                included = re.findall(r'(?m)^include ".*/rules/policies/(.*)"$', file.read())
            rest = missing(played, os.path.basename(path)) if included else None
            if rest is None:
                continue
            for shipped in included:
                sites[shipped] = sites.get(shipped, 0) + 1
            rules, parts = missing(bare, os.path.basename(path))
            all_rules |= rules
            all_parts |= parts
            seen_rules |= rules - rest[0]
            seen_parts |= parts - rest[1]
    for shipped in sorted(os.path.basename(path) for path in glob.glob(SHIPPED + "/*.rules")):
        if shipped in sites:
            check(shipped, sites[shipped], all_rules, all_parts, seen_rules, seen_parts)
        else:
            print("# %s can't be played in this build" % shipped)
    return tap_end()


sys.exit(main())
