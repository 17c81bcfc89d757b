"""Configurations of Postfix and Sendmail, as different kinds of sites have them, through `postern import`:
what it prints is a policy that `check` takes and that agrees with main.cf, and it says what must be known."""

import os
import re
import shutil
import subprocess
import tempfile

POSTERN = os.environ["POSTERN"]
number = failed = 0

SMTPD = "smtp inet n - y - - smtpd\n"
SUBMISSION = SMTPD + "submission inet n - y - - smtpd\n  -o syslog_name=postfix/submission\n"

# Name, main.cf, master.cf, what must be printed, what must not. DIR is the folder of the configuration.
SITES = [
    ("a small server as Debian sets one up",
     "myhostname = mail.example.com\nmydestination = $myhostname, example.com, localhost.localdomain, localhost\n"
     "mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128\nrecipient_delimiter = +\nrelayhost =\n",
     SMTPD,
     [r'^set recipient-delimiter "\+"', r"^    example\.com,", r"^    127\.0\.0\.0/8,", r"^    ::1/128,",
      r'^set local-domains "mail\.example\.com example\.com localhost\.localdomain"', r"^# table owners = ",
      r"^#   smtpd_milters = unix:postern/postern\.sock"], [r"^    localhost,", r"relayhost is set"]),
    ("submission on a port of its own, with a login map there alone",
     "myhostname = mx.example.com\nmydestination =\nvirtual_mailbox_domains = example.com, example.org\n",
     SUBMISSION + "  -o smtpd_sender_login_maps=texthash:DIR/logins\n",
     [r'^table owners = "texthash:DIR/logins"', r"^    example\.org,   # virtual_mailbox_domains"], [r"# table owners"]),
    ("mail in containers: several maps at once",
     "myhostname = mail.example.com\nvirtual_mailbox_domains = texthash:DIR/vhost\n"
     "virtual_alias_maps = texthash:DIR/logins\nvirtual_alias_domains =\n"
     "smtpd_sender_login_maps = unionmap:{ texthash:DIR/logins, hash:DIR/more }\nmydestination = localhost.$mydomain\n"
     "smtpd_milters = inet:127.0.0.1:8891\nmilter_default_action = accept\n",
     SUBMISSION,
     [r'^table owners = "unionmap:\{ texthash:DIR/logins, hash:DIR/more \}"',
      r"virtual_mailbox_domains also names texthash:DIR/vhost", r"submission/inet lets mail pass unseen while",
      r"programs on this machine hand in passes unseen"], [r"To connect this Postfix"]),
    ("domains and logins in a database",
     "myhostname = mx.example.com\nmydestination = localhost\nvirtual_mailbox_domains = proxy:mysql:DIR/domains.cf\n"
     "smtpd_sender_login_maps = proxy:mysql:DIR/senders.cf\nrelay_domains = proxy:mysql:DIR/relay.cf\n",
     SUBMISSION,
     [r"smtpd_sender_login_maps also names proxy:mysql:DIR/senders\.cf, a type that isn't built in",
      r"relay_domains also names proxy:mysql:DIR/relay\.cf", r"^# table owners = "], [r"^table owners"]),
    ("a content filter behind it",
     "myhostname = mx.example.com\nmydestination = example.com\ncontent_filter = smtp-amavis:[127.0.0.1]:10024\n"
     "smtpd_milters = unix:postern/postern.sock\nnon_smtpd_milters = $smtpd_milters\n",
     SMTPD + "127.0.0.1:10025 inet n - y - - smtpd\n  -o smtpd_milters=\n",
     [r"content_filter is set \(smtp-amavis:\[127\.0\.0\.1\]:10024\)", r"127\.0\.0\.1:10025/inet has no milter"],
     [r"smtp/inet has no milter", r"programs on this machine"]),
    ("a relay for what is below a domain, too",
     "myhostname = relay.example.edu\nmydestination =\nrelay_domains = example.edu, .labs.example.net, !old.example.edu\n",
     SMTPD,
     [r"^    \.labs\.example\.net,   # relay_domains", r"^    # \.example\.edu,   # relay_domains: .*parent_domain_matches_subdomains",
      r"^    # relay_domains leaves out old\.example\.edu"], [r"old\.example\.edu: add"]),
    ("a relay for the domains alone",
     "myhostname = relay.example.edu\nmydestination =\nrelay_domains = example.edu\nparent_domain_matches_subdomains =\n",
     SMTPD, [r"^    example\.edu,   # relay_domains"], [r"\.example\.edu"]),
    ("submission over TLS from the start, with a login map there alone",
     "myhostname = mx.example.com\nmydestination = example.com\n",
     SUBMISSION + "submissions inet n - y - - smtpd\n  -o smtpd_sender_login_maps=texthash:DIR/logins\n",
     [r'^table owners = "texthash:DIR/logins"'], [r"# table owners"]),
    ("a relay with routes",
     "myhostname = relay.example.edu\nmydestination =\nrelay_domains = example.edu, cs.example.edu\n"
     "transport_maps = texthash:DIR/logins\nmynetworks = 192.0.2.0/24, 198.51.100.7\n",
     SMTPD,
     [r"^    cs\.example\.edu,   # relay_domains", r"^    198\.51\.100\.7,", r"transport_maps is set"], []),
    ("a null client", "myorigin = example.com\nmydestination =\nrelayhost = [smtp.example.com]\nmynetworks = 127.0.0.0/8\n",
     SMTPD, [r"relayhost is set \(\[smtp\.example\.com\]\)", r"^list our-domains = \{\n\}"], []),
    ("bare authors are ours",
     "myhostname = mx.example.com\nmyorigin = example.com\nmydestination = example.com\n"
     "local_header_rewrite_clients = permit_mynetworks, permit_sasl_authenticated\n", SUBMISSION,
     [r"an author without domain becomes one of example\.com \(myorigin\)"], []),
    ("networks in a file, and one that is taken out",
     "myhostname = mx.example.com\nmydestination = example.com\nmynetworks = !192.0.2.9, 192.0.2.0/24, cidr:DIR/networks\n",
     SMTPD, [r"# !192\.0\.2\.9 can't stand here", r"# cidr:DIR/networks can't stand here", r"^    192\.0\.2\.0/24,"], []),
    ("postscreen before it, and no SMTPUTF8",
     "myhostname = mx.example.com\nmydestination = example.com\nsmtputf8_enable = no\nrecipient_delimiter = -+\n",
     "smtp inet n - y - 1 postscreen\nsmtpd pass - - y - - smtpd\n",
     [r"postscreen\(8\) answers before", r"smtputf8_enable is no", r'^set recipient-delimiter "-\+"'], []),
    ("one instance of several: a queue of its own",
     "myhostname = out.example.com\nmydestination =\nqueue_directory = /var/spool/postfix-out\nmynetworks = 127.0.0.0/8\n",
     SMTPD, [r'^set socket "unix:/var/spool/postfix-out/postern/postern\.sock"'], []),
    ("two login maps, asked in order",
     "myhostname = mx.example.com\nmydestination = example.com\nsmtpd_sender_login_maps = texthash:DIR/logins, hash:DIR/more\n",
     SUBMISSION, [r'^table owners = "texthash:DIR/logins", "hash:DIR/more"'], []),
]

