"""The manual's recipe with FILTER and pipe(8): what arrives, what bounces and why, what waits, what is lost."""

import re
import sys

import harness
import next_hop
from harness import case, check, same
from next_hop import NEW, OLD, UTF8_HEADER, queued

DECLARED = "<alice@example.org> BODY=8BITMIME SMTPUTF8"
PLAIN_SENDER, PLAIN_RECIPIENT = "MAIL FROM:<alice@example.org>", "RCPT TO:" + OLD


def envelopes(messages):
    return sorted(envelope for envelope, _ in messages)


def reports(messages):
    """What bounce(8) sent: the fields of each report about delivery."""
    return [dict(re.findall(r"(?m)^(Action|Status|Diagnostic-Code): (.*?)\r?$", text.decode("utf-8", "replace")))
            for envelope, text in messages if envelope[0].startswith("MAIL FROM:<>")]


@case
def postfix_never_forgets():
    """Without the recipe, to see that it is needed: even what is all ASCII by then."""
    rules = 'rule ascii\n    if header["Subject"]\n    replace-header "Subject" "lunch"\n'
    text = next_hop.message(subject="Grüße")
    with next_hop.Site() as plain, plain.policy(rules):
        check(queued(plain.send(DECLARED, OLD, text=text)), "without the recipe: accepted")
        old, new = plain.arrived()
        same(old, [], "without the recipe: nothing arrives")
        report = reports(new)
        check(report and report[0]["Status"] == "5.6.7", "without the recipe: it bounces", report)


@case
@next_hop.nothing_bounces(lambda: site)
def converted():
    for name, text in next_hop.CONVERTIBLE:
        check(queued(site.send(DECLARED, OLD, text=text)), name + ": accepted")
        old, new = site.arrived()
        same(envelopes(old), [[PLAIN_SENDER, PLAIN_RECIPIENT]], name + ": arrives, with no parameter")
        same([next_hop.difference(text, got) for _, got in old], [[]], name + ": 7-bit and equal")
        same(new, [], name + ": nothing else is sent")


@case
@next_hop.nothing_bounces(lambda: site)
def other_recipients():
    """FILTER is for the whole message: they get it converted, and SMTPUTF8 where it takes that to reach them."""
    for order in ([OLD, NEW, "<jörg@new.example>"], ["<jörg@new.example>", NEW, OLD]):
        check(queued(site.send(DECLARED, *order, text=next_hop.BOTH)), "three recipients: accepted")
        old, new = site.arrived()
        same(envelopes(old), [[PLAIN_SENDER, PLAIN_RECIPIENT]], "the one of the old hop")
        same(envelopes(new), [["MAIL FROM:<alice@example.org>", "RCPT TO:" + NEW],
                              ["MAIL FROM:<alice@example.org> SMTPUTF8", "RCPT TO:<jörg@new.example>"]],
             "those of the new hop, each with what it takes")
        same([next_hop.difference(next_hop.BOTH, got) for _, got in old + new], [[]] * 3, "all get it converted")


@case
def one_by_one():
    """What bounces takes nobody along, since each has a delivery to himself."""
    check(queued(site.send(DECLARED, OLD, "<jörg@old.example>", text=UTF8_HEADER)), "one who can't be reached: accepted")
    old, new = site.arrived()
    same(envelopes(old), [[PLAIN_SENDER, PLAIN_RECIPIENT]], "the other one gets it")
    same([report["Status"] for report in reports(new)], ["5.6.7"], "one bounce")


@case
@next_hop.nothing_bounces(lambda: site)
def aliases():
    """One that leads to the old hop; its line is in the manual's table."""
    check(queued(site.send(DECLARED, "<alias@our.example>", text=next_hop.BOTH)), "an alias: accepted")
    old, new = site.arrived()
    same((envelopes(old), new), ([[PLAIN_SENDER, PLAIN_RECIPIENT]], []), "it arrives")


