/* Mailboxes as the envelope carries them (RFC 5321 section 4.1.2, RFC 6531 section 3.3). */
#ifndef POSTERN_MAIL_ADDRESS_H
#define POSTERN_MAIL_ADDRESS_H

#include "base/arena.h"
#include "mail/domain.h"

enum address_defect {
    ADDRESS_FINE,
    ADDRESS_NO_BRACKETS,   /* no <> around it: judged all the same, as local submission sends it */
    ADDRESS_UNBALANCED,    /* "<" without ">" or the reverse */
    ADDRESS_TRAILING_TEXT, /* octets behind ">" */
    ADDRESS_EMPTY,         /* nothing where an address must be, or <> as recipient */
    ADDRESS_BAD_ROUTE,
    ADDRESS_NO_DOMAIN,
    ADDRESS_NO_LOCAL,
    ADDRESS_BAD_LOCAL, /* what only a quoted local part may hold */
    ADDRESS_BAD_DOTS,  /* outside quotes a dot at an end, or two in a row */
    ADDRESS_BAD_QUOTING,
    ADDRESS_BAD_QUOTED_PAIR, /* a backslash before what isn't ASCII, RFC 6531 section 3.3 */
    ADDRESS_BAD_UTF8,
    ADDRESS_CONTROL,
    ADDRESS_BAD_DOMAIN, /* and, behind it, one for each domain_defect */
    ADDRESS_LOCAL_TOO_LONG = ADDRESS_BAD_DOMAIN + DOMAIN_DEFECTS, /* above 64 octets as sent,
                                                                   * RFC 5321 section 4.5.3.1.1 */
    ADDRESS_PATH_TOO_LONG, /* above 256 with brackets and route, section 4.5.3.1.3 */
    /* From here on the grammar has no objection, only prudence has. */
    ADDRESS_C1_CONTROL,     /* and the separators of lines and paragraphs, RFC 5198 section 2 */
    ADDRESS_INVISIBLE,      /* direction marks, zero width, tags, variation selectors */
    ADDRESS_FOREIGN_SPACE,  /* white space beyond ASCII */
    ADDRESS_FALSE_DELIMITER, /* what looks like "@" or "." and is neither */
    ADDRESS_NONCHARACTER,
    ADDRESS_BAD_JOINER, /* a zero-width (non-)joiner where no script needs it, RFC 5892 A.1, A.2 */
    ADDRESS_DEFECTS,
};

/* How local parts compare (setting local-part-case). RFC 5321 section 2.4 makes case significant;
 * no mail site does. The last compares nothing: its key is the address in its canonical form, to be
 * shown or sent, with neither case nor normal form of the local part touched. */
enum local_case { LOCAL_CASE_IGNORE, LOCAL_CASE_EXACT, LOCAL_CASE_UNTOUCHED };

struct address {
    struct slice raw;    /* as given: in the envelope with brackets and route */
    struct slice path;   /* raw without brackets and route, quotes kept; empty for <> */
    struct slice local;  /* unquoted; empty for <> */
    struct slice domain; /* as written, brackets of a literal kept; empty for <> and <Postmaster> */
    bool null;           /* the null reverse-path, <> */
    bool postmaster;     /* the bare <Postmaster>, section 4.1.1.3 */
    bool utf8;           /* an octet above 127 in it, so that it takes SMTPUTF8 to send it */
    enum address_defect defect;
    enum address_defect strict; /* what strict IDNA minds besides; ADDRESS_FINE when nothing */
    uint64_t defects;           /* every defect found, bit by bit, the strict ones too */
};

/* The defect that counts: under the setting strict-idna also one that only strict IDNA minds. */
enum address_defect address_defect_of(const struct address *address, bool strict);

/* "its local part is longer than 64 octets" and the like; "" for ADDRESS_FINE. */
const char *address_defect_text(enum address_defect defect);

/* True for what the grammar allows, and only prudence or IDNA objects to. */
bool address_defect_is_doubt(enum address_defect defect);

/* True for an address that RFC 5321 and 6531 allow, whatever else may be said of it. */
static inline bool
address_is_valid(const struct address *address)
{
    return address->defect == ADDRESS_FINE || address_defect_is_doubt(address->defect);
}

/* The reply that fits: 501 5.1.7 or 5.1.3 for syntax (RFC 5321 section 4.1.2, RFC 3463 section
 * 3.2), for domains that IDNA refuses too (RFC 6531 section 3.3); 550 5.7.1 for characters that the
 * grammar allows in a local part. 0 and "" for ADDRESS_FINE. */
void address_defect_reply(enum address_defect defect, bool recipient, int *code_r,
                          const char **enhanced_r);

/* Reads the path of MAIL FROM or RCPT TO as a milter gets it. Always fills address_r: of a path
 * with a defect everything that could be told, so that a rule can still look at it. Local and
 * domain are split at the last "@" outside quotes. A source route is recognized, checked and left
 * out. Slices point into arg or the arena. */
void address_parse_reverse_path(struct arena *arena, struct slice arg, struct address *address_r);
void address_parse_forward_path(struct arena *arena, struct slice arg, struct address *address_r);

/* Reads local@domain without brackets, as a list, a rule or a header field writes it. */
void address_parse_mailbox(struct arena *arena, struct slice text, struct address *address_r);

/* The one form by which addresses are compared and looked up: local part unquoted where it can be,
 * in NFC, and folded unless case is exact; "@"; domain_key(). Empty for <>; "postmaster" for the
 * bare one. An ordinary lower-case ASCII address takes no memory. */
struct slice address_key(struct arena *arena, const struct address *address,
                         enum local_case local_case);

/* The whole address, quoted where it must be, with its domain in A-labels; false where it has no
 * such form, since its local part or a label isn't ASCII and has no ASCII form. */
bool address_ascii(struct arena *arena, const struct address *address, struct slice *text_r);

/* The same for people: A-labels as U-labels. */
struct slice address_unicode(struct arena *arena, const struct address *address);

/* A local part as it may stand before "@": quoted only where it must be (RFC 5321 section
 * 4.1.2). */
struct slice local_part_text(struct arena *arena, struct slice local);

/* Splits the unquoted local part at the first octet of `delimiters`, which is kept in neither part;
 * false when there is none. A local part that begins with one has no detail. */
bool local_part_detail(struct slice local, const char *delimiters, struct slice *base_r,
                       struct slice *detail_r);

#endif
