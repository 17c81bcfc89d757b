/* Runs other programs: hands a message to one such as sendmail(1), or asks one. */
#ifndef POSTERN_FILTER_HANDOVER_H
#define POSTERN_FILTER_HANDOVER_H

#include "base/arena.h"

/* Runs arguments[0], with the file `message` as its standard input, read from its beginning, until
 * it ends. True: it ended with status 0. False: reason_r says what became of it, and what it said
 * itself, as one line of printable ASCII in the arena. */
bool handover(struct arena *arena, int message, const char *const *arguments,
              const char **reason_r);

/* Runs arguments[0], which is looked for in PATH, without standard input, until it ends. True: it
 * ended with status 0, and said_r is all that it said on standard output, complained_r on standard
 * error. */
bool handover_ask(struct arena *arena, const char *const *arguments, struct slice *said_r,
                  struct slice *complained_r, const char **reason_r);

#endif
