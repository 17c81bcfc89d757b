/* What is spoken on the connections of a loop, which knows nothing of it, and how a loop serves. */
#ifndef POSTERN_FILTER_NATIVE_SPEECH_H
#define POSTERN_FILTER_NATIVE_SPEECH_H

#include "base/buffer.h"

/* Where answers go. A peer that doesn't read holds no thread: what it doesn't take is kept, and it
 * is heard again once it took all. */
struct outflow {
    struct buffer buffer;

    /* Writes what can be written, keeps the rest, and empties the buffer: for answers that would
     * make it large. False: the connection is broken. */
    bool (*relieve)(struct outflow *outflow);

    /* From now on, until the next call, the peer may have to wait for long, and gets the sign again
     * and again. The buffer holds whole answers at both calls. */
    void (*slow)(struct outflow *outflow, bool slow);
};

/* The buffer has room for what is ROOM: whoever adds to it relieves it when it holds MUCH, and adds
 * no more than the rest of that at a time. */
enum { OUTFLOW_MUCH = 64 * 1024, OUTFLOW_ROOM = 3 * OUTFLOW_MUCH };

/* take() closes the connection. */
#define LOOP_END SIZE_MAX

/* What is spoken. */
struct loop_speech {
    void *of;

    /* A new connection. What is taken from the arena lives as long as it does. NULL: there is no
     * memory. */
    void *(*begin)(void *of, struct arena *arena, int descriptor);

    /* How many of these octets were taken, or LOOP_END. The others come again, with more behind
     * them; 0: more must come first. May return early, when the buffer holds much. */
    size_t (*take)(void *peer, struct slice octets, struct outflow *to);

    void (*end)(void *peer);

    struct slice sign;
};

struct loop_limits {
    size_t sessions;      /* more wait in the listening socket's backlog */
    size_t longest;       /* octets that take() may leave when it returns 0 */
    size_t least_threads; /* from these to those: one more when all are held up, and a peer waits */
    size_t most_threads;  /* at most LOOP_THREADS */
    int64_t idle_ms;      /* a connection on which nothing happens for so long is closed */
    int64_t sign_ms;      /* between two signs */
};

enum { LOOP_THREADS = 64 };

#endif
