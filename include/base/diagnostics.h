/* Errors and warnings about text that an administrator wrote, each with its place. They are
 * collected, so that one run shows several, and printed as
 *     file:line:column: error: text
 * with the line itself and a caret below it. */
#ifndef POSTERN_BASE_DIAGNOSTICS_H
#define POSTERN_BASE_DIAGNOSTICS_H

#include <stdio.h>

#include "base/arena.h"

/* A text with a name, as read from a file. */
struct source {
    const char *name;      /* as it is shown */
    const char *directory; /* what its relative names are relative to, "" or ending in '/' */
    struct slice text;
    const unsigned *lines; /* by diagnostics_count_lines(), or NULL */
};

/* Notes how many lines there are before every so many octets of the text, so that the position of a
 * place is found without counting from the start. */
void diagnostics_count_lines(struct arena *arena, struct source *source);

/* The name of a file as it is opened, seen from the source that names it; without one: from where
 * the process is. */
const char *diagnostics_source_relative(struct arena *arena, const struct source *source,
                                        struct slice name);

/* A run of octets in a source. A place without source is about the policy as a whole. */
struct place {
    const struct source *source;
    size_t offset;
    size_t length;
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };

struct diagnostic {
    enum severity severity;
    struct place place;
    const char *text;
    struct diagnostic *next;
};

struct diagnostics {
    struct arena *arena;
    struct diagnostic *first; /* in the order of reporting */
    struct diagnostic **last;
    unsigned errors;
    unsigned warnings;
};

/* After this many errors the rest is counted, not kept. */
#define DIAGNOSTICS_MAX_ERRORS 20

/* The texts, and what is kept of them, live in the arena. */
void diagnostics_init(struct diagnostics *diagnostics, struct arena *arena);
void diagnostics_error(struct diagnostics *diagnostics, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void diagnostics_warning(struct diagnostics *diagnostics, struct place place, const char *format,
                         ...) __attribute__((format(printf, 3, 4)));

/* Line and column (in characters of UTF-8) count from 1. */
void diagnostics_position(struct place place, unsigned *line_r, unsigned *column_r);

/* "file:line", for logs. */
const char *diagnostics_place_text(struct arena *arena, struct place place);

void diagnostics_print(const struct diagnostics *diagnostics, FILE *to);

#endif
