"""An MTA's side of the milter protocol, version 6, spoken byte by byte: what a real MTA would never send
can be sent too."""

import socket
import struct

ACTIONS = {
    "ADDHDRS": 0x1, "CHGBODY": 0x2, "ADDRCPT": 0x4, "DELRCPT": 0x8, "CHGHDRS": 0x10,
    "QUARANTINE": 0x20, "CHGFROM": 0x40, "ADDRCPT_PAR": 0x80, "SETSYMLIST": 0x100,
}
STEPS = {
    "NOCONNECT": 0x1, "NOHELO": 0x2, "NOMAIL": 0x4, "NORCPT": 0x8, "NOBODY": 0x10, "NOHDRS": 0x20,
    "NOEOH": 0x40, "NR_HDR": 0x80, "NOUNKNOWN": 0x100, "NODATA": 0x200, "SKIP": 0x400,
    "RCPT_REJ": 0x800, "NR_CONN": 0x1000, "NR_HELO": 0x2000, "NR_MAIL": 0x4000, "NR_RCPT": 0x8000,
    "NR_DATA": 0x10000, "NR_UNKN": 0x20000, "NR_EOH": 0x40000, "NR_BODY": 0x80000,
    "HDR_LEADSPC": 0x100000,
}
ALL_ACTIONS = 0x1FF
ALL_STEPS = 0x1FFFFF

# A command's letter, the bit under which it isn't sent, and the one under which no answer comes.
COMMANDS = {
    "connect": (b"C", "NOCONNECT", "NR_CONN"), "helo": (b"H", "NOHELO", "NR_HELO"),
    "mail": (b"M", "NOMAIL", "NR_MAIL"), "rcpt": (b"R", "NORCPT", "NR_RCPT"),
    "data": (b"T", "NODATA", "NR_DATA"), "header": (b"L", "NOHDRS", "NR_HDR"),
    "eoh": (b"N", "NOEOH", "NR_EOH"), "body": (b"B", "NOBODY", "NR_BODY"),
    "eom": (b"E", None, None), "unknown": (b"U", "NOUNKNOWN", "NR_UNKN"),
}
MACRO_STAGES = ["connect", "helo", "mail", "rcpt", "data", "eom", "eoh"]
ANSWERS = {b"c": "continue", b"a": "accept", b"r": "reject", b"t": "tempfail", b"d": "discard",
           b"s": "skip"}
EDITS = {b"+": "add-recipient", b"-": "delete-recipient", b"h": "add-header", b"i": "insert-header",
         b"m": "change-header", b"e": "sender", b"q": "quarantine", b"b": "body"}
HEADER_EDITS = ("insert-header", "change-header")
NOT_SENT = "not sent"
NO_REPLY = "no reply"


def names_of(table, bits):
    return {name for name, bit in table.items() if bits & bit}


def packet(letter, data=b""):
    return struct.pack(">I", 1 + len(data)) + letter + data


def strings(*items):
    return b"".join((i if isinstance(i, bytes) else i.encode()) + b"\0" for i in items)


def edited(header, edits, renumbers):
    """The header after the edits: names, bodies. Postfix counts anew after a deletion, Sendmail doesn't."""
    header = [list(field) for field in header]
    for edit in edits:
        if edit[0] == "insert-header":
            header.insert(edit[1], [edit[2], edit[3]])
        elif edit[0] == "change-header":
            named = [field for field in header if field[0].lower() == edit[2].lower()
                     and not (renumbers and field[1] is None)]
            named[edit[1] - 1][1] = edit[3] or None
    return [tuple(field) for field in header if field[1] is not None]


class Closed(Exception):
    """The milter closed the connection."""


