/* Hands a message to another program, such as sendmail(1). */
#ifndef POSTERN_FILTER_HANDOVER_H
#define POSTERN_FILTER_HANDOVER_H

#include "base/arena.h"

/* Runs arguments[0], with the file `message` as its standard input, read from its beginning, until
 * it ends. True: it ended with status 0. False: reason_r says what became of it, and what it said
 * itself, as one line of printable ASCII in the arena. */
bool handover(struct arena *arena, int message, const char *const *arguments,
              const char **reason_r);

#endif
