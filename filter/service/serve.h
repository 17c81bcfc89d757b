/* The process that serves MTAs. */
#ifndef POSTERN_FILTER_SERVICE_SERVE_H
#define POSTERN_FILTER_SERVICE_SERVE_H

#include "policy/policy.h"

/* Serves under this policy until a signal ends it, and then doesn't return; else an exit status of
 * sysexits.h, with the reason in the log. The log is open, and no thread runs yet. */
int serve(struct policy *policy, const char *version, const char *path);

#endif
