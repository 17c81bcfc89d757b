/* When a line of a log was written, in the forms that logs have for it. */
#ifndef POSTERN_FILTER_REPORT_STAMP_H
#define POSTERN_FILTER_REPORT_STAMP_H

#include <time.h>

#include "base/slice.h"

enum { STAMP_DAY_SIZE = sizeof "2026-11-28" };

struct stamp {
    time_t when;
    char day[STAMP_DAY_SIZE]; /* where the log was written; "": nobody knows */
};

/* Begins zeroed. */
struct stamp_reader {
    time_t latest;      /* no line is from after it: a stamp without a year is from before */
    char hour[16];      /* that was last asked of the system, */
    struct stamp began; /* and when it began */
};

/* Takes a time off the front of the line: "2026-11-28T20:17:57.1+01:00 " (RFC 3339; also with a
 * blank in the middle, and an offset without colon), or "Nov 28 20:17:57 " (RFC 3164, with
 * or without a fraction), in local time. False where there is none. */
bool stamp_read(struct stamp_reader *reader, struct slice *line, struct stamp *stamp_r);

/* The same of a moment in seconds. */
void stamp_at(struct stamp_reader *reader, time_t when, struct stamp *stamp_r);

/* Days since 1970-01-01 of "2026-11-28". */
long stamp_day_number(const char *day);

/* What people write: "2026-11-28", "2026-11-28 20:00", "today", "yesterday", "7d", "12h", "30min";
 * the last three before now. False for anything else. */
bool stamp_since(const char *text, time_t now, time_t *when_r);

#endif
