/* What differs between a test as it is written and what the living MTA told of it. */
#ifndef POSTERN_FILTER_THROUGH_DIFFER_H
#define POSTERN_FILTER_THROUGH_DIFFER_H

#include "live.h"
#include "told.h"

struct difference {
    const char *text; /* printable */
    bool unplayed;    /* no client could show that; else the MTA did it */
    struct difference *next;
};

struct differences {
    struct difference *first, **end;
};

/* What is there already isn't said twice. */
void differ_note(struct arena *arena, struct differences *to, bool unplayed, const char *format,
                 ...) __attribute__((format(printf, 4, 5)));

/* Of a command with its parameters. */
void differ_command(struct arena *arena, struct differences *to, const char *verb,
                    const struct step *test, const struct step *told);

/* Of headers, as text; false: they are the same. */
bool differ_header(struct arena *arena, struct differences *to, struct slice test,
                   struct slice told);

/* Of bodies, but for white space at the ends of lines. */
bool differ_body(struct slice test, struct slice told);

#endif
