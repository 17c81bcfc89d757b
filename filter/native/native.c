/* The engine native: a loop whose connections speak the milter protocol. */
#include "native.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "base/system.h"
#include "loop.h"
#include "packet.h"
#include "service/descriptors.h"
#include "speaker.h"

/* As long as libmilter has patience; and between two signs of progress, which MTAs want at the end
 * of a message alone. */
enum { IDLE_MS = 7210 * 1000, PROGRESS_MS = 10 * 1000, LEAST_THREADS = 2 };

static struct {
    struct engine_needs needs;
    struct loop_speech speech;
    struct speaker_count count;
    int listening; /* a copy of the engine's own */
    int nowhere;   /* to be put in its place */
    int ending;    /* readable when serve() is to come back */

    pthread_mutex_t lock; /* of what follows */
    struct loop *loop;    /* NULL: not yet, or no more */
    bool shut;
} native = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *
native_begin(void *of, struct arena *arena, int descriptor)
{
    const struct engine_needs *needs = of;

    return speaker_begin(arena, needs->policy(needs->of), descriptor, &native.count);
}

static size_t
native_hear(void *peer, struct slice octets, struct outflow *to)
{
    return speaker_take(peer, octets, to);
}

static void
native_end_peer(void *peer)
{
    speaker_end(peer);
}

static const char *
native_take(const struct engine_needs *needs)
{
    static const char progress[] = {0, 0, 0, 1, PACKET_PROGRESS};

    native.needs = *needs;
    native.speech = (struct loop_speech){
        .of = &native.needs,
        .begin = native_begin,
        .take = native_hear,
        .end = native_end_peer,
        .sign = {progress, sizeof progress},
    };
    native.listening = fcntl(needs->listening, F_DUPFD_CLOEXEC, 0);
    native.nowhere = system_bell();
    native.ending = system_bell();
    if (native.listening < 0 || native.nowhere < 0 || native.ending < 0)
        return "no descriptor is left for it";
    return NULL;
}

static size_t
native_most_sessions(size_t descriptors)
{
    return descriptors > DESCRIPTORS_KEPT ? descriptors - DESCRIPTORS_KEPT : 1;
}

/* With the lock held. What waits in the backlog is refused then, unless others listen there too. */
static void
native_shut(void)
{
    loop_stop_accepting(native.loop);
    dup2(native.nowhere, native.listening);
}

static bool
native_start(void)
{
    const struct loop_limits limits = {
        .sessions = native.needs.most_sessions,
        .longest = PACKET_LONGEST,
        .least_threads = LEAST_THREADS,
        .most_threads = LOOP_THREADS,
        .idle_ms = IDLE_MS,
        .sign_ms = PROGRESS_MS,
    };
    bool started;

    pthread_mutex_lock(&native.lock);
    native.loop = loop_start(native.listening, &native.speech, &limits);
    started = native.loop != NULL;
    if (started && native.shut)
        native_shut();
    pthread_mutex_unlock(&native.lock);
    return started;
}

static bool
native_serve(void)
{
    struct loop *loop;

    if (!native_start())
        return false;
    system_bell_wait(native.ending);
    pthread_mutex_lock(&native.lock);
    loop = native.loop;
    native.loop = NULL;
    pthread_mutex_unlock(&native.lock);
    loop_free(&loop);
    return true;
}

static bool
native_is_serving(void)
{
    bool serving;

    pthread_mutex_lock(&native.lock);
    serving = native.loop != NULL;
    pthread_mutex_unlock(&native.lock);
    return serving;
}

static void
native_stop_accepting(void)
{
    pthread_mutex_lock(&native.lock);
    native.shut = true;
    if (native.loop)
        native_shut();
    pthread_mutex_unlock(&native.lock);
}

static struct engine_sessions
native_sessions(void)
{
    return (struct engine_sessions){.open = native.count.open, .total = native.count.total};
}

static void
native_end(void)
{
    system_bell_ring(native.ending);
}

const struct engine engine_native = {
    .name = "native",
    .most_sessions = native_most_sessions,
    .take = native_take,
    .serve = native_serve,
    .is_serving = native_is_serving,
    .stop_accepting = native_stop_accepting,
    .sessions = native_sessions,
    .end = native_end,
};
