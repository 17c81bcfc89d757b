/* Modes soft and audit: what of a verdict is spoken, and what the log has instead. */
#include "tap.h"
#include "teller.h"

static const struct told cases[] = {
    {"mode audit: behind a refusal the rules that hold say so",
     "set mode audit\n"
     "set earliest-verdict mail\n"
     "rule r reject 550 5.1.1 \"no\"\n"
     "rule h add-header \"X\" \"1\"\n",
     "connect\n"
     "mail <a@b.example>\n"
     "rcpt <c@d.example>\n"
     "data\n"
     "end\n",
     "log NOQUEUE: audit-reject: MAIL from h.example[192.0.2.1]: 550 5.1.1 no; rule=r id=1 "
     "from=<a@b.example>\n"
     "log NOQUEUE: audit-add-header-also: MAIL from h.example[192.0.2.1]: X; rule=h id=1 "
     "after=r from=<a@b.example>\n"},
    {"mode audit: all recipients would have been refused",
     "set mode audit\n"
     "rule r if rcpt.domain == \"d.example\" reject 550 5.1.1 \"no\"\n"
     "rule h if any header[\"X\"] == \"1\" and any recipients == \"e@d.example\" quarantine "
     "\"why\"\n"
     "rule l if rcpt == \"e@d.example\" discard \"sunk\"\n",
     "connect\n"
     "mail <a@b.example>\n"
     "rcpt <c@d.example>\n"
     "rcpt <e@d.example>\n"
     "data\n"
     "header X: 1\n"
     "eoh\n"
     "end\n",
     "log NOQUEUE: audit-reject: RCPT from h.example[192.0.2.1]: 550 5.1.1 no; rule=r id=1 "
     "from=<a@b.example> to=<c@d.example>\n"
     "log NOQUEUE: audit-reject: RCPT from h.example[192.0.2.1]: 550 5.1.1 no; rule=r id=1 "
     "from=<a@b.example> to=<e@d.example>\n"
     "log NOQUEUE: audit-discard-also: RCPT from h.example[192.0.2.1]: sunk; rule=l id=1 "
     "after=r from=<a@b.example> to=<e@d.example>\n"
     "log NOQUEUE: audit-quarantine-also: END-OF-HEADER from h.example[192.0.2.1]: why; rule=h "
     "id=1 after=r from=<a@b.example> to=<c@d.example> nrcpt=2\n"},
    {"mode audit: one of two would have been, and the others go on",
     "set mode audit\n"
     "rule r if rcpt == \"no@d.example\" reject 550 5.1.1 \"no\"\n"
     "rule g if client.ip == \"192.0.2.1\" and rcpt.domain == \"d.example\" tempfail 451 4.7.1 "
     "\"later\"\n"
     "rule m if mail.size > 100 reject 552 5.3.4 \"large\"\n"
     "rule t if any header[\"X\"] == \"1\" reject 550 5.7.1 \"X\"\n",
     "connect\n"
     "mail <a@b.example> SIZE=200\n"
     "rcpt <no@d.example>\n"
     "rcpt <c@e.example>\n"
     "rcpt <e@e.example>\n"
     "data\n"
     "header X: 1\n"
     "eoh\n"
     "end\n",
     "log NOQUEUE: audit-reject: RCPT from h.example[192.0.2.1]: 550 5.1.1 no; rule=r id=1 "
     "from=<a@b.example> to=<no@d.example>\n"
     "log NOQUEUE: audit-tempfail-also: RCPT from h.example[192.0.2.1]: 451 4.7.1 later; rule=g "
     "id=1 after=r from=<a@b.example> to=<no@d.example>\n"
     "log NOQUEUE: audit-reject-also: RCPT from h.example[192.0.2.1]: 552 5.3.4 large; rule=m "
     "id=1 after=r from=<a@b.example> to=<no@d.example>\n"
     "log NOQUEUE: audit-reject: RCPT from h.example[192.0.2.1]: 552 5.3.4 large; rule=m id=1 "
     "from=<a@b.example> to=<c@e.example>\n"
     "log NOQUEUE: audit-reject: RCPT from h.example[192.0.2.1]: 552 5.3.4 large; rule=m id=1 "
     "from=<a@b.example> to=<e@e.example>\n"
     "log NOQUEUE: audit-reject-also: END-OF-HEADER from h.example[192.0.2.1]: 550 5.7.1 X; "
     "rule=t id=1 after=r from=<a@b.example> to=<no@d.example> nrcpt=3\n"},
    {"mode audit: what decides for those who go on is not said of the others",
     "set mode audit\n"
     "rule r if rcpt == \"no@d.example\" reject 550 5.1.1 \"no\"\n"
     "rule h add-header \"X\" \"1\"\n"
     "rule t if any header[\"X\"] == \"1\" reject 550 5.7.1 \"X\"\n"
     "rule u if any header[\"X\"] == \"1\" and rcpt.domain == \"d.example\" discard \"sunk\"\n",
     "connect\n"
     "mail <a@b.example>\n"
     "rcpt <no@d.example>\n"
     "rcpt <c@e.example>\n"
     "data\n"
     "header X: 1\n"
     "eoh\n"
     "end\n",
     "log NOQUEUE: audit-reject: RCPT from h.example[192.0.2.1]: 550 5.1.1 no; rule=r id=1 "
     "from=<a@b.example> to=<no@d.example>\n"
     "log NOQUEUE: audit-reject: END-OF-HEADER from h.example[192.0.2.1]: 550 5.7.1 X; rule=t "
     "id=1 from=<a@b.example> to=<c@e.example>\n"
     "log NOQUEUE: audit-discard-also: END-OF-HEADER from h.example[192.0.2.1]: sunk; rule=u "
     "id=1 after=r from=<a@b.example> to=<no@d.example>\n"},
    {"mode audit: a verdict that another recipient's forestalls",
     "set mode audit\n"
     "rule r if rcpt == \"r@d.example\" and any header[\"X\"] == \"1\" reject 550 5.7.1 \"r\"\n"
     "rule t if rcpt.domain == \"d.example\" and any header[\"X\"] == \"1\" tempfail 451 4.7.1 "
     "\"t\"\n"
     "rule b if rcpt == \"s@d.example\" and header[\"X\"] discard \"b\"\n",
     "connect\n"
     "mail <a@b.example>\n"
     "rcpt <s@d.example>\n"
     "rcpt <r@d.example>\n"
     "data\n"
     "header X: 1\n"
     "eoh\n"
     "end\n",
     "log NOQUEUE: audit-reject: END-OF-HEADER from h.example[192.0.2.1]: 550 5.7.1 r; rule=r "
     "id=1 from=<a@b.example> to=<r@d.example> nrcpt=2\n"
     "log NOQUEUE: audit-tempfail-also: END-OF-HEADER from h.example[192.0.2.1]: 451 4.7.1 t; "
     "rule=t id=1 after=r from=<a@b.example> to=<s@d.example>\n"
     "log NOQUEUE: audit-discard-also: END-OF-HEADER from h.example[192.0.2.1]: b; rule=b id=1 "
     "after=t from=<a@b.example> to=<s@d.example>\n"
     "log NOQUEUE: audit-tempfail-also: END-OF-HEADER from h.example[192.0.2.1]: 451 4.7.1 t; "
     "rule=t id=1 after=r from=<a@b.example> to=<r@d.example>\n"},
    {"mode audit: one who is taken off, and one who is accepted",
     "set mode audit\n"
     "rule s if rcpt == \"s@d.example\" discard \"sunk\"\n"
     "rule a if rcpt == \"c@d.example\" accept\n"
     "rule w audit if rcpt.domain == \"d.example\" quarantine \"w\"\n"
     "rule r if rcpt.domain == \"d.example\" reject 550 5.7.1 \"no\"\n",
     "connect\n"
     "mail <a@b.example>\n"
     "rcpt <s@d.example>\n"
     "rcpt <c@d.example>\n"
     "end\n",
     "log NOQUEUE: audit-discard: RCPT from h.example[192.0.2.1]: sunk; rule=s id=1 "
     "from=<a@b.example> to=<s@d.example>\n"
     "log NOQUEUE: audit-quarantine: RCPT from h.example[192.0.2.1]: w; rule=w id=1 "
     "from=<a@b.example> to=<s@d.example>\n"
     "log NOQUEUE: audit-reject-also: RCPT from h.example[192.0.2.1]: 550 5.7.1 no; rule=r id=1 "
     "after=s from=<a@b.example> to=<s@d.example>\n"
     "log NOQUEUE: audit-quarantine: RCPT from h.example[192.0.2.1]: w; rule=w id=1 "
     "from=<a@b.example> to=<c@d.example>\n"
     "log NOQUEUE: audit-reject-also: RCPT from h.example[192.0.2.1]: 550 5.7.1 no; rule=r id=1 "
     "after=a from=<a@b.example> to=<c@d.example>\n"},
    {"mode audit: rules that can't be decided",
     "set mode audit\n"
     "set regex-match-limit 1\n"
     "rule r reject 550 5.7.1 \"no\"\n"
     "rule e if helo ~ /(a|aa)+[xy]/ discard\n"
     "rule f if helo ~ /(a|aa)+[xy]/ log \"f\"\n",
     "connect\n"
     "helo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
     "mail <a@b.example>\n"
     "rcpt <c@d.example>\n"
     "end\n",
     "log NOQUEUE: audit-reject: RCPT from h.example[192.0.2.1]: 550 5.7.1 no; rule=r id=1 "
     "from=<a@b.example> to=<c@d.example> helo=<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>\n"
     "warning NOQUEUE: audit-tempfail-also: RCPT from h.example[192.0.2.1]: 451 4.3.0 this "
     "can't be decided just now; please try again later; rule=e id=1 after=r reason=\"a regular "
     "expression gave up: the pattern took more steps than it may\" from=<a@b.example> "
     "to=<c@d.example> helo=<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>\n"
     "warning NOQUEUE: audit-error-also: RCPT from h.example[192.0.2.1]; rule=f id=1 after=r "
     "reason=\"a regular expression gave up: the pattern took more steps than it may\" "
     "from=<a@b.example> to=<c@d.example> helo=<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa>\n"},
    {"mode audit: Postern itself behind a verdict",
     "set mode audit\n"
     "set max-recipients 1\n"
     "set max-header-fields 1\n"
     "set earliest-verdict mail\n"
     "rule r reject 550 5.7.1 \"no\"\n"
     "rule h if any header[\"X\"] == \"2\" or header[\"Y\"] discard\n"
     "rule k if any header[\"X\"] == \"1\" discard \"k\"\n",
     "connect\n"
     "mail <a@b.example>\n"
     "rcpt <c@d.example>\n"
     "rcpt <e@d.example>\n"
     "data\n"
     "header X: 1\n"
     "header X: 2\n"
     "eoh\n"
     "end\n",
     "log NOQUEUE: audit-reject: MAIL from h.example[192.0.2.1]: 550 5.7.1 no; rule=r id=1 "
     "from=<a@b.example>\n"
     "log NOQUEUE: audit-tempfail-also: RCPT from h.example[192.0.2.1]: 452 4.5.3 too many "
     "recipients; rule=- id=1 after=r reason=\"max-recipients is reached\" from=<a@b.example> "
     "to=<e@d.example>\n"
     "log NOQUEUE: audit-reject-also: END-OF-HEADER from h.example[192.0.2.1]: 552 5.3.4 the "
     "header of this message has too many fields; rule=- id=1 after=r "
     "reason=\"max-header-fields is passed\" from=<a@b.example> to=<c@d.example>\n"
     "log NOQUEUE: audit-discard-also: END-OF-HEADER from h.example[192.0.2.1]: k; rule=k id=1 "
     "after=r from=<a@b.example> to=<c@d.example>\n"},
    {"mode audit: what is behind a verdict takes steps of its own, and no more than the bound",
     "set mode audit\n"
     "set max-message-steps 1000\n"
     "set earliest-verdict mail\n"
     "rule r reject 550 5.7.1 \"no\"\n"
     "rule l if any header[\"X\"] as a: (any header[\"X\"] as b: a == b and a == \"2\") "
     "discard\n"
     "rule m if header[\"X\"] discard \"m\"\n",
     "connect\n"
     "mail <a@b.example>\n"
     "rcpt <c@d.example>\n"
     "many\n"
     "eoh\n"
     "end\n",
     "log NOQUEUE: audit-reject: MAIL from h.example[192.0.2.1]: 550 5.7.1 no; rule=r id=1 "
     "from=<a@b.example>\n"
     "warning NOQUEUE: audit-error-also: END-OF-HEADER from h.example[192.0.2.1]; rule=l id=1 "
     "after=r reason=\"max-message-steps is reached\" from=<a@b.example> to=<c@d.example>\n"},
    {"mode audit: no memory behind a verdict",
     "set mode audit\n"
     "set max-transaction-memory 64KB\n"
     "set earliest-verdict mail\n"
     "rule r reject 550 5.7.1 \"no\"\n"
     "rule h if header[\"Y\"] discard\n",
     "connect\n"
     "mail <a@b.example>\n"
     "rcpt <c@d.example>\n"
     "many\n"
     "many\n"
     "many\n"
     "many\n"
     "eoh\n"
     "end\n"
     "mail <a@b.example>\n",
     "log NOQUEUE: audit-reject: MAIL from h.example[192.0.2.1]: 550 5.7.1 no; rule=r id=1 "
     "from=<a@b.example>\n"
     "warning NOQUEUE: audit-tempfail-also: END-OF-HEADER from h.example[192.0.2.1]: 451 4.3.0 "
     "this transaction is too large to be checked just now; please try again later; rule=- id=1 "
     "after=r reason=\"max-transaction-memory is reached\" from=<a@b.example> to=<c@d.example>\n"
     "log NOQUEUE: audit-reject: MAIL from h.example[192.0.2.1]: 550 5.7.1 no; rule=r id=2 "
     "from=<a@b.example>\n"},
    {"mode audit: an unknown command",
     "set mode audit\n"
     "rule u if command.verb == \"TURN\" reject 502 5.5.1 \"no\"\n"
     "rule v if command reject 502 5.5.1 \"never\"\n"
     "rule w if client.ip == \"192.0.2.1\" reject\n",
     "connect\n"
     "helo c\n"
     "unknown TURN\n",
     "log NOQUEUE: audit-reject: UNKNOWN from h.example[192.0.2.1]: 502 5.5.1 no; rule=u id=0 "
     "helo=<c>\n"
     "log NOQUEUE: audit-reject-also: UNKNOWN from h.example[192.0.2.1]: 502 5.5.1 never; "
     "rule=v id=0 after=u helo=<c>\n"},
    {"mode audit: at connect, once",
     "set mode audit\n"
     "set earliest-verdict connect\n"
     "rule r reject 550 5.7.1 \"r\"\n"
     "rule s if client.ip == \"192.0.2.1\" discard \"s\"\n",
     "connect\n"
     "helo c\n"
     "helo d\n"
     "mail <a@b.example>\n",
     "log NOQUEUE: audit-reject: CONNECT from h.example[192.0.2.1]: 550 5.7.1 r; rule=r id=0\n"
     "log NOQUEUE: audit-discard-also: CONNECT from h.example[192.0.2.1]: s; rule=s id=0 "
     "after=r\n"
     "log NOQUEUE: audit-reject: MAIL from h.example[192.0.2.1]: 550 5.7.1 r; rule=r id=1 "
     "from=<a@b.example> helo=<d>\n"
     "log NOQUEUE: audit-discard-also: MAIL from h.example[192.0.2.1]: s; rule=s id=1 after=r "
     "from=<a@b.example> helo=<d>\n"},
    {"mode soft: a 5xx is spoken as 4xx, and the log says which verdict that was",
     "set mode soft\n"
     "rule r if rcpt == \"no@d.example\" reject 550 5.1.1 \"unknown\"\n"
     "rule t if rcpt == \"later@d.example\" tempfail 450 4.2.1 \"later\"\n"
     "rule c at data reject 552 5.3.4 \"large\" \"and more\"\n",
     "connect\n"
     "mail <a@b.example>\n"
     "rcpt <no@d.example>\n"
     "rcpt <later@d.example>\n"
     "rcpt <c@d.example>\n"
     "data\n"
     "end\n",
     "log NOQUEUE: soft-reject: RCPT from h.example[192.0.2.1]: 450 4.1.1 unknown; rule=r id=1 "
     "from=<a@b.example> to=<no@d.example>\n"
     "tempfail 450 4.1.1\n"
     "log NOQUEUE: tempfail: RCPT from h.example[192.0.2.1]: 450 4.2.1 later; rule=t id=1 "
     "from=<a@b.example> to=<later@d.example>\n"
     "tempfail 450 4.2.1\n"
     "log NOQUEUE: soft-reject: DATA from h.example[192.0.2.1]: 452 4.3.4 large and more; "
     "rule=c id=1 from=<a@b.example> to=<c@d.example>\n"
     "tempfail 452 4.3.4\n"
     "tempfail 452 4.3.4\n"},
    {"mode soft: all else is done",
     "set mode soft\n"
     "rule s if rcpt == \"s@d.example\" discard \"sunk\"\n"
     "rule h add-header \"X\" \"1\"\n"
     "rule q quarantine \"why\"\n",
     "connect\n"
     "mail <a@b.example>\n"
     "rcpt <s@d.example>\n"
     "rcpt <c@d.example>\n"
     "end\n"
     "quiet\n",
     "insert X: 1\n"
     "off <s@d.example>\n"
     "hold why\n"},
    {"mode soft: at connect, and 521 is never 421 (RFC 5321 section 3.8)",
     "set mode soft\n"
     "set earliest-verdict connect\n"
     "rule r reject 521 5.3.2 \"no\"\n",
     "connect\n",
     "log NOQUEUE: soft-reject: CONNECT from h.example[192.0.2.1]: 451 4.3.2 no; rule=r id=0\n"
     "tempfail 451 4.3.2\n"},
    {"mode soft: an unknown command",
     "set mode soft\n"
     "rule u if command.verb == \"TURN\" reject 502 5.5.1 \"no\"\n",
     "connect\n"
     "helo c\n"
     "unknown TURN\n"
     "quiet\n",
     "tempfail 402 4.5.1\n"},
    {"mode soft: Postern's own refusals, a limit's",
     "set mode soft\n"
     "set max-header-fields 1\n"
     "rule h if header[\"Y\"] reject 550 5.7.1 \"no\"\n",
     "connect\n"
     "mail <a@b.example>\n"
     "rcpt <c@d.example>\n"
     "header Z: 1\n"
     "header Y: 4\n"
     "eoh\n"
     "end\n",
     "log NOQUEUE: soft-reject: END-OF-HEADER from h.example[192.0.2.1]: 452 4.3.4 the header "
     "of this message has too many fields; rule=- id=1 reason=\"max-header-fields is passed\" "
     "from=<a@b.example> to=<c@d.example>\n"
     "tempfail 452 4.3.4\n"
     "tempfail 452 4.3.4\n"},
    {"mode soft: and a conversion's",
     "set mode soft\n"
     "rule u downgrade utf8\n",
     "connect\n"
     "mail <\xC3\xBC@b.example> SMTPUTF8\n"
     "rcpt <e@d.example>\n"
     "end\n"
     "quiet\n",
     "tempfail 450 4.6.7\n"},
    {"mode audit: behind an accept",
     "set mode audit\n"
     "set earliest-verdict mail\n"
     "set log-accept yes\n"
     "rule a if sender.domain == \"b.example\" accept\n"
     "rule h if header[\"X\"] reject\n"
     "rule b if any body ~ /x/ accept\n",
     "connect\n"
     "mail <a@b.example>\n"
     "rcpt <c@d.example>\n"
     "header X: 1\n"
     "eoh\n"
     "body x\n"
     "end\n",
     "log NOQUEUE: audit-accept: MAIL from h.example[192.0.2.1]; rule=a id=1 "
     "from=<a@b.example>\n"
     "log NOQUEUE: audit-reject-also: END-OF-HEADER from h.example[192.0.2.1]: 550 5.7.1 "
     "refused by local policy (h); rule=h id=1 after=a from=<a@b.example> to=<c@d.example>\n"
     "log NOQUEUE: audit-accept-also: END-OF-MESSAGE from h.example[192.0.2.1]; rule=b id=1 "
     "after=a from=<a@b.example> to=<c@d.example>\n"},
    {"mode audit: a limit refuses, and rules go on as if what is beyond weren't there",
     "set mode audit\n"
     "set max-header-fields 2\n"
     "rule l if any header[\"X\"] == \"2\" log \"two\"\n"
     "rule m if any header[\"X\"] == \"3\" log \"three\"\n"
     "rule n if header.count == 2 reject 550 5.7.1 \"count\"\n",
     "connect\n"
     "mail <a@b.example>\n"
     "rcpt <c@d.example>\n"
     "header X: 1\n"
     "header X: 2\n"
     "header X: 3\n"
     "header X: 4\n"
     "eoh\n"
     "body x\n"
     "end\n",
     "log NOQUEUE: audit-reject: END-OF-HEADER from h.example[192.0.2.1]: 552 5.3.4 the header "
     "of this message has too many fields; rule=- id=1 reason=\"max-header-fields is passed\" "
     "from=<a@b.example> to=<c@d.example>\n"
     "log NOQUEUE: audit-log-also: END-OF-HEADER from h.example[192.0.2.1]: two; rule=l id=1 "
     "after=- from=<a@b.example> to=<c@d.example>\n"
     "log NOQUEUE: audit-reject-also: END-OF-HEADER from h.example[192.0.2.1]: 550 5.7.1 count; "
     "rule=n id=1 after=- from=<a@b.example> to=<c@d.example>\n"},
    {"mode audit: the field that passes the mailboxes isn't there either, nor any behind it",
     "set mode audit\n"
     "set max-author-mailboxes 2\n"
     "rule s if header[\"Y\"] remove-header \"Y\"\n"
     "rule f if header[\"From\"] remove-header \"From\"\n"
     "rule g if count[header[\"From\"]] > 1 remove-header \"From\"\n",
     "connect\n"
     "mail <a@b.example>\n"
     "rcpt <c@d.example>\n"
     "header From: a@b.example, b@b.example\n"
     "header From: a@b.example\n"
     "header Y: 1\n"
     "eoh\n"
     "body x\n"
     "end\n",
     "log NOQUEUE: audit-reject: END-OF-HEADER from h.example[192.0.2.1]: 554 5.6.0 this "
     "message names too many mailboxes as its authors; rule=- id=1 "
     "reason=\"max-author-mailboxes is passed\" from=<a@b.example> to=<c@d.example>\n"
     "log NOQUEUE: audit-remove-header-also: END-OF-HEADER from h.example[192.0.2.1]: From; "
     "rule=f id=1 after=- from=<a@b.example> to=<c@d.example>\n"},
};

int
main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        teller_run(&cases[i]);
    return tap_done();
}
