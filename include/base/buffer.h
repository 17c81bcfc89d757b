/* A growing run of octets with a ceiling of its own; it belongs to an arena and ends with it. */
#ifndef POSTERN_BASE_BUFFER_H
#define POSTERN_BASE_BUFFER_H

#include <stdarg.h>

#include "base/arena.h"

struct buffer {
    struct arena *arena; /* what it takes counts there */
    char *at;
    size_t len;
    size_t room;
    size_t ceiling;
    bool over; /* something was left out, since the ceiling was reached */
};

/* The buffer struct itself must live at least as long as the arena's present lifetime. */
void buffer_init(struct buffer *buffer, struct arena *arena, size_t ceiling);

/* An addition that doesn't fit below the ceiling is left out whole, and `over` is set. */
void buffer_add(struct buffer *buffer, struct slice s);
void buffer_text(struct buffer *buffer, const char *text);
void buffer_octet(struct buffer *buffer, char octet);
void buffer_printf(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buffer_clear(struct buffer *buffer);

/* What is in it, followed by a NUL that isn't counted; valid until the next addition. */
struct slice buffer_slice(struct buffer *buffer);

#endif
