"""Messages through `postern downgrade`: each comes out in 7 bits and says the same, or is refused with a reason.

usage: downgrade_corpora.py CORPORA, with POSTERN naming the program. They are our own, and where the folder of the
corpora is there, real ones that others wrote. There two comparisons must agree: the one that comes with the corpora,
and for header text, which it takes as it stands, the one beside this file. What GMime and Python's email find in a message
as it comes over SMTP they must find after.
"""

import concurrent.futures
import importlib.util
import os
import re
import subprocess
import sys

import downgrade_compare as compare
import downgrade_readers
import own_messages

POSTERN = os.environ["POSTERN"]
OPTIONS = [("--8bit", compare.EIGHTBIT), ("--utf8", compare.UTF8), ("both", compare.EIGHTBIT | compare.UTF8)]
REASONS = ("5.6.0", "5.6.2", "5.6.3", "5.6.5", "5.6.7", "5.6.9")

# With both options: signed parts, partial messages, and what nobody can decide. All others are converted.
REFUSED = {
    "033-mail-parser-mail_test_12.eml": "5.6.7",  # a local part in UTF-8
    "043-mail-utf8_headers.eml": "5.6.7",  # the same
    "051-mail-parser-mail_test_12.eml": "5.6.7",  # the same
    "105-MimeKit-jwz-summary.txt.eml": "5.6.5",  # a multipart without boundary
    "131-flanker-enclosed-broken-body.eml": "5.6.0",  # 8-bit under base64
    "132-flanker-mailformed-headers.eml": "5.6.7",  # an octet that is no UTF-8 in a local part
    "155-mail-content_transfer_encoding_7-bit.eml": "5.6.3",  # an unknown encoding ("7-bit")
    "156-mail-content_transfer_encoding_plain.eml": "5.6.3",  # the same ("plain")
    "239-set-of-emails-mbox-0.eml": "5.6.3",  # a whole mailbox: the next messages stand behind the last part
    "280-mail-parser-021.eml": "5.6.0",  # two types of one part
    "306-mail-mime-parser-m3007.txt.eml": "5.6.3",  # an unknown encoding ("uuencode")
}
REFUSED.update((shows, code) for shows, _, code in own_messages.MESSAGES if code)
READERS, MISSING = downgrade_readers.readers()
NOT_THERE = "what others wrote: there are no messages in %s; POSTERN_CORPORA names their folder"


def are_there(corpora):
    return all(os.path.isdir(os.path.join(corpora, folder)) for folder in ("mime/msgs", "eai/msgs"))


