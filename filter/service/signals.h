/* The signals of a process that serves. They come to its main thread: libmilter keeps a thread that
 * waits for SIGTERM, SIGINT and SIGHUP, for a hard stop, but the system gives a signal to the main
 * thread as long as that one wants it. Only one that comes just before that thread begins to wait
 * may go to it. */
#ifndef POSTERN_FILTER_SERVICE_SIGNALS_H
#define POSTERN_FILTER_SERVICE_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    SIGNALS_END = 1,    /* SIGTERM or SIGINT */
    SIGNALS_RELOAD = 2, /* SIGHUP */
    SIGNALS_WOKEN = 4,  /* signals_wake() was called */
};

/* While there is one thread. False: there is no descriptor for it. */
bool signals_take(void);

/* Starts a thread that gets no signals, and whose threads get none. */
bool signals_start_thread(void *(*run)(void *of), void *of);

/* Whether another thread waits for these signals, as libmilter's does; true too where that can't be
 * seen. */
bool signals_have_rival(void);

/* What came since the last call, or comes within this time; 0: nothing did. */
unsigned signals_wait(int64_t timeout_ms);

/* From any thread. */
void signals_wake(void);

#endif
