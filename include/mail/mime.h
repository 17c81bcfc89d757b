/* The structure of a message (RFC 2045, RFC 2046), as one pass over it found it. */
#ifndef POSTERN_MAIL_MIME_H
#define POSTERN_MAIL_MIME_H

#include "mail/base64_scan.h"
#include "mail/body_scan.h"
#include "mail/header.h"
#include "mail/mime_value.h"

/* RFC 5322 section 2.1.1: octets of a line without its end. */
enum { MIME_LINE_MAX = 998 };

/* Content-Transfer-Encoding, RFC 2045 section 6.1. */
enum mime_encoding {
    MIME_7BIT, /* and where nothing is said */
    MIME_8BIT,
    MIME_BINARY,
    MIME_QUOTED_PRINTABLE,
    MIME_BASE64,
    MIME_UNKNOWN,
};

enum mime_kind {
    MIME_LEAF,      /* whose octets mean nothing to MIME */
    MIME_MULTIPART, /* parts between delimiters */
    MIME_MESSAGE,   /* a message: message/rfc822 and message/global */
};

/* What is wrong with a part, bit by bit. */
enum mime_defect {
    MIME_NO_BOUNDARY,       /* a multipart that names none, or one that can't be (section 5.1.1) */
    MIME_SAME_BOUNDARY,     /* a multipart in one of the same boundary, so that readers differ */
    MIME_NO_DELIMITER,      /* a multipart in which its boundary never comes */
    MIME_NO_CLOSE,          /* a multipart that its end never closes */
    MIME_BAD_TYPE,          /* a Content-Type that can't be read */
    MIME_REPEATED_TYPE,     /* several that differ */
    MIME_UNCLEAR,           /* parameters that programs read differently */
    MIME_REPEATED_ENCODING, /* several Content-Transfer-Encoding fields that differ */
    MIME_UNKNOWN_ENCODING,  /* RFC 2045 section 6.4 */
    MIME_ENCODED_COMPOSITE, /* a multipart or message labelled with a real encoding, section 6.4 */
    MIME_MISLABELLED,       /* octets above 127 where the label says 7bit, or nothing */
    MIME_8BIT_ENCODED,      /* octets above 127 under quoted-printable or base64 */
    MIME_8BIT_PREAMBLE,     /* octets above 127 before the first part, or behind the last */
    MIME_BAD_HEADER,        /* a header that a line ends which is no field */
    MIME_TOO_DEEP,          /* and what is below isn't looked into */
    MIME_TOO_MANY,
    MIME_HEADER_TOO_LARGE,
    MIME_DEFECTS,
};

struct mime_part {
    struct mime_part *parent; /* NULL: the message itself */
    struct mime_part *next;   /* in the order of the message */
    struct mime_part *last;   /* the last one inside this one, or itself */
    unsigned number;          /* from 1, in the order of the message */
    unsigned depth;           /* 0: the message itself */
    enum mime_kind kind;

    const struct header_field *header; /* its fields */
    struct slice header_text; /* as it came, with the empty line; nothing where it was told apart */
    bool header_closed;       /* an empty line ended it */
    bool header_8bit;
    bool closed; /* a multipart whose last delimiter came */

    struct mime_value type; /* what Content-Type says, or what holds without it (RFC 2045 section
                               5.2, RFC 2046 section 5.1.5) */
    bool has_type;          /* there is such a field */
    enum mime_encoding encoding;
    struct slice boundary;
    uint32_t defects;

    /* Places in the stream, in octets from its beginning. The line end before a delimiter belongs
     * to the delimiter. */
    uint64_t header_at;
    uint64_t body_at;
    uint64_t end;

    struct body_scan body; /* of a leaf; of a multipart its preamble and epilogue */
    struct base64_scan base64; /* of a leaf under that label */
    bool is_base64; /* it is what its label says, but for octets above 127 */
    bool eightbit;         /* octets above 127 in its body, its parts with their headers included */
};

struct mime_message {
    struct mime_part *first; /* the message itself */
    unsigned parts;
    bool header_apart; /* its header was told field by field, and isn't in the stream */
    size_t field_max;  /* octets that a field of this may have, name and body; 0: any */
    uint64_t size;     /* of the stream */
    bool ends_line;    /* a line end is the last of it */
    uint32_t defects;  /* of all parts together */
};

/* What a stranger wrote, cut, for a reply or the log: other than printable ASCII as "?". */
const char *mime_printable(struct arena *arena, struct slice text);

/* "part 2 (text/plain)", or "the message". */
const char *mime_part_name(struct arena *arena, const struct mime_part *part);

/* "names no boundary" and the like, to be said behind what a part is. */
const char *mime_defect_text(enum mime_defect defect);

/* True for "multipart/signed" asked as ("multipart", "signed") or ("multipart", ""). */
bool mime_type_is(const struct mime_part *part, const char *type, const char *subtype);

/* Something in it that a change of octets would break: DKIM (RFC 6376) or ARC (RFC 8617) signatures
 * of the message, S/MIME and PGP (RFC 1847, RFC 8551) in its parts. */
bool mime_is_signed(const struct mime_message *message);

#endif
