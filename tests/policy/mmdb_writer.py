"""Writes databases in MaxMind's DB format 2.0 (https://maxmind.github.io/MaxMind-DB/): small ones, for tests. As a
program: some, into a folder."""

import ipaddress
import os
import struct
import sys

MARKER = b"\xab\xcd\xefMaxMind.com"
POINTER, TEXT, DOUBLE, UINT16, UINT32, MAP, UINT64, ARRAY, BOOLEAN = 1, 2, 3, 5, 6, 7, 9, 11, 14


class Short(int):
    kind = UINT16


class Long(int):
    kind = UINT64


def head(kind, size):
    """The control octet, the octet of an extended type, and the size."""
    extended = b"" if kind <= 7 else bytes([kind - 7])
    first = (kind << 5) if kind <= 7 else 0
    if size < 29:
        return bytes([first | size]) + extended
    if size < 285:
        return bytes([first | 29]) + extended + bytes([size - 29])
    if size < 65821:
        return bytes([first | 30]) + extended + struct.pack(">H", size - 285)
    return bytes([first | 31]) + extended + struct.pack(">I", size - 65821)[1:]


def pointer(to):
    """In the shortest of its four forms."""
    if to < 2048:
        return bytes([0x20 | to >> 8, to & 255])
    if to < 526336:
        to -= 2048
        return bytes([0x28 | to >> 16]) + struct.pack(">H", to & 65535)
    if to < 134744064:
        to -= 526336
        return bytes([0x30 | to >> 24]) + struct.pack(">I", to & 0xffffff)[1:]
    return b"\x38" + struct.pack(">I", to)


class Data:
    """The section of data. A text that came before is a pointer to where it stands, as MaxMind has it."""

    def __init__(self, pointers=True, at=0):
        self.octets = bytearray(b"\0" * at)
        self.texts = {} if pointers else None

    def add(self, value):
        at = len(self.octets)
        if isinstance(value, str) and self.texts is not None:
            if value in self.texts:
                self.octets += pointer(self.texts[value])
                return at
            self.texts[value] = at
        if isinstance(value, bytes):  # as it stands
            self.octets += value
        elif isinstance(value, str):
            self.octets += head(TEXT, len(value.encode())) + value.encode()
        elif isinstance(value, bool):
            self.octets += head(BOOLEAN, int(value))
        elif isinstance(value, float):
            self.octets += head(DOUBLE, 8) + struct.pack(">d", value)
        elif isinstance(value, int):
            octets = value.to_bytes((value.bit_length() + 7) // 8, "big")
            self.octets += head(getattr(value, "kind", UINT32), len(octets)) + octets
        elif isinstance(value, dict):
            self.octets += head(MAP, len(value))
            for key, each in value.items():
                self.add(key)
                self.add(each)
        else:
            self.octets += head(ARRAY, len(value))
            for each in value:
                self.add(each)
        return at


def insert(nodes, network, version, leaf):
    bits = int(network.network_address)
    width, prefix = (128, network.prefixlen) if version == 6 else (32, network.prefixlen)
    if version == 6 and network.version == 4:
        prefix += 96
    node = 0
    for depth in range(prefix - 1):
        side = bits >> (width - 1 - depth) & 1
        if not isinstance(nodes[node][side], int):
            nodes.append([nodes[node][side], nodes[node][side]])
            nodes[node][side] = len(nodes) - 1
        node = nodes[node][side]
    nodes[node][bits >> (width - prefix) & 1] = leaf


def pack(nodes, record_size, offsets):
    """A leaf is a tuple of its place in offsets, None is nothing."""
    out = bytearray()
    for pair in nodes:
        left, right = (each if isinstance(each, int) else len(nodes) if each is None else
                       len(nodes) + 16 + offsets[each[0]] for each in pair)
        if record_size == 28:
            out += (left & 0xffffff).to_bytes(3, "big") + bytes([left >> 24 << 4 | right >> 24])
            out += (right & 0xffffff).to_bytes(3, "big")
        else:
            out += left.to_bytes(record_size // 8, "big") + right.to_bytes(record_size // 8, "big")
    return bytes(out)


def database(networks, record_size=28, version=6, pointers=True, at=0, metadata=None):
    """networks: (network, value) in order, a later one within an earlier one. at: octets before the first value, so
    that pointers of each form are written."""
    data = Data(pointers, at)
    offsets = [data.add(value) for _, value in networks]
    nodes = [[None, None]]
    for i, (network, _) in enumerate(networks):
        insert(nodes, ipaddress.ip_network(network), version, (i,))
    said = {"binary_format_major_version": Short(2), "binary_format_minor_version": Short(0),
            "build_epoch": Long(1700000000), "database_type": "Postern-Test", "description": {"en": "a test"},
            "ip_version": Short(version), "languages": ["en"], "node_count": len(nodes),
            "record_size": Short(record_size)}
    said.update(metadata or {})
    about = Data(False)
    about.add(said)
    return pack(nodes, record_size, offsets) + b"\0" * 16 + bytes(data.octets) + MARKER + bytes(about.octets)


def main(folder):
    value = {"country": {"iso_code": "DE"}, "continent": {"code": "EU"}, "autonomous_system_number": 3320}
    os.makedirs(folder, exist_ok=True)
    for size in (24, 28, 32):
        for version in (4, 6):
            with open(os.path.join(folder, "%d-%d" % (size, version)), "wb") as file:
                file.write(database([("0.0.0.0/1", value), ("192.0.2.0/24", {"country_code": "FR", "x": [1, value]})],
                                    size, version, size != 32))


if __name__ == "__main__":
    main(sys.argv[1])
