"""What a test in Python says, as TAP: `report` of each thing that was looked at, and at the end `tap_end`."""

number = failed = 0


def report(fault, name, skip=None):
    """fault: what is wrong, a text or lines of one; none where nothing is. skip: why it wasn't looked at."""
    global number, failed
    number += 1
    failed += bool(fault)
    print("%s %d - %s%s" % ("not ok" if fault else "ok", number, name, " # SKIP " + skip if skip else ""))
    if fault:
        text = "\n".join(map(str, fault)) if isinstance(fault, list) else str(fault)
        print("\n".join("#   " + line for line in text[:3000].splitlines()))


def same(got, wanted, name):
    report(None if got == wanted else "%r, not %r" % (got, wanted), name)


def tap_end():
    """The plan; the status to exit with."""
    print("1..%d" % number)
    return int(failed > 0)