def load_other_comparison(corpora):
    if not are_there(corpora):
        return lambda *_: []
    spec = importlib.util.spec_from_file_location("compare_mime", os.path.join(corpora, "compare_mime.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    decode = module.dec
    # Text under base64 has CRLF (RFC 2046 section 4.1.1), whatever the file has.
    module.dec = lambda part: (lambda octets: octets and module.norm(octets))(decode(part))
    return module.compare


def with_lf(octets):
    octets = octets.replace(b"\r\n", b"\n")
    return octets if b"\n" in octets else octets.replace(b"\r", b"\n")


def as_smtp(octets):
    """Lines end with CRLF, and the "From " line of a mailbox file is gone (RFC 4155)."""
    return re.sub(rb"\AFrom [^\n]*\n", b"", with_lf(octets)).replace(b"\n", b"\r\n")


def for_comparison(octets):
    """Lines end with LF, and field names as Python needs it."""
    return compare.without_spaces(with_lf(octets))


def run(option, octets):
    """(message, None), or (None, "554 5.6.2 reason")."""
    command = [POSTERN, "downgrade"] + ([option] if option != "both" else [])
    done = subprocess.run(command, input=octets, capture_output=True, check=False)
    said = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode == 0:
        return (done.stdout, None) if not said else (None, "said, with status 0: " + said)
    match = re.fullmatch(r"postern: downgrade: (\d{3} \d\.\d\.\d+ .+)", said)
    if done.returncode != 65 or not match or done.stdout:
        return None, "broken: status %d, %d octets, %s" % (done.returncode, len(done.stdout), said)
    return None, match.group(1)


class Outcome:
    def __init__(self, name, option, what, octets, form):
        self.name, self.option, self.what, self.octets, self.form = name, option, what, octets, form
        self.said, self.refusal = run(option, octets)
        # RFC 6532 section 3.7 lets all of it be encoded: a part as any other to one comparison, a message to the other.
        self.is_global = b"message/global" in octets
        self.wrong = []

    def text(self):
        return self.refusal or ("converted" if self.said != self.octets else "unchanged")

    def judge(self, other_comparison):
        eightbit = not self.octets.isascii()
        fields = self.is_global or not compare.header_octets(for_comparison(self.octets)).isascii()
        if self.refusal:
            self.judge_refusal(eightbit, fields)
        elif not eightbit:
            self.judge_labels()
        else:
            self.judge_message(other_comparison, fields)
        if self.form == "with CRLF" and self.said not in (None, self.octets):
            self.ask_readers()
        return self

    def expect(self, held, what):
        if not held:
            self.wrong.append(what)

    def judge_refusal(self, eightbit, fields):
        enhanced = self.refusal.split()[1] if re.match(r"5\d\d 5", self.refusal) else None
        self.expect(enhanced in REASONS, "no reason that there is")
        self.expect(eightbit, "it is 7-bit already")
        expected = REFUSED.get(self.name)
        if self.option == "both":
            self.expect(expected == enhanced, "must be %s" % (expected or "converted"))
        elif self.option == "--8bit" and enhanced == "5.6.9":
            self.expect(fields, "no header field has octets above 127")
        elif self.option == "--8bit":
            self.expect(expected == enhanced != "5.6.7", "must be converted")
        else:
            self.expect(expected == enhanced and enhanced in ("5.6.7", "5.6.9"), "must be converted")

    def judge_labels(self):
        """What was 7-bit stays as it is, but for labels that say something else."""
        labels = rb"(?im)^content-transfer-encoding:.*(?:\r\n|\n|\r)"
        before, after = re.sub(labels, b"", self.octets), re.sub(labels, b"", self.said)
        self.expect(before == after, "it was 7-bit and more than labels changed")
        if self.what & compare.EIGHTBIT:
            left = [path for path, _, _, _, encoding, *_ in compare.parse(for_comparison(self.said))
                    if encoding in (b"8bit", b"binary")]
            self.expect(not left, "parts are labelled as 8-bit: %r" % left)
        else:
            self.expect(self.said == self.octets, "it was 7-bit and has changed")

    def judge_message(self, other_comparison, fields):
        before, after = for_comparison(self.octets), for_comparison(self.said)
        seven = bool(self.what & compare.EIGHTBIT)
        if self.option == "both":
            self.expect(self.name not in REFUSED, "must be refused")
        if seven:
            self.expect(self.said.isascii(), "isn't 7-bit")
        elif not fields:
            self.expect(self.said == self.octets, "no header field had octets above 127, and it changed")
        if self.what & compare.UTF8:
            self.expect(compare.header_octets(after).isascii(), "header fields aren't ASCII")
        self.wrong += compare.differences(before, after)
        if not self.is_global:
            longest = compare.longest_line(self.octets)
            self.wrong += [one for one in other_comparison(before, after, seven)
                           if not (fields and one.startswith("hdr")) and not (longest > 998 and "line >998" in one)]


    def ask_readers(self):
        for reader in READERS:
            found = downgrade_readers.differences(reader, self.octets, self.said)
            if found and (self.name, reader.name) in downgrade_readers.MISREAD:
                misread.add((self.name, reader.name))
            else:
                self.wrong += found


misread = set()


def messages(corpora):
    """(folder, name, message)"""
    for shows, octets, _ in own_messages.MESSAGES:
        yield "own", shows, octets
    for folder in ("mime/msgs", "eai/msgs") if are_there(corpora) else ():
        for name in sorted(os.listdir(os.path.join(corpora, folder))):
            with open(os.path.join(corpora, folder, name), "rb") as file:
                yield folder, name, file.read()


tests = {"run": 0, "failed": 0}


def check(wrong, text):
    tests["run"] += 1
    tests["failed"] += bool(wrong)
    print("%sok %d - %s" % ("not " if wrong else "", tests["run"], text))
    for one in wrong[:8]:
        print("#   " + one[:500].replace("\n", "\n#   "))


def play_messages(corpora, pool):
    other_comparison = load_other_comparison(corpora)
    jobs = []
    for folder, name, octets in messages(corpora):
        forms = {"as it lies there": octets, "with CRLF": as_smtp(octets)}
        jobs.append((folder, name, octets, [
            pool.submit(lambda *of: Outcome(*of).judge(other_comparison), name, option, what, text, form)
            for option, what in OPTIONS for form, text in forms.items()]))
    for folder, name, octets, outcomes in jobs:
        outcomes = [outcome.result() for outcome in outcomes]
        if not octets.isascii():
            for one in outcomes:
                if one.form == "with CRLF":
                    print("# %s/%s  %s  %s" % (folder, name, one.option, one.text()))
        wrong = ["%s, %s: %s: %s" % (one.option, one.form, one.text(), what) for one in outcomes for what in one.wrong]
        forms = {one.option: set() for one in outcomes}
        for one in outcomes:
            forms[one.option].add((one.refusal or "")[:9])
        wrong += ["%s: depends on line ends: %r" % pair for pair in forms.items() if len(pair[1]) > 1]
        check(wrong, "%s/%s" % (folder, name))


def play_boundary():
    """Why a boundary that isn't ASCII is refused: its delimiters keep their octets, and not all readers find them by its
    form in RFC 2231."""
    octets = (b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary*=utf-8''%C3%BC\r\n\r\n"
              b"--\xc3\xbc\r\n\r\none\r\n--\xc3\xbc\r\n\r\ntwo\r\n--\xc3\xbc--\r\n")
    found = {reader.name: sum(one.octets in (b"one", b"two") for one in reader.read(octets)) for reader in READERS}
    check(["%d parts for %s" % (parts, name) for name, parts in found.items() if parts != {"GMime": 2}.get(name, 0)],
          "GMime alone finds parts behind a boundary of RFC 2231 that isn't ASCII")


def pairs(corpora):
    """(name, the message with 8-bit octets, and as it was)"""
    for shows, made, original in own_messages.PAIRS:
        yield "own pair/" + shows, made, original
    folder = os.path.join(corpora, "mime/derived8")
    for name in sorted(os.listdir(folder)) if are_there(corpora) else ():
        if name.endswith(".8bit.eml"):
            with open(os.path.join(folder, name), "rb") as made, \
                    open(os.path.join(folder, name.replace(".8bit.", ".orig.")), "rb") as original:
                yield "derived8/" + name, made.read(), original.read()


def play_pairs(corpora):
    """What was made 8-bit decodes to what the original decodes to."""
    for name, made, original in pairs(corpora):
        said, refusal = run("both", made)
        wrong = [refusal] if refusal else []
        if said is not None:
            wrong += [] if said.isascii() else ["isn't 7-bit"]
            seen, known = (
                [(path, kind, octets and with_lf(octets)) for path, kind, _, octets, *_ in compare.parse(with_lf(text))]
                for text in (said, original))
            wrong += ["%r is not %r" % pair for pair in zip(seen, known) if pair[0] != pair[1]]
            wrong += ["%d parts, not %d" % (len(seen), len(known))] if len(seen) != len(known) else []
        check(wrong, name)


def main():
    corpora = sys.argv[1]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        play_messages(corpora, pool)
    play_pairs(corpora)
    play_boundary()
    for reader, reason in MISSING:
        tests["run"] += 1
        print("ok %d - what %s finds # SKIP %s" % (tests["run"], reader, reason))
    if are_there(corpora) and not MISSING:
        check(["%s: %s" % pair for pair in sorted(set(downgrade_readers.MISREAD) - misread)], "readers misread what is said of them, and nothing else")
    if not are_there(corpora):
        tests["run"] += 1
        print("ok %d # SKIP %s" % (tests["run"], NOT_THERE % corpora))
    print("1..%d" % tests["run"])
    return tests["failed"] > 0


if __name__ == "__main__":
    sys.exit(main())
