/* Shapes of what a client can say: each grows by repeating something, to whatever size is asked
 * for, so that what it costs can be held against its size. */
#ifndef POSTERN_TESTS_SHAPE_H
#define POSTERN_TESTS_SHAPE_H

#include "base/buffer.h"

/* Where the text of a shape is said. */
enum shape_place {
    SHAPE_MESSAGE, /* header and body */
    SHAPE_HELO,
    SHAPE_MAIL,       /* words: the path and parameters */
    SHAPE_RCPT,       /* the same */
    SHAPE_RECIPIENTS, /* a line each */
    SHAPE_COMMAND,    /* that nobody knows */
};

/* head, n times open, middle, n times close, tail. In open and close '#' is a number of six digits
 * that grows, '^' the same from 0 without zeros before it, and '$' a name of which the sum of its
 * octets, each times 31 to the power of its place, is always the same; close counts backwards. */
struct shape {
    const char *name;
    enum shape_place place;
    unsigned most; /* of the repetitions, by the limits of the program; 0: none but octets */
    const char *head, *open, *middle, *close, *tail;
};

const struct shape *shapes_all(size_t *count_r);

/* So many repetitions that the text has about so many octets, and no more than are allowed. */
unsigned shape_times(const struct shape *shape, size_t octets);

struct slice shape_text(struct arena *arena, const struct shape *shape, unsigned times);

#endif