MC = """divert(-1)dnl
include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(`debian')dnl
dnl LOCAL_DOMAIN(`left-out.example')
LOCAL_DOMAIN(`example.com example.org')dnl
MASQUERADE_AS(`example.com')dnl
RELAY_DOMAIN(`192.0.2 relay.example')dnl
FEATURE(`always_add_domain')dnl
FEATURE(`masquerade_envelope')dnl
"""


def check(good, name, shown=""):
    global number, failed
    number += 1
    failed += not good
    print("%sok %d - %s" % ("" if good else "not ", number, name))
    if not good:
        print("\n".join("#   " + line for line in str(shown).splitlines()))


def said(*words):
    """postconf waits while main.cf is new."""
    main_cf = words[-1] + "/main.cf" if words else ""
    if os.path.exists(main_cf):
        os.utime(main_cf, (0, 0))
    got = subprocess.run([POSTERN, *words], capture_output=True, timeout=60, check=False)
    return got.returncode, got.stdout.decode(), got.stderr.decode()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def make_site(folder, main_cf, master_cf):
    write(folder + "/main.cf", "compatibility_level = 3.6\n" + main_cf.replace("DIR", folder))
    write(folder + "/master.cf", master_cf.replace("DIR", folder))
    for table in "logins", "more", "vhost":
        write("%s/%s" % (folder, table), "alice@example.com alice\n")
    subprocess.run(["postmap", "-c", folder, "hash:%s/more" % folder], check=True)


