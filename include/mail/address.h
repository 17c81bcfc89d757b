/* Mailboxes as the envelope carries them (RFC 5321 section 4.1.2, RFC 6531 section 3.3). */
#ifndef POSTERN_MAIL_ADDRESS_H
#define POSTERN_MAIL_ADDRESS_H

#include "base/arena.h"

enum address_defect {
    ADDRESS_FINE,
    ADDRESS_NO_BRACKETS,   /* no <> around it: judged all the same, as local submission sends it */
    ADDRESS_UNBALANCED,    /* "<" without ">" or the reverse */
    ADDRESS_TRAILING_TEXT, /* octets behind ">" */
    ADDRESS_EMPTY,         /* nothing where an address must be, or <> as recipient */
    ADDRESS_BAD_ROUTE,
    ADDRESS_NO_DOMAIN,
    ADDRESS_BAD_LOCAL,
    ADDRESS_BAD_QUOTING,
    ADDRESS_BAD_DOMAIN,
    ADDRESS_BAD_LITERAL,
    ADDRESS_BAD_UTF8,
    ADDRESS_CONTROL,
    ADDRESS_LOCAL_TOO_LONG,  /* above 64 octets as sent, RFC 5321 section 4.5.3.1.1 */
    ADDRESS_DOMAIN_TOO_LONG, /* above 255, section 4.5.3.1.2 */
    ADDRESS_PATH_TOO_LONG,   /* above 256 with brackets and route, section 4.5.3.1.3 */
    ADDRESS_DEFECTS,
};

/* How local parts compare (setting local-part-case). RFC 5321 section 2.4 makes case significant;
 * no mail site does. */
enum local_case { LOCAL_CASE_IGNORE, LOCAL_CASE_EXACT };

struct address {
    struct slice raw; /* as given: in the envelope with brackets and route */
    struct slice
        path; /* raw without brackets and route: "local@domain", quotes kept; empty for <> */
    struct slice local;  /* unquoted; empty for <> */
    struct slice domain; /* as written, brackets of a literal kept; empty for <> and <Postmaster> */
    bool null;           /* the null reverse-path, <> */
    bool postmaster;     /* the bare <Postmaster>, section 4.1.1.3 */
    bool utf8;           /* an octet above 127 in it */
    enum address_defect defect;
};

/* "its local part is longer than 64 octets" and the like; "" for ADDRESS_FINE. */
const char *address_defect_text(enum address_defect defect);

/* Reads the path of MAIL FROM or RCPT TO as a milter gets it. Always fills address_r: of a path
 * with a defect everything that could be told, so that a rule can still look at it. Local and
 * domain are split at the last "@" outside quotes. A source route is recognized, checked and left
 * out. Slices point into arg or the arena. */
void address_parse_reverse_path(struct arena *arena, struct slice arg, struct address *address_r);
void address_parse_forward_path(struct arena *arena, struct slice arg, struct address *address_r);

/* Reads local@domain without brackets, as a list, a rule or a header field writes it. */
void address_parse_mailbox(struct arena *arena, struct slice text, struct address *address_r);

/* The form by which addresses are compared and looked up: local part unquoted where it can be, in
 * NFC, and folded unless case is exact; "@"; domain_key(). Empty for <>; "postmaster" for the bare
 * one. */
struct slice address_key(struct arena *arena, const struct address *address,
                         enum local_case local_case);

/* A local part as it may stand before "@": quoted only where it must be (RFC 5321 section 4.1.2).
 */
struct slice local_part_text(struct arena *arena, struct slice local);

/* Splits the unquoted local part at the first octet of `delimiters`, which is kept in neither part;
 * false when there is none. A local part that begins with one has no detail. */
bool local_part_detail(struct slice local, const char *delimiters, struct slice *base_r,
                       struct slice *detail_r);

#endif
