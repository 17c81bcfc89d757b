/* Texts in the charsets of MIME (RFC 2046 section 4.1.2), turned into UTF-8. */
#ifndef POSTERN_LIB_MAIL_CHARSET_H
#define POSTERN_LIB_MAIL_CHARSET_H

#include "base/arena.h"

enum { CHARSETS_MAX = 64 };

/* The converters that one step has opened. Begin with a zeroed struct; end with charsets_close().
 */
struct charsets {
    void *open[CHARSETS_MAX];
};

/* False for a charset that isn't known, and for text that isn't valid in it. */
bool charset_decode(struct arena *arena, struct charsets *charsets, struct slice name,
                    struct slice text, struct slice *utf8_r);

void charsets_close(struct charsets *charsets);

#endif
