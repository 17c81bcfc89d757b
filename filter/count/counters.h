/* Numbers in memory that processes share, and that outlives each of them. A series is found by its
 * labels, and is never removed. Whoever has it adds to it, from any thread and process, without a
 * lock: one that is killed in the middle of this holds nobody up. Where there is no such memory, as
 * in all commands but `serve`, nothing is counted. */
#ifndef POSTERN_FILTER_COUNT_COUNTERS_H
#define POSTERN_FILTER_COUNT_COUNTERS_H

#include <stdatomic.h>

#include "base/arena.h"
#include "metrics.h"

/* A number of a series. */
struct counter_cell {
    atomic_ullong value;
};

/* Makes the memory, once, before processes and threads are that share it. False: there is none. */
bool counters_make(void);
bool counters_are_made(void);

/* The first number of the series with these values of its labels, in their order in the table; made
 * where it isn't there yet. NULL where nothing is counted, or no room is left, which is counted. */
struct counter_cell *counters_find(enum metric metric, const struct slice *values);

/* The first number of a series; 0 where it isn't there, and then none is made. */
unsigned long long counters_value(enum metric metric, const struct slice *values);

/* NULL is added to as well. */
static inline void
counters_add(struct counter_cell *cell, unsigned long long count)
{
    if (cell)
        atomic_fetch_add_explicit(&cell->value, count, memory_order_relaxed);
}

static inline void
counters_set(struct counter_cell *cell, unsigned long long value)
{
    if (cell)
        atomic_store_explicit(&cell->value, value, memory_order_relaxed);
}

/* One more. */
void counters_count(enum metric metric, const struct slice *values);

/* A duration, to the series of a histogram. */
void counters_observe(struct counter_cell *histogram, long long ns);

/* Sessions that are open are counted by generation, so that those of one that died can be taken
 * off: whoever forks generations numbers their places, below COUNTERS_GENERATIONS. The first is for
 * the new process, the second for when it has ended. */
enum { COUNTERS_GENERATIONS = 16 };
void counters_begin_generation(unsigned generation);
void counters_end_generation(unsigned generation);
void counters_sessions_add(int change);

/* Why a policy was last not taken, for people: cut where it is long. One process tells it, and
 * others may read it at the same time; "": there is nothing to tell. */
enum { COUNTERS_REASON = 512 };
void counters_tell_failure(const char *reason);
void counters_failure(char reason_r[COUNTERS_REASON]);

/* A series as it is just now. */
struct counters_series {
    enum metric metric;
    struct slice labels; /* as Prometheus writes them: rule="x",stage="rcpt" */
    const struct counter_cell *cells;
};

/* All that were ever found, in the order of the table, then of their labels. */
const struct counters_series *counters_all(struct arena *arena, size_t *count_r);

#endif
