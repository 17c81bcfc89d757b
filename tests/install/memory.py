"""What the converter may take: a message of 100 MB, of which every line changes, raises the resident memory of
the process by no more than 8 MB. Asked of an optimized program: a sanitizer keeps what was given back."""

import binascii
import hashlib
import itertools
import sys
import tempfile

import fakemta
import harness
from harness import check, same

SIZE = 100 << 20
MOST_KB = 8 << 10
POLICY = "rule seven-bit\n    downgrade 8bit\n"
SPARSE = "It is a line of text, with a word or two beyond ASCII: Grüße aus Köln.\r\n".encode()
DENSE = "Это строка текста, в которой почти нет букв из ASCII.\r\n".encode()


class Mta(fakemta.Mta):
    """Keeps the new body in a file."""

    def __init__(self, where):
        super().__init__(where, timeout=300)
        self.kept = tempfile.TemporaryFile()

    def edit(self, letter, data):
        if letter != b"b":
            return super().edit(letter, data)
        self.kept.write(data)
        return ("body",)

    def encoding(self):
        return [edit[3].strip() for edit in self.edits if edit[0] in fakemta.HEADER_EDITS
                and edit[2].lower() == "content-transfer-encoding" and edit[3]][-1:]

    def content(self):
        """Of the new body, decoded: length and digest."""
        decode = {"quoted-printable": binascii.a2b_qp, "base64": binascii.a2b_base64}[self.encoding()[0]]
        digest, length = hashlib.sha256(), 0
        self.kept.seek(0)
        while lines := list(itertools.islice(self.kept, 10000)):
            octets = b"".join(decode(line) for line in lines)
            digest.update(octets)
            length += len(octets)
        return length, digest.hexdigest()


def memory(daemon):
    """VmRSS and VmHWM in kilobytes."""
    with open("/proc/%d/status" % daemon.server(), encoding="ascii") as file:
        fields = dict(line.split(":", 1) for line in file)
    return [int(fields[name].split()[0]) for name in ("VmRSS", "VmHWM")]


def send(daemon, line, size):
    """The message, once converted."""
    count = size // len(line)
    header = [("From", "a@example.com"), ("MIME-Version", "1.0"), ("Content-Type", "text/plain; charset=utf-8"),
              ("Content-Transfer-Encoding", "8bit")]
    mta = Mta(daemon.where).begin()
    answer = mta.message(header=header, body=line * count)
    return mta, answer, (len(line) * count, hashlib.sha256(line * count).hexdigest())


for name, line in ("quoted-printable", SPARSE), ("base64", DENSE):
    with harness.Daemon(POLICY) as daemon:
        mta, _, _ = send(daemon, line, 4000)
        mta.quit()
        before = memory(daemon)
        mta, answer, expected = send(daemon, line, SIZE)
        after = memory(daemon)
        same(answer, "continue", "100 MB: accepted")
        same(mta.encoding(), [name], "converted to " + name)
        same(mta.content(), expected, "without loss")
        mta.quit()
        rise = [late - early for early, late in zip(before, after)]
        check(max(rise) <= MOST_KB, "memory rises by %d KB now, %d KB at its peak: %d KB at most"
              % (rise[0], rise[1], MOST_KB), (before, after))
print("1..%d" % harness.results["run"])
sys.exit(harness.results["failed"] > 0)
