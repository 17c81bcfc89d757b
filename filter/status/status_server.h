/* Answers whoever asks what was counted, by HTTP: GET /metrics, and GET /rules for people, and
 * GET /why/ID, whose answer is empty where nothing is remembered of it; what plays.h has, to root
 * and to who serves alone. On one thread, a few at a
 * time, each for a short time only. */
#ifndef POSTERN_FILTER_STATUS_STATUS_SERVER_H
#define POSTERN_FILTER_STATUS_STATUS_SERVER_H

#include "exposition.h"

/* NULL: there is no descriptor or memory left. listening: a socket that listens and doesn't block,
 * of which the server keeps a copy of its own. */
struct status_server *status_server_new(struct arena *arena, int listening,
                                        const struct exposition_about *about);

/* The thread's; comes back when it was stopped, and nobody is left who was accepted before. */
void *status_server_run(void *server);

/* From any thread: accepts nobody any more. Who was accepted is answered, unless the process ends
 * first. */
void status_server_stop(struct status_server *server);

#endif
