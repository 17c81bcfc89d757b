"""Tables of type mmdb: databases of our own making, asked through `postern lookup` and mmdblookup(1); and damaged
ones. TAP."""

import ipaddress
import os
import pty
import random
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)) + "/..")

import mmdb_writer  # noqa: E402
from tap import report, tap_end  # noqa: E402

POSTERN = os.environ["POSTERN"]
LONG = os.environ.get("POSTERN_LONG", "0") == "1"
ADDRESSES, DAMAGES = (400, 4000) if LONG else (40, 150)
SHAPES = [(size, version, pointers, at) for size in (24, 28, 32) for version in (4, 6)
          for pointers, at in ((True, 0), (True, 3000), (True, 600000), (False, 0))]


def made_up(chance):
    """Country, continent, number, any of them missing, among what else such databases hold."""
    value = {}
    if chance.random() < 0.3:
        value["city"] = {"geoname_id": chance.randrange(1 << 31), "names": {"en": "x" * chance.choice([3, 40, 400])}}
    if chance.random() < 0.7:
        value["country"] = {"geoname_id": 1, "iso_code": chance.choice(["DE", "FR", "US", "ZZ"]), "is_in": [1, [2, "b"]]}
    if chance.random() < 0.7:
        value["continent"] = {"code": chance.choice(["EU", "NA"]), "names": {"de": "Europa", "en": "Europe"}}
    if chance.random() < 0.3:
        value["location"] = {"latitude": 51.5, "near": chance.random() < 0.5}
    if chance.random() < 0.5:
        value["autonomous_system_number"] = chance.choice([0, 1, 3320, 64496, 4200000000])
    return value


def some_networks(chance, version):
    """The wider ones first."""
    found = []
    for _ in range(60):
        four = version == 4 or chance.random() < 0.5
        prefix = chance.randrange(2, 33) if four else chance.randrange(4, 129)
        octets = chance.getrandbits(32 if four else 128)
        network = ipaddress.ip_network((octets, prefix), strict=False)
        if not four and int(network.network_address) >> 96 == 0:
            continue
        found.append((str(network), made_up(chance)))
    return sorted(found, key=lambda each: ipaddress.ip_network(each[0]).prefixlen)


def some_addresses(chance, networks, version):
    for _ in range(ADDRESSES):
        network = ipaddress.ip_network(chance.choice(networks)[0])
        if chance.random() < 0.2:
            yield str(ipaddress.ip_address(chance.getrandbits(32)))
        elif version == 6 or network.version == 4:
            yield str(network[chance.randrange(min(network.num_addresses, 1 << 60))])


