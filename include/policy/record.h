/* What the MTA told, as it told it: one record for the connection, one for the transaction, one for
 * each recipient. filter/ writes them, facts read them. */
#ifndef POSTERN_POLICY_RECORD_H
#define POSTERN_POLICY_RECORD_H

#include <time.h>

#include "mail/address.h"
#include "mail/body_scan.h"
#include "mail/esmtp.h"
#include "mail/header.h"
#include "mail/ip.h"
#include "mail/mime_scan.h"
#include "policy/stage.h"

/* A macro as the MTA last sent it: name with its braces where it has them ("i", "{auth_type}"). */
struct macro {
    struct slice name;
    struct slice value;
    struct macro *next;
};

struct macros {
    struct macro *first;
};

/* What tells a session or transaction from all others: 12 of 0-9 and A-Z, and a NUL. */
enum { ID_SIZE = 13 };

/* How many there are: 36 to the power of 12. */
#define IDS UINT64_C(4738381338321616896)

struct session {
    struct arena *arena; /* of a walk before MAIL */
    char id[ID_SIZE];
    time_t time;         /* when it began */
    struct slice host;   /* as the MTA gives it: a name, or the address in brackets */
    bool has_ip;         /* no: neither IPv4 nor IPv6 */
    struct ip ip;
    bool local; /* handed in on the MTA's own machine: no address family, or port 0 of 127.0.0.1 */
    bool has_helo;
    struct slice helo;
    struct macros macros; /* of connect and helo */
};

struct recipient {
    struct address address;
    struct slice argument; /* as sent */
    struct parameters parameters;
    struct macros macros;
    size_t number; /* 1 for the first that was offered */
    void *facts;   /* kept by rules: what was read of this recipient */
    struct recipient *next;
};

struct transaction {
    struct arena *arena; /* until the transaction ends */
    const struct session *session;
    char id[ID_SIZE]; /* "" before MAIL */
    time_t time;      /* when it began */
    struct slice sender_argument;
    struct address sender;
    struct parameters parameters;
    struct macros macros;         /* of MAIL, DATA and later */
    struct slice queue_id;        /* empty before there is one */
    struct recipient *recipients; /* those that Postern let pass, in order */
    struct recipient **recipients_end;
    size_t recipient_count;
    size_t offered_count;      /* with those that were refused */
    struct recipient *refused; /* by rules, in order: mode audit goes on with them */
    struct recipient **refused_end;
    struct header_field *header;
    struct header_field **header_end;
    size_t header_size;  /* octets of names, bodies and ends */
    size_t header_count; /* of fields */
    size_t author_count; /* of mailboxes in fields that name authors */
    struct body_scan body;
    struct mime_scan *scan;          /* of the parts, where a rule reads them; else NULL */
    const struct mime_message *mime; /* what it found, at the end of the message */
    struct slice body_text; /* the whole body, at the end of the message, where a rule reads it */
    struct slice command;   /* at an unknown command: as the MTA gives it */
    void *authors;          /* kept by rules: the fields that say who wrote it */
};

/* The value of a macro, or false; the newest wins. */
bool macros_find(const struct macros *macros, struct slice name, struct slice *value_r);

/* Sets it, replacing an earlier value; both are copied. */
void macros_set(struct arena *arena, struct macros *macros, struct slice name, struct slice value);

/* The id that a number below IDS has: its digits in base 36, with leading zeros. */
void record_write_id(uint64_t number, char id_r[ID_SIZE]);

/* The id of the transaction, or before MAIL that of the session. transaction may be NULL. */
const char *record_id(const struct session *session, const struct transaction *transaction);

/* The client's login as it was given to the MTA, whatever the mechanism; false where there is none.
 * transaction may be NULL. */
bool record_login(struct arena *arena, const struct session *session,
                  const struct transaction *transaction, struct slice *login_r);

#endif
