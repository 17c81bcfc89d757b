/* One connection of a loop: its descriptor, what came and wasn't taken yet, and what was answered
 * and isn't written yet. Nothing of that is kept where there is nothing to keep. */
#ifndef POSTERN_FILTER_NATIVE_CONNECTION_H
#define POSTERN_FILTER_NATIVE_CONNECTION_H

#include <stdatomic.h>

#include "base/arena.h"

struct connection {
    struct connection *next, **at; /* in the loop's list */
    struct arena *arena;           /* it lives there */
    void *peer;
    int descriptor;
    atomic_bool served;             /* a thread has it; what one leaves, the next finds */
    atomic_int_least64_t active_ms; /* when it was last heard */

    struct slice kept; /* came, and wasn't taken */
    bool hungry;       /* it is to be heard again, though nothing more may come */
    bool broken;       /* something that was sent is lost: nothing more may be written */

    struct slice unsent; /* to be written first */
    size_t sent;         /* of this */
    int file;            /* what is to be written behind it, or -1 */
    int64_t file_end, file_sent;
};

/* The descriptor becomes the connection's. NULL: there is no memory. */
struct connection *connection_new(int descriptor);
void connection_free(struct connection **connection);

/* Keeps octets that weren't taken in place of those that were kept. False: there is no memory. */
bool connection_keep(struct connection *connection, struct slice octets);

/* Writes, or keeps what can't be written now. False: the connection is broken, if only because what
 * is left can't be kept. */
bool connection_send(struct connection *connection, struct slice octets);

/* Writes all of it, or nothing; where nothing is kept. False: the connection is broken. */
bool connection_send_whole(const struct connection *connection, struct slice octets);

/* Writes of what was kept as much as goes. False: the connection is broken. */
bool connection_resend(struct connection *connection);

bool connection_is_behind(const struct connection *connection);

#endif
