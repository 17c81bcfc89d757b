/* What the supervisor and a generation tell each other, over a pair of sockets. */
#ifndef POSTERN_FILTER_SERVICE_LINK_H
#define POSTERN_FILTER_SERVICE_LINK_H

#include "service_settings.h"

enum link_kind {
    LINK_NOTHING, /* nothing has come */
    LINK_ENDED,   /* the other one is gone */

    /* from a generation */
    LINK_READY,    /* it serves: settings; and the reason, where it does so under a kept policy */
    LINK_REFUSED,  /* it can't serve, and ends: reason */
    LINK_RELIEVED, /* it has been told to drain, and accepts nobody any more */

    /* to a generation */
    LINK_DRAIN, /* accept nobody any more, and end with the last session */
    LINK_LEAVE, /* and as soon as no session is within a message */
    LINK_STOP,  /* the service ends: so too, and with patience_ms; the socket is closed to all */
};

enum { LINK_REASON = 512 };

struct link_message {
    enum link_kind kind;
    int64_t patience_ms;
    struct service_settings settings;
    char reason[LINK_REASON];
};

/* False: there is no descriptor. Both are closed by exec. */
bool link_open(int *supervisor_r, int *generation_r);

/* Doesn't wait, and nothing is lost while few messages are on their way. */
void link_send(int link, const struct link_message *message);

/* The next message, without waiting; all that comes is whole. */
enum link_kind link_receive(int link, struct link_message *message_r);

#endif
