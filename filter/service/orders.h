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
    int link;   /* to the supervisor */
    struct witness *witness;
    struct sandbox_report *sandbox;
};

#endif
