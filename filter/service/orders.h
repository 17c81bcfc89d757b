/* What a generation is given by the supervisor that forks it. */
#ifndef POSTERN_FILTER_SERVICE_ORDERS_H
#define POSTERN_FILTER_SERVICE_ORDERS_H

#include "sandbox_report.h"
#include "service.h"
#include "witness.h"

struct generation_orders {
    const struct service *service;
    unsigned number;
    bool first; /* nobody has served yet: what is wrong goes to standard error, for who starts it */
    bool first_sandboxed; /* its sandbox, if it has one, is told of */
    int link;   /* to the supervisor */
    int text;   /* where to keep the policy (kept_policy.h) */
    int instead; /* one that was kept, for where the file has an error; -1: there is none, or it may
                    not stand in */
    struct witness *witness;
    struct sandbox_report *sandbox;
};

#endif
