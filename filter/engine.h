/* How the milter protocol is spoken, as the process that serves sees it. An engine serves one
 * listening socket of the process; all but serve() are called from the main thread. */
#ifndef POSTERN_FILTER_ENGINE_H
#define POSTERN_FILTER_ENGINE_H

#include "policy/policy.h"

/* What an engine is given. */
struct engine_needs {
    int listening; /* a socket that listens and doesn't block; the engine keeps a copy of its own */
    struct policy *(*policy)(void *of); /* the present one, of which the engine gives back the
                                           reference; from any thread */
    void *of;
    size_t most_sessions;
};

/* A session is one from when its MTA has negotiated until its connection ends. */
struct engine_sessions {
    size_t open;
    size_t total; /* of those that ever were */
};

struct engine {
    const char *name;

    /* How many sessions there may be where the process may have so many descriptors. */
    size_t (*most_sessions)(size_t descriptors);

    /* Makes ready to serve; while there is one thread. NULL, or why it can't. */
    const char *(*take)(const struct engine_needs *needs);

    /* Serves, on a thread that gets no signals. Comes back when it was ended, and then says true,
     * or gives up. */
    bool (*serve)(void);

    /* Whether serve() has come so far that it takes no signal any more that is for the main thread.
     */
    bool (*is_serving)(void);

    /* No connection is accepted from now on; those that were go on. */
    void (*stop_accepting)(void);

    struct engine_sessions (*sessions)(void);

    /* The process is about to end, without waiting for serve(); what is open is cut off. */
    void (*end)(void);
};

#endif
