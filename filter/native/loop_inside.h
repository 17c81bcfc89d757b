/* A loop from the inside: what its threads share. */
#ifndef POSTERN_FILTER_NATIVE_LOOP_INSIDE_H
#define POSTERN_FILTER_NATIVE_LOOP_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "connection.h"
#include "speech.h"

/* A thread. */
struct worker {
    struct outflow out; /* the first, so that an outflow is its worker */
    struct loop *loop;
    pthread_t thread;
    bool made, ended;              /* under the loop's lock */
    atomic_int_least64_t since_ms; /* of the burst that it works on, or 0 */
    struct arena *arena;
    char *room; /* for a burst */
    struct connection *connection;

    pthread_mutex_t lock;    /* of what follows, and of what is written */
    struct connection *slow; /* whose peer gets signs */
    int64_t signed_ms;
};

struct loop {
    struct arena *arena;
    const struct loop_speech *speech;
    struct loop_limits limits;
    size_t room; /* of each worker, for a burst, and for answers at least */
    int listening, poll;
    int wake;   /* for the watcher */
    int ending; /* for all */
    atomic_size_t sessions, total, threads, busy;
    atomic_bool watching; /* the watcher looks at short intervals */

    pthread_mutex_t lock; /* of what follows, and of `made` and `ended` above */
    struct connection *connections;
    bool shut, paused; /* nobody is accepted any more, or for now */
    int64_t complained_ms;

    pthread_t watcher;
    bool watches; /* it was started */
    struct worker worker[LOOP_THREADS];
};

#endif
