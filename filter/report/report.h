/* Sums up what the log says: which rules fired, or would have, for whom, how often, on which day.
 */
#ifndef POSTERN_FILTER_REPORT_REPORT_H
#define POSTERN_FILTER_REPORT_REPORT_H

#include <stdio.h>
#include <time.h>

#include "policy/policy.h"

struct report_wish {
    const char *name; /* under which Postern logs */
    const char *rule; /* of this one alone, with "*" of those that begin so; or NULL */
    const char *id;   /* the lines of this transaction are printed; or NULL */
    FILE *to;         /* there */
    bool has_since;
    time_t since;
    bool progress; /* is told on standard error */
};

struct report;

/* Lives in the arena. */
struct report *report_new(struct arena *arena, const struct report_wish *wish);

/* Reads one file more; "-" is standard input. NULL, or why it can't be read (to its end). */
const char *report_read(struct report *report, const char *name);

/* Once all is read: puts what was counted in order. With a policy, which may be NULL, its rules
 * that no line names are told too. */
void report_finish(struct report *report, const struct policy *policy);

/* How many lines of a transaction were printed. */
size_t report_lines_shown(const struct report *report);

void report_text(FILE *to, const struct report *report);

/* One page that asks for nothing outside of it. */
void report_html(FILE *to, const struct report *report, const char *version);

#endif
