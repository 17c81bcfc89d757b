/* The signals of a process that serves. They come to its main thread: libmilter keeps a thread that
 * waits for SIGTERM, SIGINT and SIGHUP, for a hard stop, but the system gives a signal to the main
 * thread as long as that one wants it. Only one that comes just before that thread begins to wait
 * may go to it. */
#ifndef POSTERN_FILTER_SERVICE_SIGNALS_H
#define POSTERN_FILTER_SERVICE_SIGNALS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SIGNALS_END = 1,    /* SIGTERM or SIGINT */
    SIGNALS_RELOAD = 2, /* SIGHUP */
    SIGNALS_WOKEN = 4,  /* signals_wake() was called */
    SIGNALS_CHILD = 8,  /* SIGCHLD */
};

/* While there is one thread; a process that was forked takes them anew. False: there is no
 * descriptor for it. */
bool signals_take(void);

/* Starts a thread that gets no signals, and whose threads get none. */
bool signals_start_thread(void *(*run)(void *of), void *of);

/* Whether another thread waits for these signals, as libmilter's does; true too where that can't be
 * seen. */
bool signals_have_rival(void);

/* What came since the last call, or comes within this time; 0: nothing did. It also comes back when
 * there is something to be had of these descriptors, up to SIGNALS_ALSO. */
enum { SIGNALS_ALSO = 16 };
unsigned signals_wait(const struct pollfd *also, size_t count, int64_t timeout_ms);

/* From any thread. */
void signals_wake(void);

#endif
