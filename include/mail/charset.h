/* Texts in the charsets of MIME (RFC 2046 section 4.1.2), turned into UTF-8. */
#ifndef POSTERN_MAIL_CHARSET_H
#define POSTERN_MAIL_CHARSET_H

#include "base/arena.h"

enum { CHARSETS_MAX = 128 };

/* The converters that one step has opened. */
struct charsets {
    void *open[CHARSETS_MAX];
};

/* None is open yet. They end with charsets_close(), or with the arena. */
struct charsets *charsets_new(struct arena *arena);

/* Opens all that there are. The C library reads files for that, when a charset is first used; as
 * long as one is open it reads none. */
void charsets_open_all(struct charsets *charsets);

void charsets_close(struct charsets *charsets);

/* False for a charset that isn't known, and for text that isn't valid in it. */
bool charset_decode(struct arena *arena, struct charsets *charsets, struct slice name,
                    struct slice text, struct slice *utf8_r);

/* Can texts in it be read at all? Not each C library knows all that are known here. */
bool charset_is_read(struct charsets *charsets, struct slice name);

/* Asked of one that isn't read: one in which the octets of ASCII's letters say something else:
 * EBCDIC, and what shifts as UTF-7 does. Of other charsets ASCII's octets can be read, whatever the
 * rest is. */
bool charset_is_unlike_ascii(struct slice name);

#endif
