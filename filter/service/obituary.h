/* Says in the log of a generation that has died how, and whose sessions it served. */
#ifndef POSTERN_FILTER_SERVICE_OBITUARY_H
#define POSTERN_FILTER_SERVICE_OBITUARY_H

#include "generations.h"

/* status: as waitpid(2) gives it. The text is in the room. */
enum { OBITUARY_ROOM = 128 };
const char *obituary_cause(int status, char text[OBITUARY_ROOM]);

/* Of one that nobody told to end. */
void obituary_write(const struct generation_place *place, int status);

#endif
