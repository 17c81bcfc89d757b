/* How a generation comes to its end: by word of its supervisor, without one, or by a signal. */
#ifndef POSTERN_FILTER_SERVICE_LEAVE_H
#define POSTERN_FILTER_SERVICE_LEAVE_H

#include "engine.h"
#include "orders.h"

enum leave_why {
    LEAVE_NOT,
    LEAVE_FOR_NEWER, /* another generation accepts in its place */
    LEAVE_ORPHANED,  /* there is no supervisor any more */
    LEAVE_STOPPED,   /* the service ends */
};

struct leaving {
    const struct engine *engine;
    unsigned number; /* of the generation */
    int link;
    const struct listening *listening;
    int64_t drain_ms; /* how long a stop waits that a signal brings */
    enum leave_why why;
    int64_t since_ms;      /* nobody is accepted */
    int64_t orphaned_ms;   /* 0: there is a supervisor */
    int64_t until_ms;      /* when it ends at the latest */
    bool between_messages; /* it ends with the last message, not with the last session */
};

void leave_init(struct leaving *leaving, const struct engine *engine,
                const struct generation_orders *orders, int64_t drain_ms);

/* Waits for a while, and hears who wants it to end. */
void leave_wait(struct leaving *leaving);

/* Whether it is to end now. */
bool leave_is_due(const struct leaving *leaving);

/* Logs how it ends. */
void leave_tell(const struct leaving *leaving);

/* Waits a moment for a reader of the log that is slow, but there. */
void leave_flush_log(void);

#endif
