/* Domain names as mail uses them. */
#ifndef POSTERN_MAIL_DOMAIN_H
#define POSTERN_MAIL_DOMAIN_H

#include "base/arena.h"
#include "mail/ip.h"

/* What can be wrong with what stands behind "@". */
enum domain_defect {
    DOMAIN_FINE,
    DOMAIN_EMPTY,
    DOMAIN_TOO_LONG,    /* above 255 octets, RFC 5321 section 4.5.3.1.2, or 253 in A-labels */
    DOMAIN_BAD_UTF8,
    DOMAIN_EMPTY_LABEL,
    DOMAIN_ROOT_DOT,    /* a dot at the end, which section 4.1.2 doesn't have */
    DOMAIN_LABEL_TOO_LONG, /* above 63 octets as an A-label, RFC 1035 section 2.3.4 */
    DOMAIN_EDGE_HYPHEN,
    DOMAIN_BAD_CHARACTER, /* ASCII, but no letter, digit or hyphen */
    DOMAIN_FOREIGN_DOT, /* U+3002, U+FF0E, U+FF61: dots for people, not for SMTP */
    DOMAIN_NOT_NFC,
    DOMAIN_UPPER_CASE,  /* in a label beyond ASCII, RFC 5892 section 2 */
    DOMAIN_DISALLOWED,  /* RFC 5892 section 2 */
    DOMAIN_UNASSIGNED,  /* in the tables at hand */
    DOMAIN_LEADING_MARK, /* RFC 5891 section 4.2.3.2 */
    DOMAIN_RESERVED_HYPHENS, /* "--" in third and fourth place, RFC 5891 section 4.2.3.1 */
    DOMAIN_RESERVED_LDH, /* the same of an ASCII label, RFC 5890 section 2.3.1; strict only */
    DOMAIN_CONTEXTJ,    /* a joiner out of place, RFC 5892 appendices A.1 and A.2 */
    DOMAIN_CONTEXTO,    /* RFC 5892 appendices A.3 to A.9 */
    DOMAIN_BIDI,        /* a label with right-to-left characters, RFC 5893 section 2 */
    DOMAIN_BIDI_NAME,   /* another label beside such a one */
    DOMAIN_NOT_U_LABEL, /* not convertible for another reason */
    DOMAIN_FAKE_A_LABEL, /* "xn--" before what is no A-label, RFC 5890 section 2.3.2.1 */
    DOMAIN_LITERAL_OPEN, /* "[" without "]" at the end */
    DOMAIN_LITERAL_MALFORMED,
    DOMAIN_LITERAL_IPV4,
    DOMAIN_LITERAL_IPV6,
    DOMAIN_LITERAL_TAG, /* a General-address-literal: IANA knows no tag but IPv6 */
    DOMAIN_DEFECTS,
};

/* How a domain is judged. Leniently a label that is a U-label but for its case or normal form is
 * fine, since people type it and MTAs pass it on; strictly it is none (RFC 5891 section 4.2). */
struct domain_judgement {
    enum domain_defect lenient;
    enum domain_defect strict;
    uint32_t all; /* every defect found, bit by bit, the strict ones too */
};

/* A domain or an address literal. An ordinary ASCII domain takes no memory. */
struct domain_judgement domain_judge(struct arena *arena, struct slice domain);

/* "a label of its domain is empty" and the like; "" for DOMAIN_FINE. */
const char *domain_defect_text(enum domain_defect defect);

/* True where IDNA2008 objects to nothing but pictures such as emoji, which IDNA2003 let people
 * register (RFC 5895 section 1), in U-labels and in A-labels. */
bool domain_has_pictures(struct arena *arena, struct slice domain);

/* True where RFC 5321's grammar has no objection, only IDNA has: a fake A-label is letters, digits
 * and hyphens all the same. */
bool domain_defect_is_doubt(enum domain_defect defect);

/* The form by which domains are compared and looked up: lower case, U-labels as A-labels
 * (RFC 5891 section 5, through libidn2, non-transitional), without a trailing dot. A label that
 * can't be converted only gets its ASCII letters lowered: it then equals nothing but itself. An
 * ordinary lower-case ASCII domain is returned as it is; A-labels in it stay as they are. An
 * address literal gets one spelling. */
struct slice domain_key(struct arena *arena, struct slice domain);

/* The form for people: A-labels, and what maps to them, as U-labels where that works, else as
 * given. Where nothing changes no memory is taken of an ASCII domain. */
struct slice domain_unicode(struct arena *arena, struct slice domain);

/* RFC 5321 section 4.1.2 Domain: labels of letters, digits and inner hyphens, of 1 to 63 octets,
 * no trailing dot, at most 255 octets; with octets above 127 allowed where utf8 says so (RFC 6531
 * section 3.3), whatever IDNA thinks of them. */
bool domain_is_valid(struct slice domain, bool utf8);

/* RFC 5321 section 4.1.3: "[192.0.2.1]" or "[IPv6:2001:db8::1]". No other tag is registered. */
bool domain_literal_parse(struct slice domain, struct ip *ip_r);

/* The same, with the reason; DOMAIN_FINE leaves the address in ip_r. */
enum domain_defect domain_literal_judge(struct slice domain, struct ip *ip_r);

/* Cuts the leftmost label and its dot off; false when no dot is left. */
bool domain_parent(struct slice *domain);

#endif