@case
@next_hop.nothing_bounces(lambda: site)
def addresses():
    check(queued(site.send("<alice@bücher.example> SMTPUTF8", "<carol@bücher.example>", text=UTF8_HEADER)), "U-labels: accepted")
    old, _ = site.arrived()
    same(envelopes(old), [["MAIL FROM:<alice@xn--bcher-kva.example>", "RCPT TO:<carol@xn--bcher-kva.example>"]],
         "they go out as A-labels")
    check(queued(site.send('<"a  b"@example.org> SMTPUTF8', '<"c, d\\"(e)"@old.example>', text=UTF8_HEADER)), "quoted: accepted")
    old, _ = site.arrived()
    same(envelopes(old), [['MAIL FROM:<"a  b"@example.org>', 'RCPT TO:<"c, d\\"(e)"@old.example>']], "they stay what they are")
    check(queued(site.send("<> SMTPUTF8", OLD, text=UTF8_HEADER)), "the null sender: accepted")
    old, _ = site.arrived()
    same(envelopes(old), [["MAIL FROM:<>", PLAIN_RECIPIENT]], "it stays that")


@case
def bounced_with_the_reason():
    for name, text, status in next_hop.UNCONVERTIBLE:
        check(queued(site.send(DECLARED, OLD, text=text)), name + ": accepted")
        old, new = site.arrived()
        same(old, [], name + ": not sent")
        report = (reports(new) or [{}])[0]
        same((report.get("Action"), report.get("Status")), ("failed", status), name + ": bounces")
        check(re.match("x-unix; [a-z]", report.get("Diagnostic-Code", "")), name + ": and says why", report)
    check(queued(site.send("<jörg@example.org> SMTPUTF8", OLD, text=UTF8_HEADER)), "a sender without ASCII form: accepted")
    old, new = site.arrived()
    same((old, [report["Status"] for report in reports(new)]), ([], ["5.6.7"]), "it bounces")


@case
@next_hop.nothing_bounces(lambda: by_field)
def by_the_field():
    """With the rules and the field what can't be converted is refused, and what isn't for the old hop is left alone."""
    with by_field.policy(next_hop.hops_table(by_field) + next_hop.RESENDS) as postern:
        for name, text in next_hop.CONVERTIBLE:
            check(queued(by_field.send(DECLARED, OLD, text=text)), name + ", by the field: accepted", postern.log())
            old, new = by_field.arrived()
            same((envelopes(old), new), ([[PLAIN_SENDER, PLAIN_RECIPIENT]], []), name + ", by the field: arrives, with no parameter")
            same([next_hop.difference(text, got) for _, got in old], [[]], name + ", by the field: 7-bit and equal")
        by_field.send(DECLARED, OLD, text=next_hop.LABELLED)
        same([re.findall("(?m)^Content-Transfer-Encoding: .*$", got.decode()) for _, got in by_field.arrived()[0]],
             [["Content-Transfer-Encoding: 7bit\r"]], "ASCII labelled as 8-bit, by the field: it gets another label")
        for name, text, status in next_hop.UNCONVERTIBLE:
            said = by_field.send(DECLARED, OLD, text=text)[-1]
            check(next_hop.is_refusal(said, {"5.6.2": "5.6.3", "5.6.7": "5.6.9"}[status]), name + ", by the field: refused", said)
        same(by_field.arrived(), ([], []), "and nothing of it arrives")


@case
@next_hop.nothing_bounces(lambda: by_field)
def refused_recipients_leave_others_alone():
    """Whose hop takes all, while the one who is refused is not the reason for anything."""
    with by_field.policy(next_hop.hops_table(by_field) + next_hop.RESENDS):
        for sender, refused, text in [("<jörg@example.org> SMTPUTF8", OLD, UTF8_HEADER), (DECLARED, "<jörg@old.example>", next_hop.UTF8_ADDRESS),
                                      (DECLARED, "<jörg@old.example>", next_hop.SIGNED_8BIT)]:
            for order in [refused, NEW], [NEW, refused]:
                told = by_field.send(sender, *order, text=text)
                same([said[:3] for said in told], ["553" if to == refused else "250" for to in order] + ["250"], "one is refused of %s" % order)
                old, new = by_field.arrived()
                same((old, [envelope[1:] for envelope, _ in new]), ([], [["RCPT TO:" + NEW]]), "and the other gets it")
                same([next_hop.difference(text, got, whole=None) for _, got in new], [[]], "as it was")


