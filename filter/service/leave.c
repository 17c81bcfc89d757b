/* Who leaves accepts nobody any more, and lets open sessions end. The engine lets go of the socket
 * before that is closed to all: it would mind. */
#include "leave.h"

#include <poll.h>

#include "base/clock.h"
#include "base/log.h"
#include "link.h"
#include "signals.h"
#include "witness.h"

/* GRACE_MS: for connections that were accepted just before, and that nobody counts before their MTA
 * negotiates; and for the answer to a message to be written. DRAIN_GRACE_MS: the same where nobody
 * waits for it. */
enum {
    LOOK_MS = 20,
    DRAIN_LOOK_MS = 100,
    IDLE_LOOK_MS = 1000,
    LAST_LINES_MS = 1000,
    GRACE_MS = 1000,
    DRAIN_GRACE_MS = 2000,
};

void
leave_init(struct leaving *leaving, const struct engine *engine,
           const struct generation_orders *orders, int64_t drain_ms)
{
    *leaving = (struct leaving){.engine = engine,
                                .number = orders->number,
                                .link = orders->link,
                                .listening = &orders->service->listening,
                                .drain_ms = drain_ms,
                                .until_ms = INT64_MAX};
}

/* Whoever accepts last ends the socket. */
static void
leave_begin(struct leaving *leaving, enum leave_why why)
{
    bool accepted = leaving->why == LEAVE_NOT;

    if (accepted) {
        leaving->engine->stop_accepting();
        leaving->since_ms = clock_ms();
    }
    if (accepted && why != LEAVE_FOR_NEWER)
        listen_end(leaving->listening);
    leaving->why = why;
}

static void
leave_relieved(struct leaving *leaving)
{
    const struct link_message message = {.kind = LINK_RELIEVED};

    leave_begin(leaving, LEAVE_FOR_NEWER);
    link_send(leaving->link, &message);
}

/* What becomes of mail whose session is cut off is for its MTA to say (milter_default_action in
 * Postfix). */
static void
leave_stop(struct leaving *leaving, int64_t patience_ms)
{
    leave_begin(leaving, LEAVE_STOPPED);
    leaving->until_ms = clock_ms() + patience_ms;
    log_write(LOG_LEVEL_INFO, "stopping: sessions open: %zu", leaving->engine->sessions().open);
}

/* There may be nobody left who accepts: then it is the others who end the socket. */
static void
leave_orphaned(struct leaving *leaving)
{
    leave_begin(leaving, LEAVE_ORPHANED);
    leaving->link = -1;
    leaving->orphaned_ms = clock_ms();
    log_write(LOG_LEVEL_ERROR, "the supervisor has gone; sessions that may end yet: %zu",
              leaving->engine->sessions().open);
}

/* False: nothing more has come. */
static bool
leave_hear_one(struct leaving *leaving)
{
    struct link_message message;

    switch (link_receive(leaving->link, &message)) {
    case LINK_NOTHING:
    case LINK_READY:
    case LINK_REFUSED:
    case LINK_RELIEVED:
        return false;
    case LINK_ENDED:
        leave_orphaned(leaving);
        return false;
    case LINK_DRAIN:
        leave_relieved(leaving);
        return true;
    case LINK_LEAVE:
        leaving->between_messages = true;
        return true;
    case LINK_STOP:
        leave_stop(leaving, message.patience_ms);
        return true;
    }
    return false;
}

static int64_t
leave_patience(const struct leaving *leaving)
{
    if (!log_flush() || leaving->why == LEAVE_STOPPED)
        return LOOK_MS;
    return leaving->why == LEAVE_NOT ? IDLE_LOOK_MS : DRAIN_LOOK_MS;
}

/* Signals are for the supervisor, who may be told by a terminal that tells all processes; without
 * one they are for whoever is left. */
void
leave_wait(struct leaving *leaving)
{
    struct pollfd told = {.fd = leaving->link, .events = POLLIN};
    unsigned seen = signals_wait(&told, 1, leave_patience(leaving));

    while (leaving->link >= 0 && leave_hear_one(leaving))
        continue;
    if (seen & SIGNALS_END && leaving->link < 0)
        leave_stop(leaving, leaving->why == LEAVE_STOPPED ? 0 : leaving->drain_ms);
    if (leaving->orphaned_ms && clock_ms() - leaving->orphaned_ms >= GRACE_MS)
        listen_end(leaving->listening);
}

static int64_t
leave_grace(const struct leaving *leaving)
{
    return leaving->why == LEAVE_STOPPED ? GRACE_MS : DRAIN_GRACE_MS;
}

static bool
leave_is_between_messages(const struct leaving *leaving)
{
    return leaving->between_messages && witness_is_quiet(GRACE_MS);
}

bool
leave_is_due(const struct leaving *leaving)
{
    int64_t now_ms = clock_ms();

    if (leaving->why == LEAVE_NOT)
        return false;
    if (now_ms >= leaving->until_ms)
        return true;
    if (now_ms - leaving->since_ms < leave_grace(leaving))
        return false;
    return leaving->engine->sessions().open == 0 || leave_is_between_messages(leaving);
}

void
leave_tell(const struct leaving *leaving)
{
    struct engine_sessions sessions = leaving->engine->sessions();
    size_t served = sessions.total - sessions.open;

    if (leaving->why == LEAVE_STOPPED)
        log_write(sessions.open ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO,
                  "stopped: sessions served: %zu, cut off: %zu", served, sessions.open);
    else
        log_write(LOG_LEVEL_INFO,
                  "generation %u ends: sessions served: %zu, ended between two messages: %zu",
                  leaving->number, served, sessions.open);
}

void
leave_flush_log(void)
{
    for (int waited_ms = 0; !log_flush() && waited_ms < LAST_LINES_MS; waited_ms += LOOK_MS)
        signals_wait(NULL, 0, LOOK_MS);
}
