/* Encoded words (RFC 2047 section 2). */
#ifndef POSTERN_LIB_MAIL_HEADER_ENCODED_WORD_H
#define POSTERN_LIB_MAIL_HEADER_ENCODED_WORD_H

#include "base/arena.h"

struct encoded_word {
    struct slice charset; /* without its language (RFC 2231 section 5) */
    char encoding;        /* 'q' or 'b' */
    struct slice text;
    size_t len;
};

/* Reads the one at the front of s, whatever its charset; false where there is none. Readers take
 * them wherever they begin, though section 5 has white space around them. */
bool encoded_word_parse(struct slice s, struct encoded_word *word_r);

/* Where octets above 127 stand in the text of a Q word, which readers decode all the same, they
 * become "=XX". */
struct slice encoded_word_escape(struct arena *arena, struct slice s);

/* A text that is to become encoded words of one charset and one encoding. */
struct encoder {
    struct slice rest;
    bool utf8; /* else "unknown-8bit", RFC 1428 section 3 */
    char encoding;
};

/* Takes the encoding that makes less of the text; Q where both make the same. Words of base64 are
 * cut where no padding is needed, and Q stands in where there is no such place. */
struct encoder encoder_begin(struct slice text);

/* Appends one encoded word of at most `room` octets, with as much of the text as it holds, no
 * character cut (section 5); false, and nothing done, where not one character fits. */
bool encoder_next(struct arena *arena, struct encoder *encoder, size_t room, struct slice *word_r);

#endif
