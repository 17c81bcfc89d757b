/* What all messages together may take of the process's memory. Arenas that are counted take each
 * block from here, whichever thread they are used on. */
#ifndef POSTERN_BASE_POOL_H
#define POSTERN_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>

/* The most that may be taken, in octets; without this call there is no limit. */
void pool_set_limit(size_t octets);

/* False, and nothing is taken, where that would pass the limit. */
bool pool_take(size_t octets);
void pool_give(size_t octets);

size_t pool_used(void);

/* For tests: the most that was taken at one time since the second call. */
size_t pool_peak(void);
void pool_forget_peak(void);

/* True where so much could be taken. */
bool pool_has(size_t octets);

/* For tests: from now on `takes` succeed, and none behind them; SIZE_MAX ends this. */
void pool_deny_after(size_t takes);

#endif
