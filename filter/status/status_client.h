/* Asks a milter that serves for what it has counted. */
#ifndef POSTERN_FILTER_STATUS_STATUS_CLIENT_H
#define POSTERN_FILTER_STATUS_STATUS_CLIENT_H

#include "base/arena.h"

/* The reason where it answers others, and not this user. */
extern const char status_client_forbidden[];

/* socket: as status-socket names it. path: "/metrics", "/rules" or "/why/ID". False, and a reason,
 * where there is no whole answer within some seconds. The answer lives in the arena. */
bool status_client_ask(struct arena *arena, const char *socket, const char *path,
                       struct slice *answer_r, const char **reason_r);

#endif
