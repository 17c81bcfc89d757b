/* The numbers of this process's sessions and transactions. */
#ifndef POSTERN_FILTER_SERIAL_H
#define POSTERN_FILTER_SERIAL_H

#include <stdint.h>

/* A number below IDS; never the same twice, and not one of another process, before or beside this
 * one. Any thread may call it; a process that forks calls it only afterwards. */
uint64_t serial_next(void *unused);

#endif
