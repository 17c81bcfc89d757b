/* The socket that a service manager has made and hands over, as sd_listen_fds(3) has it. */
#ifndef POSTERN_FILTER_SERVICE_HANDED_H
#define POSTERN_FILTER_SERVICE_HANDED_H

#include "listen.h"

/* False: none is handed over; or, with a reason, what is handed over can't be served. */
bool handed_take(struct arena *arena, struct listening *listening_r, const char **reason_r);

#endif
