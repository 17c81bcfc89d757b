/* How many files and sockets the process may have open. */
#ifndef POSTERN_FILTER_SERVICE_DESCRIPTORS_H
#define POSTERN_FILTER_SERVICE_DESCRIPTORS_H

#include <stddef.h>

/* Those that sessions don't get: for tables, spools and the log, and an engine's own. */
enum { DESCRIPTORS_KEPT = 64 };

/* Raises the limit as far as it is allowed, and says what it is. */
size_t descriptors_raise(void);

#endif
