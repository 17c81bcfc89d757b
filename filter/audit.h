/* The lines of the log: one a verdict, shaped as Postfix shapes its own. */
#ifndef POSTERN_FILTER_AUDIT_H
#define POSTERN_FILTER_AUDIT_H

#include "policy/settings.h"
#include "policy/walk.h"

/* What one line says besides who and where. */
struct audit_entry {
    const char *verb; /* "reject", "add-header" ... */
    bool is_verdict;  /* and is counted as such */
    bool quarantines; /* it is none, but decides what becomes of the message */
    bool withheld;    /* it was only looked at: "audit-reject" */
    enum stage stage;
    const char *text;   /* may be ""; not yet escaped */
    bool is_reply;      /* the text is a reply, which is escaped already */
    const char *rule;   /* NULL: Postern itself, "-" */
    const char *after;  /* behind whose verdict it came ("audit-reject-also"); or NULL */
    const char *reason; /* or NULL */
    const struct recipient *recipient; /* whose line it is; NULL: of all that there are */
    bool for_all;                      /* he made it so, but the answer is everybody's */
};

/* "QUEUEID: reject: RCPT from mail.example.net[192.0.2.7]: 550 5.7.1 text; rule=... id=...
 * from=<...> ...", or an object of JSON, as log-format says: what the MTA didn't tell is left out,
 * and octets from the network are escaped and bounded. With log-mask local parts and logins are
 * masked. transaction may be NULL.
 */
const char *audit_line(struct arena *arena, const struct settings *settings,
                       const struct session *session, const struct transaction *transaction,
                       const struct audit_entry *entry);

/* "550 5.7.1 first line second line". */
const char *audit_reply_text(struct arena *arena, const struct reply *reply);

#endif
