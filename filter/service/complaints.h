/* What is wrong with a policy that is to be served, for who reads the log. */
#ifndef POSTERN_FILTER_SERVICE_COMPLAINTS_H
#define POSTERN_FILTER_SERVICE_COMPLAINTS_H

#include "base/diagnostics.h"

/* Logs each, with file, line and column. */
void complaints_log(const struct diagnostics *diagnostics);

/* The first error, in the same form; in the arena of the diagnostics. */
const char *complaints_first(const struct diagnostics *diagnostics);

#endif
