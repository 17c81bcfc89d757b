/* One connection of a loop. */
#include "connection.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/system.h"
#include "spool.h"
#include "write_all.h"

/* What a peer doesn't take is kept in memory up to so much, else in a file. */
enum { MOST_UNSENT = 256 * 1024 };

/* What a peer that is spoken with needs beside it. */
enum { PEER_NEEDS = 128 };

struct connection *
connection_new(int descriptor)
{
    struct arena *arena = arena_new_counted(SIZE_MAX, sizeof(struct connection) + PEER_NEEDS);
    struct connection *connection = arena ? ARENA_NEW(arena, struct connection) : NULL;

    if (connection == NULL) {
        close(descriptor);
        return NULL;
    }
    connection->arena = arena;
    connection->descriptor = descriptor;
    connection->file = -1;
    return connection;
}

/* Room for `wanted` octets in place of those that a slice holds. */
struct resizing {
    struct arena *arena;
    struct slice *text;
    size_t wanted;
};

static void
resizing_make(void *of)
{
    struct resizing *resizing = of;
    struct slice *text = resizing->text;

    text->at = arena_resize(resizing->arena, (void *)(uintptr_t)text->at, text->len,
                            resizing->wanted);
    text->len = resizing->wanted;
}

static bool
connection_resize(struct connection *connection, struct slice *text, size_t wanted)
{
    struct resizing resizing = {connection->arena, text, wanted};

    return text->len == wanted || arena_guard(connection->arena, resizing_make, &resizing);
}

void
connection_free(struct connection **connection)
{
    struct connection *freed = *connection;
    struct arena *arena = freed->arena;

    connection_resize(freed, &freed->kept, 0);
    connection_resize(freed, &freed->unsent, 0);
    if (freed->file >= 0)
        close(freed->file);
    close(freed->descriptor);
    arena_free(&arena);
    *connection = NULL;
}

bool
connection_keep(struct connection *connection, struct slice octets)
{
    if (!connection_resize(connection, &connection->kept, octets.len))
        return false;
    if (octets.len > 0)
        memcpy((char *)(uintptr_t)connection->kept.at, octets.at, octets.len);
    return true;
}

bool
connection_is_behind(const struct connection *connection)
{
    return connection->unsent.len > 0 || connection->file >= 0;
}

/* Takes off what could be written. False: the connection is broken. */
static bool
connection_write(const struct connection *connection, struct slice *octets)
{
    while (octets->len > 0) {
        ssize_t sent =
            send(connection->descriptor, octets->at, octets->len, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return errno == EAGAIN;
        *octets = slice_from(*octets, (size_t)sent);
    }
    return true;
}

bool
connection_send_whole(const struct connection *connection, struct slice octets)
{
    ssize_t sent =
        send(connection->descriptor, octets.at, octets.len, MSG_DONTWAIT | MSG_NOSIGNAL);

    return sent < 0 ? errno == EAGAIN || errno == EINTR : (size_t)sent == octets.len;
}

struct filing {
    struct connection *connection;
    int file;
};

static void
filing_open(void *of)
{
    struct filing *filing = of;

    filing->file = spool_file(filing->connection->arena);
}

static bool
connection_file(struct connection *connection, struct slice octets)
{
    struct filing filing = {connection, connection->file};

    if (filing.file < 0)
        arena_guard(connection->arena, filing_open, &filing);
    connection->file = filing.file;
    connection->file_end += (int64_t)octets.len;
    return filing.file >= 0 && write_all(filing.file, octets);
}

static bool
connection_hold(struct connection *connection, struct slice octets)
{
    size_t held = connection->unsent.len;

    if (octets.len == 0)
        return true;
    if (connection->file >= 0 || held + octets.len > MOST_UNSENT)
        return connection_file(connection, octets);
    if (!connection_resize(connection, &connection->unsent, held + octets.len))
        return false;
    memcpy((char *)(uintptr_t)connection->unsent.at + held, octets.at, octets.len);
    return true;
}

bool
connection_send(struct connection *connection, struct slice octets)
{
    if (!connection->broken && !connection_is_behind(connection))
        connection->broken = !connection_write(connection, &octets);
    if (connection->broken || connection_hold(connection, octets))
        return !connection->broken;
    log_write(LOG_LEVEL_WARNING, "what an MTA should read can't be kept: it is cut off");
    connection->broken = true;
    return false;
}

static bool
connection_resend_file(struct connection *connection)
{
    while (connection->file_sent < connection->file_end) {
        int64_t sent =
            system_send_file(connection->descriptor, connection->file, &connection->file_sent,
                             (size_t)(connection->file_end - connection->file_sent));

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return sent < 0 && errno == EAGAIN;
    }
    close(connection->file);
    connection->file = -1;
    connection->file_end = connection->file_sent = 0;
    return true;
}

bool
connection_resend(struct connection *connection)
{
    struct slice rest = connection->unsent;

    if (rest.len > 0)
        rest = slice_from(rest, connection->sent);
    if (connection->broken || !connection_write(connection, &rest))
        return false;
    connection->sent = connection->unsent.len - rest.len;
    if (rest.len > 0)
        return true;
    connection->sent = 0;
    connection_resize(connection, &connection->unsent, 0);
    return connection->file < 0 || connection_resend_file(connection);
}
