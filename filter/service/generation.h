/* A generation: the process that serves under a policy as it was read once. It is forked by the
 * supervisor, and ends when it is told to and its sessions have, or once the supervisor is gone. */
#ifndef POSTERN_FILTER_SERVICE_GENERATION_H
#define POSTERN_FILTER_SERVICE_GENERATION_H

#include "orders.h"

/* Gives up root, loads the policy, says on the link that it is ready, and serves. Of descriptors it
 * has the socket, the link, and those of the log. Ends with a status of sysexits.h; where it can't
 * serve, the reason is in the log and went over the link. */
_Noreturn void generation_run(struct generation_orders *orders);

#endif
