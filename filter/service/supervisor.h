/* The process that administrators and service managers know: it has the socket, and sees to it that
 * a generation serves. It reads nothing that comes from outside. */
#ifndef POSTERN_FILTER_SERVICE_SUPERVISOR_H
#define POSTERN_FILTER_SERVICE_SUPERVISOR_H

#include "service.h"

/* Until a signal ends it, or the first generation can't serve. An exit status of sysexits.h. */
int supervisor_run(struct service *service);

#endif
