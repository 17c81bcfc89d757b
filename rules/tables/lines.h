/* The lines of a table's source, as postmap(1) reads them: empty lines and lines whose first
 * visible character is "#" are nothing, and one that begins with white space continues the line
 * before. */
#ifndef POSTERN_RULES_TABLES_LINES_H
#define POSTERN_RULES_TABLES_LINES_H

#include "base/buffer.h"

struct table_lines {
    struct slice rest;
    unsigned next;        /* number of the line that `rest` begins with */
    unsigned number;      /* of the line that was read last */
    struct buffer joined; /* where a continued line is put together */
};

void table_lines_begin(struct table_lines *lines, struct arena *arena, struct slice text);

/* The next logical line, without its line end; valid until the next call. */
bool table_lines_next(struct table_lines *lines, struct slice *line_r);

/* White space as it separates keys from values: also VT and FF. */
bool table_is_space(char octet);

/* Without such white space at both ends. */
struct slice table_trim(struct slice s);

#endif
