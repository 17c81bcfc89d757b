/* A whole message through scan and conversion, cut into pieces. */
#ifndef POSTERN_TESTS_MIME_MIME_CONVERT_H
#define POSTERN_TESTS_MIME_MIME_CONVERT_H

#include "mail/convert_message.h"

/* Deeper than this isn't looked into. */
enum { MIME_CONVERT_DEPTH = 20 };

struct mime_converted {
    bool done;         /* or refused */
    bool needs_utf8;   /* what the scan said */
    bool reasons_hold; /* there are reasons against it where it is refused, and only there */
    struct slice said; /* the message, or the refusal: "554 5.6.2 reason" */
    const struct mime_message *message;
};

/* what: CONVERT_ bits. seed: 0 for one piece; the sizes of the pieces follow from others. */
struct mime_converted mime_convert(struct arena *arena, struct slice text, unsigned what,
                                   uint32_t seed);

/* Some octets off the front. */
struct slice mime_next_piece(struct slice *rest, uint32_t *seed);

/* Is the outcome the same? */
bool mime_converted_equal(const struct mime_converted *a, const struct mime_converted *b);

#endif