def lacking(text, wanted, unwanted):
    return ["lacks " + w for w in wanted if not re.search(w, text, re.M)] + \
        ["has " + w for w in unwanted if re.search(w, text, re.M)]


def connect(folder, policy, text):
    """As what is printed says; a milter that is named already is to be this policy."""
    lines = re.findall(r"(?m)^#   ((?:non_)?smtpd_milters = .*|milter_.* = .*)$", text)
    with open(folder + "/main.cf", "a", encoding="utf-8") as main_cf:
        main_cf.write("\n".join(lines) + "\n")
    if not lines:
        text = re.sub(r'set socket ".*?"', 'set socket "%s"' % named_socket(folder), text, count=1)
        write(policy, text)
    return text


def named_socket(folder):
    with open(folder + "/main.cf", encoding="utf-8") as main_cf:
        place = re.search(r"(?m)^smtpd_milters = (.*)$", main_cf.read()).group(1)
    inet = re.match(r"inet:(.*):(\d+)$", place)
    return "inet:%s@%s" % (inet[2], inet[1]) if inet else "unix:/var/spool/postfix/" + place.partition(":")[2]


def try_site(name, main_cf, master_cf, wanted, unwanted):
    with tempfile.TemporaryDirectory() as folder:
        make_site(folder, main_cf, master_cf)
        status, text, err = said("import", "postfix", folder)
        wanted = [w.replace("DIR", re.escape(folder)) for w in wanted]
        wrong = lacking(text, wanted, unwanted)
        check(status == 0 and not wrong, name, (wrong, text, err))
        policy = folder + "/postern.conf"
        write(policy, text)
        status, out, err = said("check", "--no-host", policy)
        check(status == 0 and "error" not in err, name + ": check takes it", out + err)
        if "# To connect this Postfix" in text:
            status, out, err = said("import", "--check", policy, "postfix", folder)
            check(status == 1 and out.startswith("no service calls a milter") and out.count("\n") == 1,
                  name + ": it isn't connected yet", out + err)
        text = connect(folder, policy, text)
        status, out, err = said("import", "--check", policy, "postfix", folder)
        check(status == 0 and out == "", name + ": it agrees with main.cf", out + err)
        less = re.sub(r"(?m)^    [a-z0-9:].*\n", "", text, count=1).replace('recipient-delimiter "', 'recipient-delimiter "=')
        write(policy, less)
        status, out, err = said("import", "--check", policy, "postfix", folder)
        check(status == 1 and "recipient-delimiter is \"=" in out, name + ": it is told where it does not", out + err)
        if less.count("\n") < text.count("\n"):
            check(re.search(r" of \w+ isn't in the list (our-domains|exempt)$", out, re.M), name + ": a list, too", out)


if shutil.which("postconf") is None or shutil.which("postmap") is None:
    print("1..0 # SKIP no Postfix")
    raise SystemExit(0)
for site in SITES:
    try_site(*site)
with tempfile.TemporaryDirectory() as folder:
    write(folder + "/sendmail.mc", MC)
    status, text, err = said("import", "sendmail", folder + "/sendmail.mc")
    wrong = lacking(text, [r"^    example\.org,   # LOCAL_DOMAIN", r"INPUT_MAIL_FILTER\(`postern'",
                           r"^    # RELAY_DOMAIN names 192\.0\.2: ", r"^    # RELAY_DOMAIN names relay\.example: ", r"always_add_domain",
                           r"rewritten behind the milter"], [r"left-out"])
    check(status == 0 and not wrong, "Sendmail's file", (wrong, text, err))
    write(folder + "/policy", text)
    status, out, err = said("check", "--no-host", folder + "/policy")
    check(status == 0 and "error" not in err, "Sendmail's file: check takes it", out + err)
    write(folder + "/sendmail.mc", MC + "INPUT_MAIL_FILTER(`other', `S=unix:/run/OF/socket')dnl\n")
    status, text, err = said("import", "sendmail", folder + "/sendmail.mc")
    check(re.search("filter other has no F=", text), "Sendmail's file: a filter without F=", text)
    status, out, err = said("import", "postfix", folder + "/nowhere")
    check(status == 69 and "postconf can't be asked" in err, "no such configuration", (status, out, err))
for words in [], ["exim"], ["sendmail"], ["postfix", "a", "b"]:
    check(said("import", *words)[0] == 64, "import %s means nothing" % " ".join(words))
print("1..%d" % number)
raise SystemExit(failed > 0)
