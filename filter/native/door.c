/* The door of a loop. */
#include "door.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/system.h"
#include "count/tally.h"

enum { BETWEEN_COMPLAINTS_MS = 60 * 1000 };

void
door_open(struct loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    if (!loop->shut)
        system_poll_again(loop->poll, loop->listening, SYSTEM_READABLE, loop);
    loop->paused = false;
    pthread_mutex_unlock(&loop->lock);
}

/* With the lock held: once a minute is enough. */
static bool
door_may_complain(struct loop *loop)
{
    int64_t now = clock_ms();

    if (loop->complained_ms && now - loop->complained_ms < BETWEEN_COMPLAINTS_MS)
        return false;
    loop->complained_ms = now;
    return true;
}

/* Counted before it is accepted, so that who stops accepting and then counts misses nobody. */
static bool
door_counts_one(struct loop *loop)
{
    bool complain = false, has_room;

    pthread_mutex_lock(&loop->lock);
    has_room = !loop->shut && loop->sessions < loop->limits.sessions;
    if (has_room) {
        loop->sessions++;
    } else if (!loop->shut) {
        tally_bound("max-sessions");
        complain = door_may_complain(loop);
    }
    loop->paused = !has_room;
    pthread_mutex_unlock(&loop->lock);
    if (complain)
        log_write(LOG_LEVEL_WARNING, "max-sessions is reached: %zu; more of them wait",
                  loop->limits.sessions);
    return has_room;
}

void
door_shut(struct loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    loop->shut = true;
    system_poll_drop(loop->poll, loop->listening);
    pthread_mutex_unlock(&loop->lock);
}

static void
door_uncounts_one(struct loop *loop)
{
    bool paused;

    pthread_mutex_lock(&loop->lock);
    loop->sessions--;
    paused = loop->paused;
    pthread_mutex_unlock(&loop->lock);
    if (paused)
        door_open(loop);
}

static void
door_link(struct loop *loop, struct connection *connection)
{
    pthread_mutex_lock(&loop->lock);
    connection->next = loop->connections;
    connection->at = &loop->connections;
    if (connection->next)
        connection->next->at = &connection->next;
    loop->connections = connection;
    pthread_mutex_unlock(&loop->lock);
}

/* Out of the list before its descriptor may be another's. */
void
door_let_out(struct loop *loop, struct connection *connection)
{
    pthread_mutex_lock(&loop->lock);
    *connection->at = connection->next;
    if (connection->next)
        connection->next->at = connection->at;
    pthread_mutex_unlock(&loop->lock);
    if (connection->peer)
        loop->speech->end(connection->peer);
    connection_free(&connection);
    door_uncounts_one(loop);
}

/* Nobody may touch it behind the arming, since another thread may have ended it. */
static void
door_let_in(struct loop *loop, int descriptor)
{
    struct connection *connection = connection_new(descriptor);

    if (connection == NULL) {
        door_uncounts_one(loop);
        return;
    }
    connection->active_ms = clock_ms();
    door_link(loop, connection);
    connection->peer = loop->speech->begin(loop->speech->of, connection->arena, descriptor);
    loop->total++;
    if (connection->peer == NULL ||
        !system_poll_add(loop->poll, descriptor, SYSTEM_READABLE, connection))
        door_let_out(loop, connection);
}

/* The watcher tries again. */
static void
door_pause(struct loop *loop, int error)
{
    bool complain;

    pthread_mutex_lock(&loop->lock);
    loop->sessions--;
    loop->paused = true;
    complain = !loop->shut && door_may_complain(loop);
    pthread_mutex_unlock(&loop->lock);
    if (complain)
        log_write(LOG_LEVEL_WARNING, "no connection can be accepted: %s", system_error(error));
}

static bool
error_is_of_one(int error)
{
    return error == EINTR || error == ECONNABORTED || error == EPERM || error == EPROTO;
}

void
door_accept(struct loop *loop)
{
    while (door_counts_one(loop)) {
        int descriptor = accept4(loop->listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (descriptor >= 0) {
            door_let_in(loop, descriptor);
        } else if (errno == EAGAIN) {
            door_uncounts_one(loop);
            door_open(loop);
            return;
        } else if (error_is_of_one(errno)) {
            door_uncounts_one(loop);
        } else {
            door_pause(loop, errno);
            return;
        }
    }
}
