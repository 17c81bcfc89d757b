/* Times at the front of the lines of a log. */
#include "report/stamp.h"

#include <stdlib.h>

#include "tap.h"

/* 2026-11-28 20:17:57 UTC; the zone of the test is an hour ahead, two in summer. */
#define MOMENT ((time_t)1795897077)

static const struct {
    const char *line;
    const char *rest; /* NULL: there is no time */
    const char *day;
    time_t when;
} cases[] = {
    {"2026-11-28T20:17:57Z x", "x", "2026-11-28", MOMENT},
    {"2026-11-28T21:17:57.123456+01:00 mx postern", "mx postern", "2026-11-28", MOMENT},
    {"2026-11-28T21:17:57+0100 x", "x", "2026-11-28", MOMENT},
    {"2026-11-29T00:17:57.5+04:00 x", "x", "2026-11-29", MOMENT},
    {"2026-11-28 14:47:57,123-05:30 x", "x", "2026-11-28", MOMENT},
    {"2024-02-29T00:00:00Z x", "x", "2024-02-29", 1709164800},
    {"2024-03-01T00:00:00Z x", "x", "2024-03-01", 1709251200},
    {"1970-01-01T00:00:00Z ", "", "1970-01-01", 0},
    {"Nov 28 21:17:57 mx x", "mx x", "2026-11-28", MOMENT},
    {"Nov 28 21:17:57.123456 mx x", "mx x", "2026-11-28", MOMENT},
    {"Nov 28 21:17:57.1mx x", NULL, NULL, 0},
    {"Nov 28 21:17:58 mx x", "mx x", "2026-11-28", MOMENT + 1},
    {"Nov 28 22:17:57 mx x", "mx x", "2026-11-28", MOMENT + 3600},
    {"Nov  1 00:00:00 x", "x", "2026-11-01", MOMENT - 27 * 86400 - 21 * 3600 - 1077},
    {"Dec 31 23:59:59 x", "x", "2025-12-31", 1767221999},
    {"Jul  1 12:00:00 x", "x", "2026-07-01", 1782900000},
    {"Oct 25 02:30:00 x", "x", "2026-10-25", 0}, /* twice in that night: either will do */
    {"2026-11-28T20:17:57 x", NULL, NULL, 0},
    {"2026-11-28", NULL, NULL, 0},
    {"2026-11-28T20:17:57+1", NULL, NULL, 0},
    {"Foo 28 20:17:57 x", NULL, NULL, 0},
    {"Nov 28 20:17 x", NULL, NULL, 0},
    {"Nov 28 20:17:57", NULL, NULL, 0},
    {"", NULL, NULL, 0},
    {"postern: x", NULL, NULL, 0},
};

static const struct {
    const char *text;
    time_t when; /* 0: it says nothing */
} since[] = {
    {"2026-11-28", MOMENT - 21 * 3600 + 3600 - 3600 - 1077},
    {"2026-11-28 21:17", MOMENT - 57},
    {"2026-11-28T21:17:57", MOMENT},
    {"2026-07-01 12:00", 1782900000},
    {"today", MOMENT - 21 * 3600 - 1077},
    {"yesterday", MOMENT - 45 * 3600 - 1077},
    {"2d", MOMENT - 2 * 86400},
    {"12h", MOMENT - 12 * 3600},
    {"30min", MOMENT - 1800},
    {"0d", MOMENT},
    {"", 0},
    {"2", 0},
    {"2w", 0},
    {"-2d", 0},
    {"999999999999999999999d", 0},
    {"2026-11-28x", 0},
    {"2026-13-01", 0},
};

int
main(void)
{
    struct stamp_reader reader = {.latest = MOMENT};
    struct stamp stamp;
    time_t when;

    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice line = slice_of(cases[i].line);
        bool found = stamp_read(&reader, &line, &stamp);

        tap_check(found == (cases[i].rest != NULL) &&
                      (!found ||
                       (slice_equal(line, slice_of(cases[i].rest)) &&
                        strcmp(stamp.day, cases[i].day) == 0 &&
                        (stamp.when == cases[i].when || strncmp(cases[i].line, "Oct", 3) == 0))),
                  "\"%s\"", cases[i].line);
    }
    stamp_at(&reader, MOMENT, &stamp);
    tap_check(stamp.when == MOMENT && strcmp(stamp.day, "2026-11-28") == 0, "a moment in seconds");
    stamp_at(&reader, MOMENT + 3 * 3600, &stamp);
    tap_check(strcmp(stamp.day, "2026-11-29") == 0, "behind midnight, where the log was written");
    tap_check(stamp_day_number("2026-11-28") - stamp_day_number("2026-02-28") == 273, "days apart");
    for (size_t i = 0; i < sizeof since / sizeof since[0]; i++) {
        bool found = stamp_since(since[i].text, MOMENT, &when);

        tap_check(found == (since[i].when != 0) && (!found || when == since[i].when),
                  "since \"%s\"", since[i].text);
    }
    return tap_done();
}
