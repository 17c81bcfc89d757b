/* Texts in the charsets of MIME (RFC 2046 section 4.1.2), turned into UTF-8. */
#ifndef POSTERN_LIB_MAIL_TEXT_CHARSET_H
#define POSTERN_LIB_MAIL_TEXT_CHARSET_H

#include "base/arena.h"

enum { CHARSETS_MAX = 128 };

/* The converters that one step has opened. Begin with charsets_new(); end with charsets_close(), or
 * leave that to the arena. */
struct charsets {
    void *open[CHARSETS_MAX];
};

struct charsets *charsets_new(struct arena *arena);

/* False for a charset that isn't known, and for text that isn't valid in it. */
bool charset_decode(struct arena *arena, struct charsets *charsets, struct slice name,
                    struct slice text, struct slice *utf8_r);

/* Can texts in it be read at all? */
bool charset_is_read(struct slice name);

/* One that isn't read, and in which the octets of ASCII's letters say something else: EBCDIC, and
 * what shifts as UTF-7 does. Of other charsets ASCII's octets can be read, whatever the rest is. */
bool charset_is_unlike_ascii(struct slice name);

void charsets_close(struct charsets *charsets);

#endif
