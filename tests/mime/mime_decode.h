/* The parts of a message (RFC 2045, RFC 2046), read in the simplest way: the whole text at once,
 * part by part, looking for each delimiter from the beginning. Nothing of the converter is used. */
#ifndef POSTERN_TESTS_MIME_MIME_DECODE_H
#define POSTERN_TESTS_MIME_MIME_DECODE_H

#include "base/arena.h"

struct decoded_field {
    struct slice name;
    struct slice body; /* folded as it came, without its last line end */
    struct decoded_field *next;
};

struct decoded_part {
    const char *path;  /* "1.2": the second part of the message */
    struct slice type; /* "text/plain", in lower case; what holds where nothing is said */
    const struct decoded_field *fields;
    bool has_type;
    bool malformed; /* its Content-Type could be read in more than one way, or has the boundary of
                     * a multipart around it */
    struct slice encoding; /* in lower case, without comments; "7bit" where nothing is said */
    struct slice header;   /* as it came, with the empty line */
    struct slice body;     /* as it came */
    bool leaf;
    bool inside_signed;
    const struct decoded_part *parent; /* NULL: the message itself */
    struct slice boundary;
    struct slice octets; /* of a leaf, decoded */
    struct decoded_part *next; /* in the order of the message */
};

/* depth: a multipart or message deeper than this counts as a leaf. */
struct decoded_part *mime_decode(struct arena *arena, struct slice text, unsigned depth);

/* RFC 2045 sections 6.7 and 6.8, as leniently as a reader must be. */
struct slice mime_decode_octets(struct arena *arena, struct slice encoded, struct slice encoding);

/* The first field of this name; NULL when there is none. */
const struct decoded_field *mime_decode_field(const struct decoded_field *field, const char *name);

struct decoded_parameter {
    struct slice name; /* in lower case */
    struct slice value;
    struct decoded_parameter *next;
};

/* RFC 2045 section 5.1, RFC 2231: what stands before the first semicolon in lower case, and the
 * parameters, of which the sections are joined and the percent signs read. False for what isn't
 * well formed, as far as it was read. */
bool mime_decode_parameters(struct arena *arena, struct slice body, struct slice *value_r,
                            struct decoded_parameter **first_r);

#endif
