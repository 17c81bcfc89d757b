/* The gate through which the MTA's connections enter: it counts them, keeps them below the limit of
 * descriptors, at which libmilter would spin, and can be shut, which libmilter itself can only do
 * by cutting off every open session. Signals don't reach libmilter through it. */
#ifndef POSTERN_FILTER_GATE_H
#define POSTERN_FILTER_GATE_H

#include <stdbool.h>
#include <stddef.h>

/* Descriptors above this are never given out while gate_limit_descriptors() is in force. */
enum { GATE_DESCRIPTORS = 65536 };

/* Raises the limit of descriptors as far as allowed, and bounds connections below it; returns that
 * bound. */
size_t gate_limit_descriptors(void);

/* No connection enters any more. */
void gate_shut(void);

/* Connections that are inside, and all that ever were. */
size_t gate_count(void);
size_t gate_total(void);

#endif
