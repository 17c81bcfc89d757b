/* The service from the start to the end of the program. */
#ifndef POSTERN_FILTER_SERVICE_SERVE_H
#define POSTERN_FILTER_SERVICE_SERVE_H

#include <stdbool.h>

/* Serves under the policy in this file until a signal ends it. An exit status of sysexits.h; where
 * it isn't EX_OK the reason went to the log, or, for a policy, to standard error. */
int serve(const char *path, const char *version, bool to_stderr);

#endif