@case
def success_and_never():
    check(queued(site.send("<alice@example.org> SMTPUTF8 ENVID=e1 RET=HDRS", OLD + " NOTIFY=SUCCESS", text=UTF8_HEADER)),
          "NOTIFY=SUCCESS: accepted")
    old, new = site.arrived()
    same(len(old), 1, "it arrives")
    same([report["Action"] for report in reports(new)], ["relayed"], "and the sender is told that it was relayed")
    check(queued(site.send(DECLARED, OLD + " NOTIFY=NEVER", text=next_hop.SIGNED_8BIT)), "NOTIFY=NEVER: accepted")
    same(site.arrived(), ([], []), "what can't be converted goes without a word")
    check(queued(site.send(DECLARED, "<jörg@old.example> NOTIFY=NEVER", text=UTF8_HEADER)), "NOTIFY=NEVER: accepted")
    _, new = site.arrived()
    same([report["Status"] for report in reports(new)], ["5.6.7"], "but it is lost with the second queue file")


@case
def second_time_is_local():
    with site.policy("rule seen\n    if client.local\n    log \"local\"\n") as postern:
        site.command("postconf", "-e", "non_smtpd_milters=" + re.sub("^inet:(.*)@(.*)$", r"inet:\2:\1", site.milter))
        site.command("postfix", "reload")
        check(queued(site.send(DECLARED, OLD, text=UTF8_HEADER)), "with a filter: accepted")
        same(len(site.arrived()[0]), 1, "it arrives")
        check(harness.wait_until(lambda: len(postern.verdicts()) > 0), "and the filter saw it as local mail", postern.log())
        site.command("postconf", "-e", "non_smtpd_milters=")
        site.command("postfix", "reload")


@case
def circles():
    with next_hop.resend_site("smtpd_milters=", "non_smtpd_milters=", "content_filter=resend:") as circle:
        check(queued(circle.send(DECLARED, NEW, text=UTF8_HEADER)), "a circle: accepted")
        old, new = circle.arrived()
        same([report["Status"] for report in reports(new)][:1], ["5.4.6"], "it ends with a bounce")
        passes = len(re.findall(r"postfix/pickup\[", circle.log()))
        check(passes <= 8, "after few rounds", passes)
        same(old, [], "and nothing else")


@case
def waits_for_sendmail():
    def broken(text):
        return text.replace("resend -f", "resend --sendmail /nowhere/sendmail -f")

    with next_hop.resend_site("smtpd_milters=", "non_smtpd_milters=", change=broken) as waiting:
        check(queued(waiting.send(DECLARED, OLD, text=UTF8_HEADER)), "sendmail is away: accepted")
        check(waiting.logs("dsn=4.3.0, status=deferred .*/nowhere/sendmail: No such file"), "it is deferred, with the reason",
              waiting.log()[-2000:])
        same(waiting.bounced(), [], "and doesn't bounce")
        check("alice@example.org" in waiting.command("postqueue", "-p").decode(), "it waits in the queue")


@case
def grown_too_large():
    """In base64 it is above message_size_limit, which it was below: that is for the site to mend."""
    text = next_hop.message(fields=next_hop.TEXT_8BIT, body=("日本語の文章です。" * 10 + "\r\n") * 60)
    with next_hop.resend_site("smtpd_milters=", "non_smtpd_milters=", "message_size_limit=20000") as small:
        check(queued(small.send(DECLARED, OLD, text=text)), "a message that grows: accepted")
        check(small.logs("dsn=4.3.0, status=deferred .*too big"), "it is deferred, with the reason", small.log()[-2000:])
        same(small.bounced(), [], "and doesn't bounce")


with next_hop.resend_site("smtpd_milters=", "non_smtpd_milters=", "virtual_alias_domains=",
                          "virtual_alias_maps=inline:{ alias@our.example=carol@old.example }") as site, \
        next_hop.resend_site(domains=()) as by_field:
    sys.exit(harness.run_all())
