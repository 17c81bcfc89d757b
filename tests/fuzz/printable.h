/* What a line of the log may hold. */
#ifndef POSTERN_TESTS_PRINTABLE_H
#define POSTERN_TESTS_PRINTABLE_H

/* Aborts unless it is UTF-8 without control characters, and what isn't ASCII can be seen. */
void printable_or_abort(const char *line);

#endif