class Mta:
    def __init__(self, where, timeout=10):
        """where: "inet:PORT@HOST", "inet6:..." or "unix:PATH"."""
        kind, _, place = where.partition(":")
        if kind == "unix":
            self.socket = socket.socket(socket.AF_UNIX)
            target = place
        else:
            port, _, host = place.partition("@")
            self.socket = socket.socket(socket.AF_INET6 if kind == "inet6" else socket.AF_INET)
            target = (host, int(port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(timeout)
        self.socket.connect(target)
        self.actions = self.steps = 0
        self.wanted_macros = {}
        self.edits = []
        self.refused = False

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def send(self, letter, data=b""):
        self.socket.sendall(packet(letter, data))

    def read_octets(self, count):
        got = b""
        while len(got) < count:
            try:
                more = self.socket.recv(count - len(got))
            except ConnectionError as error:
                raise Closed(str(error)) from error
            if not more:
                raise Closed("end of file")
            got += more
        return got

    def read(self):
        length = struct.unpack(">I", self.read_octets(4))[0]
        data = self.read_octets(length)
        return data[:1], data[1:]

    def is_closed(self, seconds=5):
        """True when the milter ends the connection, without a word before that."""
        self.socket.settimeout(seconds)
        try:
            self.read()
        except Closed:
            return True
        except OSError:
            return False
        return False

    def is_silent(self, seconds=0.2):
        self.socket.settimeout(seconds)
        try:
            self.read()
        except socket.timeout:
            return True
        finally:
            self.socket.settimeout(10)
        return False

    def negotiate(self, actions=ALL_ACTIONS, steps=ALL_STEPS, version=6):
        self.send(b"O", struct.pack(">III", version, actions, steps))
        letter, data = self.read()
        assert letter == b"O", letter
        _, self.actions, self.steps = struct.unpack(">III", data[:12])
        rest = data[12:]
        while rest:
            place = struct.unpack(">I", rest[:4])[0]
            names, _, rest = rest[4:].partition(b"\0")
            self.wanted_macros[MACRO_STAGES[place]] = names.decode().split()
        return self

    def macros(self, stage, **macros):
        """Names of more than one letter get their braces here. As with real MTAs, j is always there for
        whoever asks."""
        pairs = []
        if "j" in self.wanted_macros.get(stage, []):
            macros.setdefault("j", "mx.example.org")
        for name, value in macros.items():
            pairs += [name if len(name) == 1 else "{%s}" % name, value]
        self.send(b"D", COMMANDS[stage][0] + strings(*pairs))

    def answer(self):
        """The answer to one command; changes that come before it are kept in self.edits."""
        while True:
            letter, data = self.read()
            if letter in EDITS:
                self.edits.append(self.edit(letter, data))
            elif letter == b"y":
                return data.rstrip(b"\0").decode("latin-1")
            else:
                return ANSWERS[letter]

    @staticmethod
    def edit(letter, data):
        if letter in b"im":
            index = struct.unpack(">I", data[:4])[0]
            return (EDITS[letter], index) + tuple(p.decode("latin-1") for p in data[4:].split(b"\0")[:2])
        if letter == b"b":
            return ("body", data)
        return (EDITS[letter],) + tuple(p.decode("latin-1") for p in data.split(b"\0")[:-1])

    def new_body(self):
        return b"".join(edit[1] for edit in self.edits if edit[0] == "body")

    def command(self, stage, data=b""):
        """Does as the negotiation has it."""
        letter, not_sent, no_reply = COMMANDS[stage]
        if not_sent and self.steps & STEPS[not_sent]:
            return NOT_SENT
        self.send(letter, data)
        if no_reply and self.steps & STEPS[no_reply]:
            return NO_REPLY
        return self.answer()

    def connect(self, name="client.example", address="192.0.2.7", port=4242, **macros):
        family = b"6" if ":" in address else b"4"
        self.macros("connect", **macros)
        return self.command("connect", strings(name) + family + struct.pack(">H", port) + strings(address))

    def helo(self, argument="client.example", **macros):
        self.macros("helo", **macros)
        return self.command("helo", strings(argument))

    def mail(self, *argument, **macros):
        self.edits = []
        self.macros("mail", **macros)
        return self.command("mail", strings(*argument))

    def rcpt(self, *argument, **macros):
        self.macros("rcpt", **macros)
        return self.command("rcpt", strings(*argument))

    def data(self, **macros):
        self.macros("data", **macros)
        return self.command("data")

    def header(self, name, body):
        return self.command("header", strings(name, body))

    def eoh(self, **macros):
        self.macros("eoh", **macros)
        return self.command("eoh")

    def body(self, piece):
        return self.command("body", piece)

    def eom(self, **macros):
        self.macros("eom", **macros)
        return self.command("eom")

    def unknown(self, line):
        return self.command("unknown", strings(line))

    def abort(self):
        self.send(b"A")

    def quit(self):
        self.send(b"Q")
        self.close()

    def begin(self, **negotiation):
        """A session up to HELO."""
        self.negotiate(**negotiation)
        self.connect()
        self.helo()
        return self

    def message(self, sender="<a@example.com>", recipients=("<b@example.net>",), header=(), body=b"text\r\n",
                queue_id="4XYZ"):
        """A whole message; stops at what isn't "go on", and returns the last answer."""
        going_on = ("continue", NO_REPLY, NOT_SENT)
        commands = [lambda: self.mail(sender)]
        commands += [lambda r=r: self.rcpt(r) for r in recipients]
        commands += [lambda: self.data(i=queue_id)]
        commands += [lambda n=n, b=b: self.header(n, b) for n, b in header]
        commands += [lambda: self.eoh(i=queue_id)]
        for command in commands:
            answer = command()
            if answer not in going_on:
                return answer
        for at in range(0, len(body), 65535):
            answer = self.body(body[at:at + 65535])
            if answer == "skip":
                break
            if answer not in going_on:
                return answer
        return self.eom(i=queue_id)
