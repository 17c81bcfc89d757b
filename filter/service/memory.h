/* How much memory of the machine messages may take. */
#ifndef POSTERN_FILTER_SERVICE_MEMORY_H
#define POSTERN_FILTER_SERVICE_MEMORY_H

#include "policy/settings.h"

/* Sets the limit of the pool (base/pool.h), and tells malloc(3) to give back what is freed. Before
 * there are threads. */
void memory_prepare(const struct settings *settings);

#endif
