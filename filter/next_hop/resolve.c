/* Knows how to leave a resolver that doesn't answer: it is asked on a thread of its own. */
#include "resolve.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"

/* Of two: who asks, and the thread that gets the answer. Who of them leaves it last frees it, so
 * that the thread may outlive who asked; the names are copies. */
struct resolving {
    struct arena *arena;
    const char *host, *port;

    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t told;
    bool done; /* the thread has left it */
    bool left; /* who asked has */
    int failure;
    struct addrinfo *found; /* whoever frees the rest frees these, unless they were taken */
};

static void
resolving_free(struct resolving *resolving)
{
    struct arena *arena = resolving->arena;

    if (resolving->found)
        freeaddrinfo(resolving->found);
    pthread_cond_destroy(&resolving->told);
    pthread_mutex_destroy(&resolving->lock);
    arena_free(&arena);
}

static struct resolving *
resolving_new(const char *host, const char *port)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct resolving *resolving = ARENA_NEW(arena, struct resolving);
    pthread_condattr_t by_clock;

    resolving->arena = arena;
    resolving->host = arena_string(arena, slice_of(host));
    resolving->port = arena_string(arena, slice_of(port));
    pthread_mutex_init(&resolving->lock, NULL);
    pthread_condattr_init(&by_clock);
    pthread_condattr_setclock(&by_clock, CLOCK_MONOTONIC);
    pthread_cond_init(&resolving->told, &by_clock);
    pthread_condattr_destroy(&by_clock);
    return resolving;
}

static void *
resolving_run(void *of)
{
    static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct resolving *resolving = of;
    struct addrinfo *found = NULL;
    int failure = getaddrinfo(resolving->host, resolving->port, &hints, &found);
    bool left;

    pthread_mutex_lock(&resolving->lock);
    resolving->failure = failure;
    resolving->found = failure == 0 ? found : NULL;
    resolving->done = true;
    left = resolving->left;
    pthread_cond_signal(&resolving->told);
    pthread_mutex_unlock(&resolving->lock);
    if (left)
        resolving_free(resolving);
    return NULL;
}

/* Signals are for the thread that asks. */
static bool
resolving_start(struct resolving *resolving)
{
    pthread_t thread;
    sigset_t all, before;
    bool started;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    started = pthread_create(&thread, NULL, resolving_run, resolving) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started)
        pthread_detach(thread);
    return started;
}

/* True: the thread has left it. False: the thread frees it. */
static bool
resolving_wait(struct resolving *resolving, int64_t end)
{
    struct timespec until = {end / 1000, end % 1000 * 1000000};
    bool done;

    pthread_mutex_lock(&resolving->lock);
    while (!resolving->done && clock_ms() < end)
        pthread_cond_timedwait(&resolving->told, &resolving->lock, &until);
    done = resolving->done;
    resolving->left = true;
    pthread_mutex_unlock(&resolving->lock);
    return done;
}

const char *
resolve_host(const char *host, const char *port, int64_t end, struct addrinfo **found_r)
{
    struct resolving *resolving = resolving_new(host, port);
    int failure;

    *found_r = NULL;
    if (!resolving_start(resolving)) {
        resolving_free(resolving);
        return "no thread can be had to find its addresses";
    }
    if (!resolving_wait(resolving, end))
        return "its addresses were not found in time";
    failure = resolving->failure;
    *found_r = resolving->found;
    resolving->found = NULL;
    resolving_free(resolving);
    return failure == 0 ? NULL : gai_strerror(failure);
}
