/* Texts of people as the most generous programs read them. These decode encoded words within
 * quotes, glued to text, malformed and cut in two, where RFC 2047 section 5 has none, show nothing
 * of invisible characters, and a circled letter as the letter. */
#ifndef POSTERN_LIB_MAIL_HEADER_GENEROUS_H
#define POSTERN_LIB_MAIL_HEADER_GENEROUS_H

#include "base/arena.h"

enum { GENEROUS_READINGS = 28, GENEROUS_TEXT_MAX = 8192 };

/* What the text says, first as it stands, then with its encoded words read in the ways that
 * programs have; the number of these. A text of more than 8 KB is read in the first two ways alone.
 */
size_t generous_readings(struct arena *arena, struct slice text,
                         struct slice reading_r[GENEROUS_READINGS]);

/* How an address is looked for in a reading. */
enum generous_way {
    GENEROUS_DOTS = 1,     /* no white space around dots either */
    GENEROUS_OCTETS = 2,   /* nothing of backslashes, control characters, broken UTF-8 */
    GENEROUS_COMMENTS = 4, /* nothing of what stands in parentheses */
    GENEROUS_FORMS = 8,    /* forms of characters as what they stand for */
    GENEROUS_WAYS = 16,
};

/* Is there something in the reading that may be taken for an "@"? */
bool generous_has_at(struct slice reading);

/* The reading with "@" and "." for what looks like these, no invisible character and no white space
 * around "@"; of what isn't ASCII letters, marks and digits stay, the rest is a space. */
struct slice generous_plain(struct arena *arena, struct slice reading, unsigned ways);

/* Why encoded words in the text can't be read with certainty, or NULL: their charset is like no
 * other, or isn't known and an address can be seen in them. */
const char *generous_doubt(struct arena *arena, struct slice text);

#endif
