/* A thread of a loop: it waits for an event, and serves the connection that has it. */
#ifndef POSTERN_FILTER_NATIVE_WORKER_H
#define POSTERN_FILTER_NATIVE_WORKER_H

#include "loop_inside.h"

/* With the loop's lock held, for one that isn't there, or ended. False: it can't be had. */
bool worker_start(struct worker *worker);

/* Waits for its end. */
void worker_forget(struct worker *worker);

/* Gives the peer of this worker a sign where one is due. For another thread. */
void worker_sign(struct worker *worker, int64_t now_ms);

#endif
