/* Header fields with UTF-8 (RFC 6532) said in ASCII alone, without loss: encoded words (RFC 2047),
 * parameters (RFC 2231), A-labels (RFC 5890). */
#ifndef POSTERN_MAIL_CONVERT_FIELD_H
#define POSTERN_MAIL_CONVERT_FIELD_H

#include "base/arena.h"

enum convert_result {
    HEADER_IS_ASCII,      /* nothing to do: body_r is the body */
    HEADER_CONVERTED,     /* body_r says the same in ASCII */
    HEADER_NO_ASCII_FORM, /* an address whose local part, or a label, has none: 5.6.7 */
    HEADER_UNDECIDABLE,   /* octets above 127 where neither encoded word nor parameter may stand */
};

/* One field. name: without colon and without white space around it. body: folded as it came, with
 * "\n" or "\r\n" before white space; may begin with white space, which is kept. body_r is folded
 * with `newline` ("\n" or "\r\n"), its lines at most 76 octets where they can be broken, counted
 * with "name: " on the first; it lives in the arena. */
enum convert_result convert_field(struct arena *arena, struct slice name, struct slice body,
                                  const char *newline, struct slice *body_r);

/* A field that is new, folded with "\n". ascii: it may hold no UTF-8, as above. HEADER_IS_ASCII:
 * nothing had to be encoded. HEADER_UNDECIDABLE is also a line that can't be broken, longer than
 * RFC 5322 section 2.1.1 allows. */
enum convert_result convert_write_field(struct arena *arena, struct slice name, struct slice body,
                                        bool ascii, struct slice *body_r);

#endif
