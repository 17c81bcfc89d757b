/* The clock by which durations and deadlines are measured. */
#ifndef POSTERN_BASE_CLOCK_H
#define POSTERN_BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since some moment before the process began: they only grow, and nobody sets them. */
int64_t clock_ms(void);

/* The same in nanoseconds. */
int64_t clock_ns(void);

#endif
