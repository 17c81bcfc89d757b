/* Received fields (RFC 5321 section 4.4): which host wrote one, and under which id. */
#ifndef POSTERN_MAIL_RECEIVED_H
#define POSTERN_MAIL_RECEIVED_H

#include "base/slice.h"

struct received {
    struct slice by, id; /* empty where it doesn't say */
};

/* Takes the field as pairs of words, comments between them left out, up to the semicolon before its
 * date. */
struct received received_parse(struct slice field);

#endif
