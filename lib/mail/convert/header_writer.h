/* Writes the body of a header field piece by piece: text becomes encoded words, lines are folded.
 */
#ifndef POSTERN_LIB_MAIL_CONVERT_HEADER_WRITER_H
#define POSTERN_LIB_MAIL_CONVERT_HEADER_WRITER_H

#include "base/arena.h"

/* What stands as it is, or is to be encoded, with the white space before it. Without white space it
 * touches the piece before. */
struct piece {
    struct slice gap;
    struct slice text;
    bool encode;
    bool may_touch_before, may_touch_after; /* encoded words; else white space is put between */
    bool begins_encoded, ends_encoded;      /* what readers take for an encoded word */
    bool begins_base64, ends_base64;        /* what such a word is */
    bool one_space;                         /* as struct header_writer */
    struct piece *next;
};

struct header_writer {
    struct arena *arena;
    const char *newline;
    size_t column;  /* of the body's first octet */
    bool one_space; /* what is written now is a phrase: white space before it stands for a space */
    struct piece *first;
    struct piece *last;
};

void header_writer_init(struct header_writer *writer, struct arena *arena, struct slice name,
                        const char *newline);

/* gap: white space, folded or not, or empty. */
struct piece *header_writer_raw(struct header_writer *writer, struct slice gap, struct slice text);
void header_writer_encode(struct header_writer *writer, struct slice gap, struct slice text);

/* A word of text: encoded where it isn't ASCII, but for the encoded words that it holds already.
 * encode: also where it is ASCII. */
void header_writer_word(struct header_writer *writer, struct slice gap, struct slice word,
                        bool encode);

/* False where a line would be longer than RFC 5322 section 2.1.1 allows. trailing: white space at
 * the end. */
bool header_writer_end(struct header_writer *writer, struct slice trailing, struct slice *body_r);

#endif
