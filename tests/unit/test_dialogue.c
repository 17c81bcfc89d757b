/* A session as the MTA tells it: what it is answered, what is logged, and what is forgotten when.
 */
#include "tap.h"
#include "teller.h"

static const struct told cases[] = {
    {"nothing to object", "rule r if rcpt == \"x@y.example\" reject\n",
     "connect\nhelo c.example\nmail <a@b.example>\nrcpt <c@d.example>\ndata\nend\n", ""},
    {"one recipient of three is refused",
     "rule r if rcpt == \"no@d.example\" reject 550 5.1.1 \"unknown\"\n",
     "connect\nhelo c.example\nmacro mail {auth_authen} alice\nmail <a@b.example>\nrcpt "
     "<c@d.example>\n"
     "rcpt <no@d.example>\nrcpt <e@d.example>\ndata\nend\n",
     "log NOQUEUE: reject: RCPT from h.example[192.0.2.1]: 550 5.1.1 unknown; rule=r id=1 "
     "from=<a@b.example> "
     "to=<no@d.example> helo=<c.example> sasl_username=alice\nreject 550 5.1.1\n"},
    {"earliest-verdict: a client is refused at RCPT",
     "rule r if client.ip == \"192.0.2.1\" reject 550 5.7.1 \"no\"\n",
     "connect\nhelo c.example\nmail <>\nrcpt <c@d.example>\n",
     "log NOQUEUE: reject: RCPT from h.example[192.0.2.1]: 550 5.7.1 no; rule=r id=1 from=<> "
     "to=<c@d.example> "
     "helo=<c.example>\nreject 550 5.7.1\n"},
    {"or at once, when it may be",
     "set earliest-verdict connect\nrule r if client.ip == \"192.0.2.1\" reject 554 5.7.1 \"no\"\n",
     "connect\n",
     "log NOQUEUE: reject: CONNECT from h.example[192.0.2.1]: 554 5.7.1 no; rule=r id=0\nreject "
     "554 5.7.1\n"},
    {"accept at connect lets nobody past the message's rules",
     "set earliest-verdict connect\nrule a if client.ip == \"192.0.2.1\" accept\n",
     "connect\nhelo c.example\n", ""},
    {"mode audit withholds, and goes on as enforce would",
     "set mode audit\nrule r if rcpt == \"no@d.example\" reject 550 5.1.1 \"unknown\"\n"
     "rule h add-header \"X\" \"1\"\nrule q quarantine \"why\"\n",
     "connect\nmail <a@b.example>\nrcpt <no@d.example>\nrcpt <c@d.example>\nmacro data i "
     "4A\ndata\nend\n",
     "log NOQUEUE: audit-reject: RCPT from h.example[192.0.2.1]: 550 5.1.1 unknown; rule=r id=1 "
     "from=<a@b.example> "
     "to=<no@d.example>\n"
     "log 4A: audit-add-header: END-OF-MESSAGE from h.example[192.0.2.1]: X: 1; rule=h id=1 "
     "from=<a@b.example> "
     "to=<c@d.example>\n"
     "log 4A: audit-quarantine: END-OF-MESSAGE from h.example[192.0.2.1]: why; rule=q id=1 "
     "from=<a@b.example> "
     "to=<c@d.example>\n"},
    {"an audit rule only logs",
     "rule r audit if rcpt.domain == \"d.example\" reject 550 5.7.1 \"no\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nend\n",
     "log NOQUEUE: audit-reject: RCPT from h.example[192.0.2.1]: 550 5.7.1 no; rule=r id=1 "
     "from=<a@b.example> "
     "to=<c@d.example>\n"},
    {"one who is discarded is taken off at the end",
     "rule s if rcpt == \"s@d.example\" discard \"sunk\"\n",
     "connect\nmail <a@b.example>\nrcpt <S@d.example>\nrcpt <c@d.example>\ndata\nend\n",
     "log NOQUEUE: discard: RCPT from h.example[192.0.2.1]: sunk; rule=s id=1 from=<a@b.example> "
     "to=<S@d.example>\n"
     "off <S@d.example>\n"},
    {"a message that has nobody left is discarded",
     "rule s if rcpt == \"s@d.example\" discard \"sunk\"\n",
     "connect\nmail <a@b.example>\nrcpt <s@d.example>\ndata\n",
     "log NOQUEUE: discard: RCPT from h.example[192.0.2.1]: sunk; rule=s id=1 from=<a@b.example> "
     "to=<s@d.example>\n"
     "discard\n"},
    {"a discard that waits for the header is logged once",
     "rule a if header[\"X\"] reject\nrule b if rcpt == \"s@d.example\" discard \"sunk\"\n",
     "connect\nmail <a@b.example>\nrcpt <s@d.example>\ndata\nheader Y: 1\neoh\nend\n",
     "log NOQUEUE: discard: END-OF-HEADER from h.example[192.0.2.1]: sunk; rule=b id=1 "
     "from=<a@b.example> to=<s@d.example>\n"
     "discard\ndiscard\n"},
    {"each who is discarded has a line, at his stage",
     "rule q if rcpt == \"q@d.example\" discard \"early\"\nrule a if header[\"X\"] reject\n"
     "rule b if rcpt.domain == \"d.example\" discard \"late\"\n",
     "connect\nmail <a@b.example>\nrcpt <q@d.example>\nrcpt <s@d.example>\nrcpt <t@d.example>\n"
     "data\neoh\n",
     "log NOQUEUE: discard: RCPT from h.example[192.0.2.1]: early; rule=q id=1 from=<a@b.example> "
     "to=<q@d.example>\n"
     "log NOQUEUE: discard: END-OF-HEADER from h.example[192.0.2.1]: late; rule=b id=1 "
     "from=<a@b.example> to=<s@d.example>\n"
     "log NOQUEUE: discard: END-OF-HEADER from h.example[192.0.2.1]: late; rule=b id=1 "
     "from=<a@b.example> to=<t@d.example>\n"
     "discard\n"},
    {"a rule of the message discards it in one line, though others read recipients",
     "rule q if rcpt == \"q@d.example\" tempfail\nrule b if not header[\"X\"] discard \"all\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nrcpt <e@d.example>\ndata\neoh\n",
     "log NOQUEUE: discard: END-OF-HEADER from h.example[192.0.2.1]: all; rule=b id=1 "
     "from=<a@b.example> to=<c@d.example> nrcpt=2\n"
     "discard\n"},
    {"two rules discard all together: a line for each recipient, and none for the message",
     "rule b if rcpt == \"c@d.example\" and not header[\"X\"] discard \"one\"\n"
     "rule m if not header[\"X\"] discard \"rest\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nrcpt <e@d.example>\ndata\neoh\n",
     "log NOQUEUE: discard: END-OF-HEADER from h.example[192.0.2.1]: one; rule=b id=1 "
     "from=<a@b.example> to=<c@d.example>\n"
     "log NOQUEUE: discard: END-OF-HEADER from h.example[192.0.2.1]: rest; rule=m id=1 "
     "from=<a@b.example> to=<e@d.example>\n"
     "discard\n"},
    {"the last one is removed: so it is, and the message is discarded",
     "rule m if rcpt == \"c@d.example\" remove-recipient\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\ndata\n",
     "log NOQUEUE: remove-recipient: RCPT from h.example[192.0.2.1]; rule=m id=1 "
     "from=<a@b.example> to=<c@d.example>\n"
     "log NOQUEUE: discard: DATA from h.example[192.0.2.1]; rule=m id=1 from=<a@b.example> "
     "to=<c@d.example>\n"
     "discard\n"},
    {"one is removed and the other discarded: a line each, and none for the message",
     "rule m if rcpt == \"c@d.example\" remove-recipient\nrule s if rcpt discard \"sunk\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nrcpt <e@d.example>\ndata\n",
     "log NOQUEUE: remove-recipient: RCPT from h.example[192.0.2.1]; rule=m id=1 "
     "from=<a@b.example> to=<c@d.example>\n"
     "log NOQUEUE: discard: RCPT from h.example[192.0.2.1]: sunk; rule=s id=1 from=<a@b.example> "
     "to=<e@d.example>\n"
     "discard\n"},
    {"a rule that can't be decided for somebody names him",
     "set regex-match-limit 1000\nrule l if rcpt ~ /^(a+)+$/ log \"a\"\n",
     "connect\nmail <a@b.example>\nrcpt <aaaaaaaaaaaaaaaaaaaaaaaaaaaa@d.example>\n"
     "rcpt <aaaaaaaaaaaaaaaaaaaaaaaaaaaab@d.example>\n",
     "warning NOQUEUE: error: RCPT from h.example[192.0.2.1]; rule=l id=1 reason=\"a regular "
     "expression gave up: the pattern took more steps than it may\" from=<a@b.example> "
     "to=<aaaaaaaaaaaaaaaaaaaaaaaaaaaa@d.example>\n"
     "warning NOQUEUE: error: RCPT from h.example[192.0.2.1]; rule=l id=1 reason=\"a regular "
     "expression gave up: the pattern took more steps than it may\" from=<a@b.example> "
     "to=<aaaaaaaaaaaaaaaaaaaaaaaaaaaab@d.example>\n"},
    {"nor does an audit rule do it without his name",
     "set regex-match-limit 1000\nrule l audit if rcpt ~ /^(a+)+$/ reject\n",
     "connect\nmail <a@b.example>\nrcpt <aaaaaaaaaaaaaaaaaaaaaaaaaaaa@d.example>\n",
     "warning NOQUEUE: error: RCPT from h.example[192.0.2.1]; rule=l id=1 reason=\"a regular "
     "expression gave up: the pattern took more steps than it may\" from=<a@b.example> "
     "to=<aaaaaaaaaaaaaaaaaaaaaaaaaaaa@d.example>\n"},
    {"what can't be decided defers each recipient, a line each",
     "set regex-match-limit 1000\nrule r if rcpt ~ /^(a+)+$/ reject\n",
     "connect\nmail <a@b.example>\nrcpt <aaaaaaaaaaaaaaaaaaaaaaaaaaaa@d.example>\n"
     "rcpt <c@d.example>\n",
     "warning NOQUEUE: tempfail: RCPT from h.example[192.0.2.1]: 451 4.3.0 this can't be decided "
     "just now; please try again later; rule=r id=1 reason=\"a regular expression gave up: the "
     "pattern took more steps than it may\" from=<a@b.example> "
     "to=<aaaaaaaaaaaaaaaaaaaaaaaaaaaa@d.example>\n"
     "tempfail 451 4.3.0\n"},
    {"after DATA once for all of them, and who brought it is named",
     "set regex-match-limit 1000\n"
     "rule r if not header[\"X\"] and rcpt ~ /^(a+)+$/ reject\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\n"
     "rcpt <aaaaaaaaaaaaaaaaaaaaaaaaaaaa@d.example>\n"
     "rcpt <aaaaaaaaaaaaaaaaaaaaaaaaaaaab@d.example>\neoh\nend\n",
     "warning NOQUEUE: tempfail: END-OF-HEADER from h.example[192.0.2.1]: 451 4.3.0 this can't be "
     "decided just now; please try again later; rule=r id=1 reason=\"a regular expression gave up: "
     "the pattern took more steps than it may\" from=<a@b.example> "
     "to=<aaaaaaaaaaaaaaaaaaaaaaaaaaaa@d.example> nrcpt=3\n"
     "tempfail 451 4.3.0\ntempfail 451 4.3.0\n"},
    {"two rules quarantine: a line each",
     "rule r if sender quarantine \"r\"\nrule s if rcpt quarantine \"s\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nrcpt <e@d.example>\nend\n",
     "log NOQUEUE: quarantine: END-OF-MESSAGE from h.example[192.0.2.1]: r; rule=r id=1 "
     "from=<a@b.example> to=<c@d.example> nrcpt=2\n"
     "log NOQUEUE: quarantine: END-OF-MESSAGE from h.example[192.0.2.1]: s; rule=s id=1 "
     "from=<a@b.example> to=<c@d.example> nrcpt=2\n"
     "hold r\n"},
    {"who was taken off is not among those whom the rest is about",
     "rule s if rcpt == \"s@d.example\" discard \"sunk\"\nrule r if sender quarantine \"r\"\n",
     "connect\nmail <a@b.example>\nrcpt <s@d.example>\nrcpt <c@d.example>\nend\n",
     "log NOQUEUE: discard: RCPT from h.example[192.0.2.1]: sunk; rule=s id=1 from=<a@b.example> "
     "to=<s@d.example>\n"
     "log NOQUEUE: quarantine: END-OF-MESSAGE from h.example[192.0.2.1]: r; rule=r id=1 "
     "from=<a@b.example> to=<c@d.example>\n"
     "off <s@d.example>\nhold r\n"},
    {"audit rules: a line for each recipient, one for the message",
     "rule r audit if rcpt.domain == \"d.example\" reject 550 5.7.1 \"no\"\n"
     "rule m audit if sender discard \"all\"\n"
     "rule h audit if rcpt and not header[\"X\"] reject 550 5.7.1 \"x\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nrcpt <e@d.example>\ndata\neoh\nend\n",
     "log NOQUEUE: audit-reject: RCPT from h.example[192.0.2.1]: 550 5.7.1 no; rule=r id=1 "
     "from=<a@b.example> to=<c@d.example>\n"
     "log NOQUEUE: audit-discard: RCPT from h.example[192.0.2.1]: all; rule=m id=1 "
     "from=<a@b.example>\n"
     "log NOQUEUE: audit-reject: RCPT from h.example[192.0.2.1]: 550 5.7.1 no; rule=r id=1 "
     "from=<a@b.example> to=<e@d.example>\n"
     "log NOQUEUE: audit-reject: END-OF-HEADER from h.example[192.0.2.1]: 550 5.7.1 x; rule=h id=1 "
     "from=<a@b.example> to=<c@d.example> nrcpt=2\n"
     "log NOQUEUE: audit-reject: END-OF-HEADER from h.example[192.0.2.1]: 550 5.7.1 x; rule=h id=1 "
     "from=<a@b.example> to=<e@d.example> nrcpt=2\n"},
    {"an accept that a conversion takes back isn't logged",
     "set log-accept yes\nrule d if sender downgrade 8bit\nrule a if sender accept\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\ndata\n"
     "header Content-Type: multipart/signed; boundary=b\neoh\nbody \xC3\xA9\nend\n",
     "accept\naccept\n"
     "log NOQUEUE: reject: END-OF-MESSAGE from h.example[192.0.2.1]: 554 5.6.2 a next hop needs "
     "this message converted, which can't be done: the message is signed and holds 8-bit octets, "
     "which may not be converted; rule=d id=1 from=<a@b.example> to=<c@d.example>\nreject 554 "
     "5.6.2\n"},
    {"one discard, one line", "rule s discard \"all\"\n",
     "connect\nmail <a@b.example>\nrcpt <s@d.example>\ndata\n",
     "log NOQUEUE: discard: DATA from h.example[192.0.2.1]: all; rule=s id=1 from=<a@b.example> "
     "to=<s@d.example>\n"
     "discard\n"},
    {"accepted: nothing more can follow",
     "set log-accept yes\nrule a if sender.domain == \"b.example\" accept\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\ndata\n",
     "log NOQUEUE: accept: DATA from h.example[192.0.2.1]; rule=a id=1 from=<a@b.example> "
     "to=<c@d.example>\n"
     "accept nothing-more\n"},
    {"accepted: it is said again, and nothing more is looked at",
     "set earliest-verdict mail\nset log-accept yes\nset max-header-bytes 1KB\n"
     "set max-recipients 1\nrule a if sender.domain == \"b.example\" accept\n"
     "rule h if header[\"X\"] or any body ~ /x/ reject\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nrcpt <e@d.example>\ndata\nheader X: 1\n"
     "long\neoh\nbody x\nend\n",
     "log NOQUEUE: accept: MAIL from h.example[192.0.2.1]; rule=a id=1 from=<a@b.example>\n"
     "accept nothing-more\naccept nothing-more\naccept nothing-more\naccept nothing-more\n"
     "accept nothing-more\naccept nothing-more\naccept nothing-more\naccept nothing-more\n"
     "accept nothing-more\n"},
    {"accepted, but a change may follow", "rule h add-header \"X\" \"1\"\nrule a accept\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\ndata\nend\n",
     "accept\n"
     "log NOQUEUE: add-header: END-OF-MESSAGE from h.example[192.0.2.1]: X: 1; rule=h id=1 "
     "from=<a@b.example> "
     "to=<c@d.example>\naccept\ninsert X: 1\n"},
    {"accepted because no rule objects",
     "set log-accept yes\nrule r if sender == \"x@y.example\" reject\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nmacro body i 4B\nend\n",
     "log 4B: accept: END-OF-MESSAGE from h.example[192.0.2.1]; rule=- id=1 from=<a@b.example> "
     "to=<c@d.example>\n"},
    {"what is settled is said again, should the MTA go on",
     "set earliest-verdict mail\nrule r reject 550 5.7.1 \"no\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nend\n",
     "log NOQUEUE: reject: MAIL from h.example[192.0.2.1]: 550 5.7.1 no; rule=r id=1 "
     "from=<a@b.example>\n"
     "reject 550 5.7.1\nreject 550 5.7.1\nreject 550 5.7.1\n"},
    {"two transactions share nothing",
     "rule h if any header[\"X\"] == \"1\" and auth.user reject 550 5.7.1 \"no\"\n",
     "connect\nmacro mail {auth_type} PLAIN\nmacro mail {auth_authen} alice\nmail "
     "<a@b.example>\nrcpt <c@d.example>\n"
     "header X: 1\neoh\nmail <a@b.example>\nrcpt <c@d.example>\nheader X: 1\neoh\nend\n",
     "log NOQUEUE: reject: END-OF-HEADER from h.example[192.0.2.1]: 550 5.7.1 no; rule=h id=1 "
     "from=<a@b.example> "
     "to=<c@d.example> sasl_username=alice\nreject 550 5.7.1\n"},
    {"nor does one share with what was aborted",
     "rule h if header[\"X\"] reject 550 5.7.1 \"no\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nheader X: 1\nabort\nmail "
     "<a@b.example>\nrcpt <c@d.example>\n"
     "eoh\nend\n",
     ""},
    {"a second HELO forgets what came with the first, and keeps what came with the connection",
     "rule t if tls.version == \"TLSv1.2\" reject 550 5.7.1 \"tls\"\n"
     "rule d if daemon.port == 587 and helo == \"two\" reject 550 5.7.1 \"port\"\n",
     "macro connect {daemon_port} 587\nconnect\nmacro helo {tls_version} TLSv1.2\nhelo one\nmail "
     "<a@b.example>\n"
     "helo two\nmail <a@b.example>\nrcpt <c@d.example>\n",
     "log NOQUEUE: reject: RCPT from h.example[192.0.2.1]: 550 5.7.1 port; rule=d id=2 "
     "from=<a@b.example> "
     "to=<c@d.example> helo=<two>\nreject 550 5.7.1\n"},
    {"what was known by TLS is known while it lasts",
     "rule t if tls.version == \"TLSv1.2\" reject 550 5.7.1 \"tls\"\n",
     "connect\nmacro helo {tls_version} TLSv1.2\nhelo one\nmail <a@b.example>\nrcpt "
     "<c@d.example>\n",
     "log NOQUEUE: reject: RCPT from h.example[192.0.2.1]: 550 5.7.1 tls; rule=t id=1 "
     "from=<a@b.example> "
     "to=<c@d.example> helo=<one>\nreject 550 5.7.1\n"},
    {"an unknown command",
     "rule u if command.verb == \"TURN\" reject 502 5.5.1 \"no\"\nrule x reject 550 5.7.1 \"x\"\n",
     "connect\nhelo c\nunknown TURN\nunknown FOO bar\n",
     "log NOQUEUE: reject: UNKNOWN from h.example[192.0.2.1]: 502 5.5.1 no; rule=u id=0 "
     "helo=<c>\nreject 502 5.5.1\n"},
    {"an unknown command in mid-transaction disturbs nothing",
     "rule u if command.verb == \"TURN\" reject 502 5.5.1 \"no\"\nrule h if header[\"X\"] tempfail "
     "450 4.7.1 \"h\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nunknown TURN\nheader X: 1\neoh\n",
     "log NOQUEUE: reject: UNKNOWN from h.example[192.0.2.1]: 502 5.5.1 no; rule=u id=1 "
     "from=<a@b.example> "
     "to=<c@d.example>\nreject 502 5.5.1\n"
     "log NOQUEUE: tempfail: END-OF-HEADER from h.example[192.0.2.1]: 450 4.7.1 h; rule=h id=1 "
     "from=<a@b.example> "
     "to=<c@d.example>\ntempfail 450 4.7.1\n"},
    {"too many recipients (RFC 5321 section 4.5.3.1.10)",
     "set max-recipients 1\nrule r if rcpt == \"x@y.example\" reject\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nrcpt <e@d.example>\ndata\nend\n",
     "log NOQUEUE: tempfail: RCPT from h.example[192.0.2.1]: 452 4.5.3 too many recipients; "
     "rule=- id=1 reason=\"max-recipients is reached\" from=<a@b.example> "
     "to=<e@d.example>\ntempfail 452 4.5.3\n"},
    {"a header too large",
     "set max-header-bytes 1KB\nrule h if header[\"Y\"] reject 550 5.7.1 \"no\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nlong\nheader Y: 1\neoh\nend\n",
     "log NOQUEUE: reject: END-OF-HEADER from h.example[192.0.2.1]: 552 5.3.4 the header of this "
     "message is too "
     "large; rule=- id=1 reason=\"max-header-bytes is passed\" from=<a@b.example> "
     "to=<c@d.example>\n"
     "reject 552 5.3.4\nreject 552 5.3.4\n"},
    {"where no verdict can fall at the end of the header, it is said at the end of the message",
     "set max-header-bytes 1KB\nrule s remove-header \"Y\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nlong\neoh\nbody x\nend\n",
     "log NOQUEUE: reject: END-OF-MESSAGE from h.example[192.0.2.1]: 552 5.3.4 the header of this "
     "message is too "
     "large; rule=- id=1 reason=\"max-header-bytes is passed\" from=<a@b.example> "
     "to=<c@d.example>\n"
     "reject 552 5.3.4\n"},
    {"fields up to the limit", "set max-header-fields 3\nrule s remove-header \"Y\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nheader Y: 1\nheader Z: 2\nheader Z: 3\neoh\n"
     "end\nquiet\n",
     "delete Y 1\n"},
    {"one field more: refused at the end of the header, and said again",
     "set max-header-fields 3\nrule h if header[\"Y\"] reject 550 5.7.1 \"no\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nheader Z: 1\nheader Z: 2\nheader Z: 3\n"
     "header Y: 4\nheader Y: 5\neoh\nbody x\nend\n",
     "log NOQUEUE: reject: END-OF-HEADER from h.example[192.0.2.1]: 552 5.3.4 the header of this "
     "message has too many fields; rule=- id=1 reason=\"max-header-fields is passed\" "
     "from=<a@b.example> "
     "to=<c@d.example>\nreject 552 5.3.4\nreject 552 5.3.4\nreject 552 5.3.4\n"},
    {"one field more, where no verdict can fall at the end of the header",
     "set max-header-fields 1\nrule s remove-header \"Y\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nheader Z: 1\nheader Y: 2\neoh\nbody x\n"
     "end\nquiet\n",
     "reject 552 5.3.4\n"},
    {"the next message isn't blamed", "set max-header-fields 1\nrule s remove-header \"Y\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nheader Z: 1\nheader Y: 2\nend\n"
     "mail <a@b.example>\nrcpt <c@d.example>\nheader Y: 2\nend\nquiet\n",
     "reject 552 5.3.4\ndelete Y 1\n"},
    {"mailboxes of all author fields together (RFC 5322 section 3.6.2), commas in quotes and "
     "comments aside",
     "set max-author-mailboxes 6\nrule s remove-header \"Y\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\n"
     "header From: \"a, b, c\" <a@b.example> (d, e), f@b.example\nheader sender: a@b.example\n"
     "header Reply-To: a@b.example\nheader Resent-From: a@b.example\n"
     "header Resent-Sender: a@b.example\nheader To: a@b.example, b@b.example, c@b.example\n"
     "header Cc: a@b.example, b@b.example\neoh\nend\n",
     ""},
    {"one mailbox more", "set max-author-mailboxes 5\nrule s remove-header \"Y\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\n"
     "header From: a@b.example, b@b.example\nheader Sender: a@b.example\n"
     "header REPLY-TO: a@b.example\nheader Resent-From: a@b.example\n"
     "header Resent-Sender: a@b.example\neoh\nend\n",
     "log NOQUEUE: reject: END-OF-MESSAGE from h.example[192.0.2.1]: 554 5.6.0 this message names "
     "too many mailboxes as its authors; rule=- id=1 reason=\"max-author-mailboxes is passed\" "
     "from=<a@b.example> to=<c@d.example>\nreject 554 5.6.0\n"},
    {"where no rule reads the header, nothing of it is counted",
     "set max-header-fields 1\nset max-header-bytes 1\nset max-author-mailboxes 1\n"
     "rule r if rcpt == \"x@y.example\" reject\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nheader From: a@b.example, b@b.example\n"
     "header X: 1\neoh\nend\n",
     ""},
    {"a body in pieces", "rule b if any body ~ /secret/ reject 550 5.7.1 \"no\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nbody sec\nbody ret\nend\n",
     "log NOQUEUE: reject: END-OF-MESSAGE from h.example[192.0.2.1]: 550 5.7.1 no; rule=b id=1 "
     "from=<a@b.example> "
     "to=<c@d.example>\nreject 550 5.7.1\n"},
    {"edits in order",
     "rule a add-header \"X\" \"1\"\nrule b add-header \"Y\" \"{client.ip}\"\nrule c remove-header "
     "\"Z\"\n"
     "rule d set-sender \"n@b.example\"\nrule e add-recipient \"n@d.example\"\n",
     "connect\nmacro mail i 4C\nmail <a@b.example>\nrcpt <c@d.example>\nheader z: 1\nheader Z: "
     "2\neoh\nend\nquiet\n",
     "delete Z 2\ndelete z 1\ninsert Y: 192.0.2.1\ninsert X: 1\nsender <n@b.example>\nadd "
     "<n@d.example>\n"},
    {"a recipient that can't be added is mail that must wait",
     "rule e add-recipient \"{header['X']}\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nheader X: no address\neoh\nend\n",
     "warning NOQUEUE: tempfail: END-OF-MESSAGE from h.example[192.0.2.1]: 451 4.3.0 the message "
     "can't be handled "
     "just now; please try again later; rule=e id=1 reason=\"\\x{22}no address\\x{22} is no "
     "address: it has no domain\" "
     "from=<a@b.example> to=<c@d.example>\ntempfail 451 4.3.0\n"},
    {"a change that the MTA doesn't take", "rule h add-header \"X\" \"1\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nend\nfail\nquiet\n",
     "insert X: 1\ntempfail 451 4.3.0\n"},
    {"without MAIL nothing is let through", "rule h add-header \"X\" \"1\"\n",
     "connect\nrcpt <c@d.example>\nend\nquiet\n", "tempfail 451 4.3.0\ntempfail 451 4.3.0\n"},
    {"nor behind a message's DATA, though its MAIL was accepted (RFC 5321 section 3.3)",
     "set earliest-verdict mail\nrule a if sender.domain == \"b.example\" accept\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\ndata\nrcpt <e@d.example>\ndata\neoh\nend\n"
     "quiet\n",
     "accept nothing-more\naccept nothing-more\naccept nothing-more\ntempfail 451 4.3.0\n"
     "tempfail 451 4.3.0\ntempfail 451 4.3.0\ntempfail 451 4.3.0\n"},
    {"nor behind its end", "rule a accept\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nend\nrcpt <e@d.example>\ndata\nquiet\n",
     "accept nothing-more\ntempfail 451 4.3.0\ntempfail 451 4.3.0\n"},
    {"downgrade: header and body together, the highest index first (RFC 6152 section 3)",
     "rule d downgrade 8bit\nrule u downgrade utf8\nrule x remove-header \"X\"\n",
     "connect\nmacro mail i 4C\nmail <a@b.example>\nrcpt <c@d.example>\nheader X: \xC3\xA9\n"
     "header Subject: caf\xC3\xA9 au lait\nheader x: 2\neoh\nbody some more text, and a "
     "caf\nbody \xC3\xA9\nend\nquiet\n",
     "delete x 2\nchange Subject 1: =?utf-8?b?Y2Fmw6k=?= au lait\ndelete X 1\n"
     "append MIME-Version: 1.0\nappend Content-Type: text/plain; charset=unknown-8bit\n"
     "append Content-Transfer-Encoding: quoted-printable\n"
     "convert X to ASCII, Subject to ASCII, the message to quoted-printable\n"
     "some more text, and a caf=C3=A9\n"},
    {"downgrade says what it did, and what it broke (RFC 6376 section 5.3)",
     "rule d downgrade 8bit\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nheader DKIM-Signature: v=1\neoh\n"
     "body \xE9\nend\n",
     "warning NOQUEUE: downgrade: END-OF-MESSAGE from h.example[192.0.2.1]: the message to base64; "
     "this breaks its signature; rule=d id=1 from=<a@b.example> to=<c@d.example>\n"
     "append MIME-Version: 1.0\nappend Content-Type: text/plain; charset=unknown-8bit\n"
     "append Content-Transfer-Encoding: base64\nconvert the message to base64\n6Q==\n"},
    {"downgrade: nothing to do is nothing done", "rule d downgrade 8bit\nrule u downgrade utf8\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nheader X: 1\neoh\nbody x\nend\n", ""},
    {"downgrade: addresses of the envelope, with what DSN says of them (RFC 3461 section 4)",
     "rule r add-recipient \"x@d\xC3\xBC.example\"\nrule u downgrade utf8\n",
     "connect\nmail <a@b\xC3\xBC.example> SMTPUTF8\nrcpt <c@d\xC3\xBC.example> NOTIFY=NEVER\n"
     "rcpt <e@d.example>\nend\nquiet\n",
     "sender <a@xn--b-eha.example>\noff <c@d\xC3\xBC.example>\n"
     "add <x@xn--d-eha.example>\nadd <c@xn--d-eha.example> NOTIFY=NEVER\n"},
    {"downgrade: an address that ASCII can't say (RFC 6531 section 3.5)", "rule u downgrade utf8\n",
     "connect\nmail <\xC3\xBC@b.example> SMTPUTF8\nrcpt <e@d.example>\nend\nquiet\n",
     "reject 550 5.6.7\n"},
    {"downgrade: what is signed is refused (RFC 1847 section 2.1)", "rule d downgrade 8bit\n",
     "connect\nmail <a@b.example>\nrcpt <e@d.example>\n"
     "header Content-Type: multipart/signed; boundary=b\neoh\nbody \xE9\nend\n",
     "log NOQUEUE: reject: END-OF-MESSAGE from h.example[192.0.2.1]: 554 5.6.2 a next hop needs "
     "this message converted, which can't be done: the message is signed and holds 8-bit octets, "
     "which may not be converted; rule=d id=1 from=<a@b.example> to=<e@d.example>\nreject 554 "
     "5.6.2\n"},
    {"downgrade: a name that isn't ASCII (RFC 5322 section 2.2)", "rule u downgrade utf8\n",
     "connect\nmail <a@b.example>\nrcpt <e@d.example>\nheader \xC3\xBC: 1\neoh\nend\nquiet\n",
     "reject 554 5.6.9\n"},
    {"downgrade: mode audit only says so", "set mode audit\nrule d downgrade 8bit\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nbody \xE9\nend\n",
     "log NOQUEUE: audit-downgrade: END-OF-MESSAGE from h.example[192.0.2.1]: the message to "
     "base64; rule=d id=1 from=<a@b.example> to=<c@d.example>\n"},
    {"downgrade: a body that is too large to be held",
     "set max-body-held 1KB\nrule d downgrade 8bit\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nbody \xE9\nlong-body\nend\nquiet\n",
     "reject 554 5.6.5\n"},
    {"downgrade: which is no matter where nothing is to be converted",
     "set max-body-held 1KB\nrule d downgrade 8bit\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nlong-body\nend\n", ""},
    {"downgrade: the label of what is converted stays, whatever rules take away",
     "rule x remove-header \"Content-Transfer-Encoding\"\nrule d downgrade 8bit\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nheader MIME-Version: 1.0\n"
     "header Content-Transfer-Encoding: 8bit\neoh\nbody \xE9\nend\nquiet\n",
     "change Content-Transfer-Encoding 1: base64\n"
     "append Content-Type: text/plain; charset=unknown-8bit\nconvert the message to base64\n"
     "6Q==\n"},
    {"downgrade: and what rules put in says what holds, once",
     "rule t add-header \"Content-Type\" \"text/plain; charset=utf-8\"\n"
     "rule e add-header \"Content-Transfer-Encoding\" \"8bit\"\nrule d downgrade 8bit\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nheader MIME-Version: 1.0\n"
     "eoh\nbody \xC3\xA9\nend\nquiet\n",
     "insert Content-Transfer-Encoding: base64\ninsert Content-Type: text/plain; charset=utf-8\n"
     "convert the message to base64\nw6k=\n"},
    {"an id for the connection, and one for each MAIL",
     "rule l if command log \"{transaction.id}\"\n"
     "rule r if rcpt reject 550 5.7.1 \"{transaction.id}\"\n",
     "connect\nunknown A\nhelo c\nunknown B\nmail <a@b.example>\nrcpt <c@d.example>\n"
     "unknown C\nabort\nunknown D\nmail <>\nrcpt <c@d.example>\nhelo c\nunknown E\n",
     "log NOQUEUE: log: UNKNOWN from h.example[192.0.2.1]: 000000000000; rule=l id=0\n"
     "log NOQUEUE: log: UNKNOWN from h.example[192.0.2.1]: 000000000000; rule=l id=0 helo=<c>\n"
     "log NOQUEUE: reject: RCPT from h.example[192.0.2.1]: 550 5.7.1 000000000001; rule=r id=1 "
     "from=<a@b.example> to=<c@d.example> helo=<c>\nreject 550 5.7.1\n"
     "log NOQUEUE: log: UNKNOWN from h.example[192.0.2.1]: 000000000001; rule=l id=1 "
     "from=<a@b.example> helo=<c>\n"
     "log NOQUEUE: log: UNKNOWN from h.example[192.0.2.1]: 000000000000; rule=l id=0 helo=<c>\n"
     "log NOQUEUE: reject: RCPT from h.example[192.0.2.1]: 550 5.7.1 000000000002; rule=r id=2 "
     "from=<> to=<c@d.example> helo=<c>\nreject 550 5.7.1\n"
     "log NOQUEUE: log: UNKNOWN from h.example[192.0.2.1]: 000000000000; rule=l id=0 helo=<c>\n"},
    {"log, as a rule asks", "rule l if sender log \"from {sender}\\nX\"\n",
     "connect\nmail <a@b.example>\nrcpt <c@d.example>\nend\n",
     "log NOQUEUE: log: RCPT from h.example[192.0.2.1]: from a@b.example\\x{0A}X; rule=l id=1 "
     "from=<a@b.example>\n"},
};

