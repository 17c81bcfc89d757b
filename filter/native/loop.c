/* Many connections on few threads. Each descriptor is armed for one event, so that the thread which
 * gets that has the connection to itself until it arms it again. One thread more watches. */
#include "loop.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/system.h"
#include "door.h"
#include "worker.h"

/* Between two looks of the watcher: while all threads are busy, and else. */
enum { TICK_MS = 10, REST_MS = 1000 };

/* Threads that have begun their burst within the last tick. */
static size_t
loop_quick_threads(struct loop *loop, int64_t now_ms)
{
    size_t quick = 0;

    for (size_t i = 0; i < LOOP_THREADS; i++) {
        int64_t since_ms = loop->worker[i].since_ms;

        quick += since_ms != 0 && now_ms - since_ms <= TICK_MS;
    }
    return quick;
}

/* A descriptor of system_poll() is readable when one of those that it looks at is. */
static bool
loop_is_held_up(struct loop *loop, int64_t now_ms)
{
    struct pollfd waiting = {.fd = loop->poll, .events = POLLIN};

    return loop->threads < loop->limits.most_threads && loop->busy >= loop->threads &&
           loop_quick_threads(loop, now_ms) < loop->limits.least_threads &&
           poll(&waiting, 1, 0) > 0;
}

/* There are fewer than may be. */
static bool
loop_add_worker(struct loop *loop)
{
    struct worker *worker = loop->worker;
    bool added;

    pthread_mutex_lock(&loop->lock);
    while (worker->made && !worker->ended)
        worker++;
    loop->threads++;
    added = worker_start(worker);
    if (!added)
        loop->threads--;
    pthread_mutex_unlock(&loop->lock);
    return added;
}

/* Whoever serves it finds that it is over. */
static void
loop_end_idle(struct loop *loop, int64_t now_ms)
{
    pthread_mutex_lock(&loop->lock);
    for (struct connection *c = loop->connections; c; c = c->next)
        if (!c->served && now_ms - c->active_ms > loop->limits.idle_ms)
            shutdown(c->descriptor, SHUT_RDWR);
    pthread_mutex_unlock(&loop->lock);
}

static bool
loop_is_paused(struct loop *loop)
{
    bool paused;

    pthread_mutex_lock(&loop->lock);
    paused = loop->paused;
    pthread_mutex_unlock(&loop->lock);
    return paused;
}

/* `watching` is false before `busy` is asked, so that whoever is the last to be busy wakes the
 * watcher, or is seen. */
static void
loop_watch(struct loop *loop)
{
    int64_t now_ms = clock_ms();

    if (loop_is_held_up(loop, now_ms))
        loop_add_worker(loop);
    loop->watching = false;
    if (loop->busy >= loop->threads)
        loop->watching = true;
}

static void
loop_look_after(struct loop *loop)
{
    int64_t now_ms = clock_ms();

    for (size_t i = 0; i < LOOP_THREADS; i++)
        worker_sign(&loop->worker[i], now_ms);
    loop_end_idle(loop, now_ms);
    if (loop_is_paused(loop))
        door_open(loop);
}

static void *
loop_run_watcher(void *of)
{
    struct loop *loop = of;
    struct pollfd told[] = {{.fd = loop->wake, .events = POLLIN},
                            {.fd = loop->ending, .events = POLLIN}};
    int64_t looked_ms = clock_ms();

    for (;;) {
        poll(told, 2, loop->watching ? TICK_MS : REST_MS);
        if (told[1].revents)
            return NULL;
        if (told[0].revents) {
            system_bell_mute(loop->wake);
            poll(told + 1, 1, TICK_MS);
        }
        loop_watch(loop);
        if (clock_ms() - looked_ms >= REST_MS) {
            looked_ms = clock_ms();
            loop_look_after(loop);
        }
    }
}

static bool
loop_make(struct loop *loop)
{
    return loop->poll >= 0 && loop->wake >= 0 && loop->ending >= 0 &&
           system_poll_always(loop->poll, loop->ending, &loop->ending) &&
           system_poll_add(loop->poll, loop->listening, SYSTEM_READABLE, loop);
}

static bool
loop_start_threads(struct loop *loop)
{
    while (loop->threads < loop->limits.least_threads)
        if (!loop_add_worker(loop))
            return false;
    loop->watches = pthread_create(&loop->watcher, NULL, loop_run_watcher, loop) == 0;
    return loop->watches;
}

struct loop *
loop_start(int listening, const struct loop_speech *speech, const struct loop_limits *limits)
{
    struct arena *arena = arena_try_new(SIZE_MAX);
    struct loop *loop;

    if (arena == NULL)
        return NULL;
    loop = ARENA_NEW(arena, struct loop);
    loop->arena = arena;
    loop->speech = speech;
    loop->limits = *limits;
    loop->room = 2 * limits->longest > OUTFLOW_ROOM ? 2 * limits->longest : OUTFLOW_ROOM;
    loop->listening = listening;
    loop->poll = system_poll();
    loop->wake = system_bell();
    loop->ending = system_bell();
    pthread_mutex_init(&loop->lock, NULL);
    for (size_t i = 0; i < LOOP_THREADS; i++) {
        loop->worker[i].loop = loop;
        pthread_mutex_init(&loop->worker[i].lock, NULL);
    }
    if (!loop_make(loop) || !loop_start_threads(loop))
        loop_free(&loop);
    return loop;
}

void
loop_stop_accepting(struct loop *loop)
{
    door_shut(loop);
}

size_t
loop_sessions(struct loop *loop)
{
    return loop->sessions;
}

size_t
loop_total(struct loop *loop)
{
    return loop->total;
}

size_t
loop_threads(struct loop *loop)
{
    return loop->threads;
}

static void
loop_join(struct loop *loop)
{
    if (loop->ending >= 0)
        system_bell_ring(loop->ending);
    if (loop->watches)
        pthread_join(loop->watcher, NULL);
    for (size_t i = 0; i < LOOP_THREADS; i++)
        if (loop->worker[i].made)
            worker_forget(&loop->worker[i]);
}

void
loop_free(struct loop **loop)
{
    struct loop *freed = *loop;
    struct arena *arena = freed->arena;
    int descriptors[] = {freed->poll, freed->wake, freed->ending};

    loop_join(freed);
    door_shut(freed);
    while (freed->connections)
        door_let_out(freed, freed->connections);
    for (size_t i = 0; i < sizeof descriptors / sizeof descriptors[0]; i++)
        if (descriptors[i] >= 0)
            close(descriptors[i]);
    for (size_t i = 0; i < LOOP_THREADS; i++)
        pthread_mutex_destroy(&freed->worker[i].lock);
    pthread_mutex_destroy(&freed->lock);
    arena_free(&arena);
    *loop = NULL;
}
