/* A thread of a loop. */
#include "worker.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/system.h"
#include "door.h"

/* After so long without work a thread above the least ends. */
enum { SPARE_MS = 60 * 1000 };

static bool
worker_relieve(struct outflow *outflow)
{
    struct worker *worker = (struct worker *)outflow;
    bool sent;

    pthread_mutex_lock(&worker->lock);
    sent = connection_send(worker->connection, buffer_slice(&outflow->buffer));
    pthread_mutex_unlock(&worker->lock);
    buffer_clear(&outflow->buffer);
    return sent;
}

static void
worker_slow(struct outflow *outflow, bool slow)
{
    struct worker *worker = (struct worker *)outflow;

    if (slow && outflow->buffer.len > 0)
        worker_relieve(outflow);
    pthread_mutex_lock(&worker->lock);
    worker->slow = slow ? worker->connection : NULL;
    worker->signed_ms = clock_ms();
    pthread_mutex_unlock(&worker->lock);
}

/* A sign stands between whole answers, and so not where some are still to be written. One that is
 * written in part would break what follows. */
void
worker_sign(struct worker *worker, int64_t now_ms)
{
    struct slice sign = worker->loop->speech->sign;
    struct connection *slow;

    pthread_mutex_lock(&worker->lock);
    slow = worker->slow;
    if (slow && now_ms - worker->signed_ms >= worker->loop->limits.sign_ms) {
        worker->signed_ms = now_ms;
        if (!connection_is_behind(slow) && !connection_send_whole(slow, sign))
            shutdown(slow->descriptor, SHUT_RDWR);
    }
    pthread_mutex_unlock(&worker->lock);
}

/* What was kept, and what came now. False: the peer has closed the connection, or broke it. */
static bool
worker_read(struct worker *worker, struct slice *octets_r)
{
    struct connection *connection = worker->connection;
    size_t held = connection->kept.len;
    ssize_t got;

    if (held > 0)
        memcpy(worker->room, connection->kept.at, held);
    *octets_r = (struct slice){worker->room, held};
    if (connection->hungry)
        return true;
    got = recv(connection->descriptor, worker->room + held, worker->loop->room - held,
               MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR;
    octets_r->len += (size_t)got;
    return got > 0;
}

/* Stops where the peer doesn't take its answers. False: the connection is over. */
static bool
worker_hear(struct worker *worker, struct slice *octets)
{
    const struct loop_speech *speech = worker->loop->speech;
    struct connection *connection = worker->connection;
    size_t taken = octets->len;

    while (taken > 0 && octets->len > 0 && !connection_is_behind(connection)) {
        taken = speech->take(connection->peer, *octets, &worker->out);
        if (worker->out.buffer.len > 0 && !worker_relieve(&worker->out))
            return false;
        if (taken == LOOP_END)
            return false;
        *octets = slice_from(*octets, taken);
    }
    connection->hungry = taken > 0 && octets->len > 0;
    return true;
}

/* What it is armed for next, or nothing: it is over. */
static enum system_wanted
worker_serve(struct worker *worker)
{
    struct connection *connection = worker->connection;
    struct slice octets;

    if (!connection_resend(connection))
        return SYSTEM_NOTHING;
    if (connection_is_behind(connection))
        return SYSTEM_WRITABLE;
    if (!worker_read(worker, &octets) || !worker_hear(worker, &octets) ||
        !connection_keep(connection, octets))
        return SYSTEM_NOTHING;
    connection->active_ms = clock_ms();
    return connection_is_behind(connection) ? SYSTEM_WRITABLE : SYSTEM_READABLE;
}

static void
worker_serve_connection(struct worker *worker, struct connection *connection)
{
    enum system_wanted wanted;
    int descriptor;

    atomic_exchange(&connection->served, true);
    descriptor = connection->descriptor;
    worker->connection = connection;
    buffer_clear(&worker->out.buffer);
    wanted = worker_serve(worker);
    worker->connection = NULL;
    connection->served = false;
    if (wanted == SYSTEM_NOTHING ||
        !system_poll_again(worker->loop->poll, descriptor, wanted, connection))
        door_let_out(worker->loop, connection);
}

/* More may come while all are busy: the watcher looks whether one waits. */
static void
worker_begins(struct worker *worker)
{
    struct loop *loop = worker->loop;

    worker->since_ms = clock_ms();
    if (atomic_fetch_add(&loop->busy, 1) + 1 >= loop->threads && !loop->watching &&
        !atomic_exchange(&loop->watching, true))
        system_bell_ring(loop->wake);
}

static void
worker_handle(struct worker *worker, void *of)
{
    worker_begins(worker);
    if (of == worker->loop)
        door_accept(worker->loop);
    else
        worker_serve_connection(worker, of);
    worker->since_ms = 0;
    worker->loop->busy--;
}

/* True for one that isn't needed. */
static bool
worker_is_spare(struct worker *worker)
{
    struct loop *loop = worker->loop;
    bool spare;

    pthread_mutex_lock(&loop->lock);
    spare = loop->threads > loop->limits.least_threads;
    if (spare) {
        loop->threads--;
        worker->ended = true;
    }
    pthread_mutex_unlock(&loop->lock);
    return spare;
}

static void *
worker_run(void *of)
{
    struct worker *worker = of;
    struct loop *loop = worker->loop;

    for (;;) {
        void *told;
        int count = system_poll_wait(loop->poll, SPARE_MS, &told);

        if (count == 0 && worker_is_spare(worker))
            return NULL;
        if (count > 0 && told == &loop->ending)
            return NULL;
        if (count > 0)
            worker_handle(worker, told);
    }
}

void
worker_forget(struct worker *worker)
{
    pthread_join(worker->thread, NULL);
    arena_free(&worker->arena);
    worker->made = worker->ended = false;
}

/* All that it will need, since nobody could handle it later that there is no memory. */
static void
worker_make_room(void *of)
{
    struct worker *worker = of;

    worker->room = arena_alloc(worker->arena, worker->loop->room);
    buffer_init(&worker->out.buffer, worker->arena, SIZE_MAX);
    buffer_add(&worker->out.buffer, (struct slice){worker->room, OUTFLOW_ROOM});
    buffer_clear(&worker->out.buffer);
}

bool
worker_start(struct worker *worker)
{
    if (worker->made)
        worker_forget(worker);
    worker->arena = arena_try_new(SIZE_MAX);
    if (worker->arena == NULL)
        return false;
    worker->out.relieve = worker_relieve;
    worker->out.slow = worker_slow;
    worker->made = arena_guard(worker->arena, worker_make_room, worker) &&
                   pthread_create(&worker->thread, NULL, worker_run, worker) == 0;
    if (!worker->made)
        arena_free(&worker->arena);
    return worker->made;
}
