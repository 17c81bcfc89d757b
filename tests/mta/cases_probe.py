"""What real Postfixes offer, and what `postern probe` says of it."""

import re
import subprocess
import sys

import harness
import kit
from harness import POSTERN, case, check, same

HOPS = [
    ("as it comes", [], "full"),
    ("smtputf8_enable = no", ["smtputf8_enable=no"], "no-smtputf8"),
    ("smtpd_discard_ehlo_keywords = 8bitmime", ["smtpd_discard_ehlo_keywords=8bitmime"], "no-8bitmime"),
    ("both of these", ["smtputf8_enable=no", "smtpd_discard_ehlo_keywords=8BITMIME"], "no-8bitmime no-smtputf8"),
    ("no STARTTLS", ["smtpd_tls_security_level=none", "smtputf8_enable=no"], "no-smtputf8"),
]


def probe(*arguments):
    done = subprocess.run([POSTERN, "probe", *arguments], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@case
def offers():
    linked = subprocess.run(["ldd", POSTERN], capture_output=True, check=False).stdout
    for what, settings, words in HOPS:
        with kit.Site("smtpd_milters=", "smtpd_tls_loglevel=1", *settings) as site:
            hop = "127.0.0.1:%d" % site.port
            same(probe("-p", hop), (0, "127.0.0.1  %s\n" % words, ""), "%s, in plain text: %s" % (what, words))
            same(probe(hop)[:2], (0, "127.0.0.1  %s\n" % words), "%s: %s" % (what, words))
            check(site.logs(r"(?s)disconnect from .* quit=1 .*disconnect from .* quit=1 "), "%s: QUIT was said" % what,
                  site.log())
            if b"libssl" in linked and not any("tls" in setting for setting in settings):
                check(site.logs("disconnect from .* ehlo=2 starttls=1 quit=1 commands=4"), "%s: through STARTTLS" % what,
                      site.log())
            check(not re.search("improper command pipelining|lost connection|SSL_accept error", site.log()),
                  "%s: and Postfix found nothing to complain of" % what, site.log())


sys.exit(harness.run_all())
