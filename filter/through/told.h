/* What the living MTA told Postern of one transaction, as steps of a test. */
#ifndef POSTERN_FILTER_THROUGH_TOLD_H
#define POSTERN_FILTER_THROUGH_TOLD_H

#include "policy/scenario.h"

/* A command, and the macros that came before it. */
struct told_command {
    const struct step *macros; /* `count` of them, one behind the other */
    size_t count;
    const struct step *step; /* NULL: it wasn't told */
};

struct told {
    struct told_command connect, helo, mail, content;
    const struct step *tls, *auth;
    struct told_command *recipient;
    size_t recipients;
    const char *const *unsent; /* "{daemon_port} at connect"; NULL ends them */
    bool cut, other_octets;    /* it couldn't be told whole, or octet by octet */
};

/* False: it can't be read, or is empty. */
bool told_read(struct arena *arena, struct slice text, struct told *told_r);

#endif
