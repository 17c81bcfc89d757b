/* What is counted: names, labels and meanings, as Prometheus shows them. The counters, `postern
 * status` and the manual read this one table. */
#ifndef POSTERN_FILTER_COUNT_METRICS_H
#define POSTERN_FILTER_COUNT_METRICS_H

#include <stddef.h>

enum metric {
    METRIC_BUILD_INFO,
    METRIC_MODE,
    METRIC_RULES,
    METRIC_START_TIME,
    METRIC_SESSIONS,
    METRIC_SESSIONS_STARTED,
    METRIC_TRANSACTIONS,
    METRIC_MESSAGES,
    METRIC_VERDICTS,
    METRIC_AUDIT_VERDICTS,
    METRIC_RULE_EVALUATIONS,
    METRIC_RULE_LAST_FIRED,
    METRIC_RULE_SAMPLES,
    METRIC_RULE_SAMPLED_TIME,
    METRIC_STAGE_DURATION,
    METRIC_LOOKUPS,
    METRIC_LOOKUP_DURATION,
    METRIC_BOUNDS_REACHED,
    METRIC_CONVERSIONS,
    METRIC_LOG_LINES_DROPPED,
    METRIC_GENERATIONS,
    METRIC_RELOADS,
    METRIC_LAST_RELOAD_SUCCESS,
    METRIC_LAST_RELOAD_FAILURE,
    METRIC_SERIES_LOST,
    METRICS,
};

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

/* What a cell holds. Durations are kept in nanoseconds and shown in seconds. */
enum metric_unit { UNIT_ONE, UNIT_SECONDS };

struct metric_row {
    const char *name; /* "postern_..." */
    enum metric_type type;
    enum metric_unit unit;
    const char *labels; /* their names, separated by spaces */
    const char *help;   /* a sentence without its end */
    const char *values; /* what the last label can be, for the manual; or NULL */
};

const struct metric_row *metric_row(enum metric metric);

/* "counter", "gauge", "histogram". */
const char *metric_type_name(enum metric_type type);

/* A histogram: how many durations took at most so many nanoseconds; the last has no bound. */
enum { METRIC_BOUNDS = 15 };
extern const long long metric_bound_ns[METRIC_BOUNDS];

/* How many numbers one series has: of a histogram one a bound, one beyond, and the sum. */
size_t metric_cells(enum metric metric);

#endif