/* A client that never ends reaches a 4xx for his own transaction, and a bound. */
static void
check_bounds(void)
{
    struct arena *arena = arena_new(1 << 24);
    struct teller *teller = ARENA_NEW(arena, struct teller);
    struct slice text =
        SLICE("set max-transaction-memory 1MB\nrule r if rcpt == \"x@y.example\" reject\n");
    struct diagnostics diagnostics;
    struct policy *policy;
    struct answer answer = {0};
    struct slice rcpt = SLICE("<c@d.example>");
    int taken = 0;

    diagnostics_init(&diagnostics, arena);
    policy = policy_load_text("policy", text, &diagnostics);
    tap_check(policy != NULL, "the policy is fine");
    if (policy == NULL)
        diagnostics_print(&diagnostics, stdout);
    buffer_init(&teller->came, arena, 1 << 20);
    teller->quiet = true;
    teller->dialogue = dialogue_new(policy, teller_keep_log, teller);
    dialogue_mail(teller->dialogue, &rcpt, 1);
    while (taken < 1000000 && answer.verdict == VERDICT_NONE) {
        answer = dialogue_rcpt(teller->dialogue, &rcpt, 1);
        taken++;
    }
    tap_check(answer.verdict == VERDICT_TEMPFAIL && taken < 1000000, "recipients end after %d",
              taken);
    dialogue_free(&teller->dialogue);
    policy_unref(&policy);
    arena_free(&arena);
}

int
main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        teller_run(&cases[i]);
    check_bounds();
    return tap_done();
}
