/* Values with parameters, as Content-Type and Content-Disposition have them (RFC 2045 section 5.1,
 * RFC 2183 section 2), with the long and encoded ones of RFC 2231. */
#ifndef POSTERN_MAIL_MIME_VALUE_H
#define POSTERN_MAIL_MIME_VALUE_H

#include "base/arena.h"

struct mime_parameter {
    struct slice name;    /* in lower case, without section number and asterisk */
    struct slice value;   /* without quotes, its sections joined, percent-decoded where RFC 2231
                           * says so; in whatever charset */
    struct slice charset; /* as RFC 2231 section 4 names it; else empty */
    struct mime_parameter *next;
};

struct mime_value {
    struct slice value; /* before the first ";", in lower case, without comments and white space */
    struct mime_parameter *first; /* in the order of the field, whatever appears twice twice */
    bool unclear;   /* more parameters than are read, or sections that are missing, twice there or
                       oddly numbered, so that programs differ */
    bool malformed; /* junk, an unclosed quote or comment, a section missing; all else is read */
};

/* unfolded: the body of a field. Slices of the value live in the arena or point into it. */
void mime_value_parse(struct arena *arena, struct slice unfolded, struct mime_value *value_r);

/* The first parameter of that name, case ignored; NULL where there is none. */
const struct mime_parameter *mime_value_find(const struct mime_value *value, struct slice name);

#endif
