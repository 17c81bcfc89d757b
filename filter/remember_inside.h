/* A text that is being remembered. */
#ifndef POSTERN_FILTER_REMEMBER_INSIDE_H
#define POSTERN_FILTER_REMEMBER_INSIDE_H

#include "remember.h"

struct remembering {
    const struct dialogue *dialogue;
    const struct audit_entry *entry; /* NULL: of a test that is played */
    const char *line;                /* of the log */
    enum stage stage;
    const struct answer *answer; /* of a test that is played */
    struct arena *arena;
    struct buffer text;
    time_t when;
    bool masked;
    struct slice login; /* to be masked; may be empty */
    bool cut, other_octets;
};

/* All that the MTA told up to this stage, from the connection on, with what isn't whole. */
void remember_told(struct remembering *r);

/* A word with a space before it; in quotes where it needs them. */
void remember_word(struct remembering *r, struct slice word);

/* Text in which nothing can be escaped. */
void remember_plain(struct remembering *r, struct slice text);

#endif
