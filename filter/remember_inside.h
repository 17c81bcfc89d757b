/* A text that is being remembered. */
#ifndef POSTERN_FILTER_REMEMBER_INSIDE_H
#define POSTERN_FILTER_REMEMBER_INSIDE_H

#include "remember.h"

struct remembering {
    const struct dialogue *dialogue;
    const struct audit_entry *entry;
    const char *line; /* of the log */
    struct arena *arena;
    struct buffer text;
    time_t when;
    bool masked;
    struct slice login; /* to be masked; may be empty */
    bool cut, other_octets;
};

/* A word with a space before it; in quotes where it needs them. */
void remember_word(struct remembering *r, struct slice word);

/* Text in which nothing can be escaped. */
void remember_plain(struct remembering *r, struct slice text);

#endif
