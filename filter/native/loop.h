/* Many connections on few threads, which share one epoll: each connection is served by one thread
 * at a time, what a burst brings is read at once, and what it is answered is written at once. */
#ifndef POSTERN_FILTER_NATIVE_LOOP_H
#define POSTERN_FILTER_NATIVE_LOOP_H

#include "speech.h"

struct loop;

/* listening: a non-blocking stream socket, which stays the caller's. NULL: no memory, descriptor or
 * thread can be had. Threads inherit the caller's mask of signals; SIGPIPE must be ignored. */
struct loop *loop_start(int listening, const struct loop_speech *speech,
                        const struct loop_limits *limits);

/* From now on no connection is accepted, and loop_sessions() doesn't grow. */
void loop_stop_accepting(struct loop *loop);

/* Connections that are open, all that ever were, and threads. */
size_t loop_sessions(struct loop *loop);
size_t loop_total(struct loop *loop);
size_t loop_threads(struct loop *loop);

/* Waits for the calls of take() that are under way, and cuts off what is open. */
void loop_free(struct loop **loop);

#endif
