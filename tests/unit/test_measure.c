/* Numbers with units, read and printed. */
#include "values/measure.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

static const struct {
    int64_t number;
    const char *size, *time;
} printed[] = {
    {0, "0", "0s"},
    {1, "1", "1ms"},
    {1000, "1000", "1s"},
    {1024, "1KB", "1024ms"},
    {65536, "64KB", "65536ms"},
    {90000, "90000", "90s"},
    {1 << 30, "1GB", "1073741824ms"},
    {86400000, "84375KB", "1d"},
};

static void
check_scale(enum measure kind, int64_t number, const char *expected)
{
    const char *unit;
    char text[64];
    int64_t scaled = measure_scale(kind, number, &unit);

    snprintf(text, sizeof text, "%lld%s", (long long)scaled, unit);
    tap_check(strcmp(text, expected) == 0, "%lld is printed as %s", (long long)number, expected);
}

static const struct {
    const char *text;
    bool has_form, is_read;
    enum measure kind;
    int64_t number;
} read[] = {
    {"0", true, true, MEASURE_NUMBER, 0},
    {"10", true, true, MEASURE_NUMBER, 10},
    {"10KB", true, true, MEASURE_SIZE, 10240},
    {"2GB", true, true, MEASURE_SIZE, (int64_t)2 << 30},
    {"250ms", true, true, MEASURE_TIME, 250},
    {"5min", true, true, MEASURE_TIME, 300000},
    {"1d", true, true, MEASURE_TIME, 86400000},
    {"9223372036854775807", true, true, MEASURE_NUMBER, INT64_MAX},
    {"9223372036854775808", true, false, MEASURE_NUMBER, 0},
    {"9007199254740992KB", true, false, MEASURE_SIZE, 0},
    {"", false, false, MEASURE_NUMBER, 0},
    {"KB", false, false, MEASURE_NUMBER, 0},
    {"10kb", false, false, MEASURE_NUMBER, 0},
    {"10 KB", false, false, MEASURE_NUMBER, 0},
    {"-1", false, false, MEASURE_NUMBER, 0},
    {"1m", false, false, MEASURE_NUMBER, 0},
};

static void
check_parse(void)
{
    for (size_t i = 0; i < sizeof read / sizeof read[0]; i++) {
        struct slice text = slice_of(read[i].text);
        enum measure kind = MEASURE_NUMBER;
        int64_t number = 0;
        bool is_read = measure_parse(text, &kind, &number);

        tap_check(measure_has_form(text) == read[i].has_form && is_read == read[i].is_read &&
                      (!is_read || (kind == read[i].kind && number == read[i].number)),
                  "\"%s\"", read[i].text);
    }
}

int
main(void)
{
    for (size_t i = 0; i < sizeof printed / sizeof printed[0]; i++) {
        check_scale(MEASURE_SIZE, printed[i].number, printed[i].size);
        check_scale(MEASURE_TIME, printed[i].number, printed[i].time);
    }
    check_parse();
    return tap_done();
}
