"""Sessions that are spoilt: packets in any order, twice or not at all, cut, too long, or with other octets."""

import os
import random
import struct

from engines import POLICY, STEPS, Session, converse
from harness import Daemon, case_of, check, same, wait_until

# Accept isn't among them: such a policy never says that.
ANSWERS = b"Ocdrsty" + b"him+2-beqp"


def packets_of(octets):
    packets = []
    while octets:
        end = 4 + struct.unpack(">I", octets[:4])[0]
        packets.append(octets[:end])
        octets = octets[end:]
    return packets


def spoilt_packet(one):
    kind = random.randrange(5)
    at = random.randrange(len(one))
    if kind == 0:
        return one[:at]
    if kind == 1:
        return struct.pack(">I", random.choice([0, 1, 65535, 65536, 65537, 0x7FFFFFFF, 0xFFFFFFFF])) + one[4:]
    if kind == 2:
        return one[:at] + random.choice([b"\0", b"\xff", b"D", b"\x7f"]) + one[at + 1:]
    if kind == 3:
        return one[:4] + random.choice([b"A", b"B", b"E", b"K", b"N", b"O", b"R", b"T", b"z"]) + one[5:]
    return struct.pack(">I", len(one) - 3) + one[4:] + b"\0"


def spoilt(packets):
    """Some packets change places, are lost or come again, and some are spoilt."""
    packets = list(packets)
    for _ in range(random.randrange(1, 6)):
        one, other = random.randrange(len(packets)), random.randrange(len(packets))
        packets[one], packets[other] = packets[other], packets[one]
    for at in sorted(random.sample(range(len(packets)), min(3, len(packets))), reverse=True):
        packets[at:at + 1] = packets[at:at + 1] * random.choice([0, 1, 2])
    if packets and random.random() < 0.5:
        at = random.randrange(len(packets))
        packets[at] = spoilt_packet(packets[at])
    return b"".join(packets)


def are_answers(heard):
    """Whole packets."""
    while len(heard) > 4 and heard[4] in ANSWERS and len(heard) >= 4 + struct.unpack(">I", heard[:4])[0]:
        heard = heard[4 + struct.unpack(">I", heard[:4])[0]:]
    return not heard


@case_of("native")
def native_survives_spoilt_sessions():
    random.seed(23)
    count = 100000 if os.environ.get("POSTERN_LONG") == "1" else 2000
    with Daemon(POLICY.replace("rule a-accept", "rule a-accept audit")) as daemon:
        before = daemon.descriptors()
        wrong = []
        for number in range(count):
            octets = spoilt(packets_of(Session("spoilt %d" % number, random.choice(STEPS)).whole()))
            heard = converse(daemon, octets)
            if not are_answers(heard):
                wrong.append((number, heard[-200:]))
        same(wrong[:3], [], "%d spoilt sessions hear whole answers, and nothing is accepted" % count)
        check(daemon.is_unharmed(), "alive after them", daemon.log()[-2000:])
        check(wait_until(lambda: daemon.descriptors() <= before + 2), "nothing is left of them", daemon.descriptors())
        with daemon.session() as mta:
            same(mta.message(), "continue", "and it still serves")