def theirs(path, address):
    """The words, by mmdblookup's own reading of the whole record."""
    done = subprocess.run(("mmdblookup", "--file", path, "--ip", address), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8", check=False)
    words = re.findall(r'"(?:iso_code|code)":\s+"(\w+)" <utf8', done.stdout)
    words += ["AS" + each for each in re.findall(r'"autonomous_system_number":\s+(\d+) <uint32', done.stdout)]
    order = re.search(r'"continent":.*"country":', done.stdout, re.S)
    if order:
        words[:2] = words[1::-1]
    return " ".join(words)


def ours(path, address):
    done = subprocess.run((POSTERN, "lookup", "-q", "mmdb:" + path, address), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, encoding="utf-8", check=False)
    return done.stdout.strip() if done.returncode in (0, 1) else done.stderr


def compare(folder, shape):
    size, version, pointers, at = shape
    chance = random.Random(repr(shape))
    networks = some_networks(chance, version)
    path = os.path.join(folder, "db")
    with open(path, "wb") as file:
        file.write(mmdb_writer.database(networks, size, version, pointers, at))
    wrong, found = [], 0
    for address in some_addresses(chance, networks, version):
        expected, got = theirs(path, address), ours(path, address)
        found += expected != ""
        if expected != got:
            wrong.append("%s: %r, and mmdblookup says %r" % (address, got, expected))
    report(wrong or found < ADDRESSES / 4 and ["only %d found" % found],
           "records of %d bits, IPv%d, %s%s" % (size, version, "texts once" if pointers else "texts repeated",
                                                ", behind %d octets" % at if at else ""))


def status(path, address):
    done = subprocess.run((POSTERN, "lookup", "-q", "mmdb:" + path, address), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, encoding="utf-8", errors="replace", timeout=60, check=False)
    return done.returncode, done.stderr


def refused(folder, octets, name, said="is damaged"):
    path = os.path.join(folder, "db")
    with open(path, "wb") as file:
        file.write(octets)
    code, text = status(path, "192.0.2.1")
    report([] if code == 65 and path + ": " + said in text else ["%d: %s" % (code, text)], name)


def damage(folder):
    """Octets that were changed, and files that were cut off: an answer or a refusal, within its time."""
    chance = random.Random(5)
    networks = [("192.0.2.0/24", {"country": {"iso_code": "DE"}})] + some_networks(chance, 6)
    good = mmdb_writer.database(networks)
    path = os.path.join(folder, "db")
    wrong, codes = [], {}
    for i in range(DAMAGES):
        octets = bytearray(good)
        if i % 5 == 0:
            del octets[chance.randrange(len(octets)):]
        else:
            for _ in range(1 + i % 3):
                octets[chance.randrange(len(octets))] = chance.choice([0, 1, 0x20, 0x3f, 0x7f, 0xe0, 0xff])
        with open(path, "wb") as file:
            file.write(octets)
        code, text = status(path, "192.0.2.1")
        codes[code] = codes.get(code, 0) + 1
        if code not in (0, 1, 65, 75) or "Sanitizer" in text:
            wrong.append("number %d: %d: %s" % (i, code, text[:300]))
    report(wrong or codes.get(65, 0) < DAMAGES / 8 and ["%s" % codes], "%d damaged files: %s" % (DAMAGES, codes))


def forms(folder):
    text = mmdb_writer.head(mmdb_writer.TEXT, 1) + b"a"
    one = [("192.0.2.0/24", {"country": {"iso_code": "DE"}})]
    refused(folder, mmdb_writer.database([("192.0.2.0/24", b"\xe1" + text + b"\x01\x04" * 400000)]),
            "what nests without end, which ends mmdblookup")
    refused(folder, mmdb_writer.database([("192.0.2.0/24", b"\xe1\x20\x00\x20\x00")]), "a pointer to itself")
    refused(folder, mmdb_writer.database([("192.0.2.0/24", b"\x20\xff")]), "a pointer to nowhere")
    refused(folder, mmdb_writer.database([("192.0.2.0/24", b"\xff\xff\xff\xff")]), "a map that is larger than the file")
    refused(folder, mmdb_writer.database(one, metadata={"node_count": 1 << 31}), "more nodes than there are")
    refused(folder, mmdb_writer.database(one, metadata={"record_size": mmdb_writer.Short(23)}), "records of 23 bits",
            "is in a version of its format that is not known")
    refused(folder, mmdb_writer.database(one, metadata={"binary_format_major_version": mmdb_writer.Short(3)}),
            "version 3", "is in a version of its format that is not known")
    refused(folder, b"alice bob\n" * 100, "no such file at all", "is no database in MaxMind's format")
    refused(folder, b"", "an empty one", "is no database in MaxMind's format")
    flat = [("192.0.2.0/24", {"country_code": "DE", "continent_code": "EU", "asn": "AS3320", "as_name": "a, b"}),
            ("192.0.4.0/24", "DE"), ("192.0.3.0/24", {"country": "DE, FR", "continent": {"code": ["EU"]}, "asn": "AS 1"})]
    path = os.path.join(folder, "db")
    with open(path, "wb") as file:
        file.write(mmdb_writer.database(flat))
    got = [ours(path, each) for each in ("192.0.2.1", "::ffff:192.0.2.1", "192.0.3.1", "192.0.4.1", "2001:db8::1")]
    report([] if got == ["DE EU AS3320", "DE EU AS3320", "", "", ""] else [repr(got)],
           "flat records; a word is letters and digits alone")


def replaced(folder):
    """While a table is open its file is replaced, then damaged."""
    path = os.path.join(folder, "db")
    good = [mmdb_writer.database([("192.0.2.0/24", {"country": {"iso_code": code}})]) for code in ("DE", "FR")]
    said = []

    def put(octets):
        with open(path + ".new", "wb") as file:
            file.write(octets)
        os.utime(path + ".new", (time.time() - 60,) * 2)
        os.rename(path + ".new", path)

    put(good[0])
    ours_end, its_end = pty.openpty()  # so that it answers line by line
    with open(ours_end, encoding="utf-8", newline="") as answers, \
            subprocess.Popen((POSTERN, "lookup", "-q", "mmdb:" + path, "-"), stdin=subprocess.PIPE, stdout=its_end,
                             stderr=subprocess.PIPE, encoding="utf-8") as process:
        for octets in (None, good[1], good[1][:-20], good[0]):
            if octets:
                put(octets)
                time.sleep(2.1)
            process.stdin.write("192.0.2.1\n")
            process.stdin.flush()
            said.append(answers.readline().strip())
        process.stdin.close()
        logged = process.stderr.read()
    os.close(its_end)
    report([] if said == ["192.0.2.1\t" + each for each in ("DE", "FR", "FR", "DE")] and
           logged.count(path + ": is damaged; what was read before") == 1 else [repr(said), logged],
           "a file that is replaced is read again, and a damaged one leaves what was there")


with tempfile.TemporaryDirectory() as scratch:
    replaced(scratch)
    for each in SHAPES if LONG else SHAPES[::3]:
        compare(scratch, each)
    forms(scratch)
    damage(scratch)
sys.exit(tap_end())
