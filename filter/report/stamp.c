/* Times at the front of lines, read without asking the system for each. */
#include "stamp.h"

#include <stdio.h>
#include <stdlib.h>

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* What a pattern says of an octet: '0' a digit, 'A' a letter, else itself. */
static bool
has_form(struct slice s, const char *pattern)
{
    if (s.len < strlen(pattern))
        return false;
    for (size_t i = 0; pattern[i]; i++)
        if (pattern[i] == '0'   ? !ascii_is_digit(s.at[i])
            : pattern[i] == 'A' ? !ascii_is_alpha(s.at[i])
                                : s.at[i] != pattern[i])
            return false;
    return true;
}

/* A blank counts as 0. */
static int
two_digits(const char *at)
{
    return 10 * (*at == ' ' ? 0 : at[0] - '0') + at[1] - '0';
}

static time_t
seconds_of_day(const char *at)
{
    return two_digits(at) * HOUR + two_digits(at + 3) * MINUTE + two_digits(at + 6);
}

/* Days since 1970-01-01 in the calendar of today; years count from March here, so that the day of a
 * leap year is the last. */
static long
days_since_epoch(long year, int month, int day)
{
    long from_march = month > 2 ? year : year - 1;
    long months = (month + 9) % 12;

    return from_march * 365 + from_march / 4 - from_march / 100 + from_march / 400 +
           (153 * months + 2) / 5 + day - 1 - 719468;
}

/* "Z", "+01:00", "+0100"; -1 where it is none. */
static long
offset_length(struct slice s, long *seconds_r)
{
    int sign = s.len > 0 && s.at[0] == '-' ? -1 : 1;
    bool colon = has_form(slice_from(s, 1), "00:00");

    *seconds_r = 0;
    if (has_form(s, "Z"))
        return 1;
    if (s.len == 0 || (s.at[0] != '+' && s.at[0] != '-') ||
        (!colon && !has_form(slice_from(s, 1), "0000")))
        return -1;
    *seconds_r = sign * (two_digits(s.at + 1) * HOUR + two_digits(s.at + (colon ? 4 : 3)) * MINUTE);
    return colon ? 6 : 5;
}

static void
skip_fraction(struct slice *rest)
{
    if (rest->len == 0 || (rest->at[0] != '.' && rest->at[0] != ','))
        return;
    do
        *rest = slice_from(*rest, 1);
    while (rest->len > 0 && ascii_is_digit(rest->at[0]));
}

static bool
read_rfc3339(struct slice *line, struct stamp *stamp_r)
{
    struct slice rest = slice_from(*line, sizeof "2026-11-28T20:17:57" - 1);
    long offset, length;

    if (!has_form(*line, "0000-00-00") || !has_form(slice_from(*line, 11), "00:00:00") ||
        (line->at[10] != 'T' && line->at[10] != ' '))
        return false;
    skip_fraction(&rest);
    length = offset_length(rest, &offset);
    if (length < 0)
        return false;
    stamp_r->when = days_since_epoch(two_digits(line->at) * 100 + two_digits(line->at + 2),
                                     two_digits(line->at + 5), two_digits(line->at + 8)) *
                        (time_t)DAY +
                    seconds_of_day(line->at + 11) - offset;
    memcpy(stamp_r->day, line->at, STAMP_DAY_SIZE - 1);
    stamp_r->day[STAMP_DAY_SIZE - 1] = '\0';
    *line = slice_from(rest, (size_t)length + 1);
    return true;
}

/* 0 for January; -1. */
static int
month_number(const char *name)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (int month = 0; month < 12; month++)
        if (memcmp(names + 3 * month, name, 3) == 0)
            return month;
    return -1;
}

/* The year is the last in which that moment has been, but for a clock that is somewhat ahead. */
static void
begin_hour(struct stamp_reader *reader, const char *at, int month)
{
    time_t latest = reader->latest ? reader->latest : time(NULL);
    struct tm now, hour;
    time_t when;

    localtime_r(&latest, &now);
    hour = (struct tm){.tm_year = now.tm_year + 1,
                       .tm_mon = month,
                       .tm_mday = two_digits(at + 4),
                       .tm_hour = two_digits(at + 7)};
    do {
        hour.tm_year--;
        hour.tm_isdst = -1;
        when = mktime(&hour);
    } while (when > latest + DAY && hour.tm_year > now.tm_year - 1);
    reader->began.when = when;
    strftime(reader->began.day, STAMP_DAY_SIZE, "%Y-%m-%d", &hour);
}

static bool
read_rfc3164(struct stamp_reader *reader, struct slice *line, struct stamp *stamp_r)
{
    enum { LENGTH = sizeof "Nov 28 20:17:57" - 1, HOUR_LENGTH = sizeof "Nov 28 20" - 1 };
    int month = has_form(*line, "AAA ") && line->len >= LENGTH ? month_number(line->at) : -1;
    struct slice rest = slice_from(*line, LENGTH);

    skip_fraction(&rest);
    if (month < 0 || !has_form(slice_from(*line, 5), "0 00:00:00") || !has_form(rest, " ") ||
        (line->at[4] != ' ' && !ascii_is_digit(line->at[4])))
        return false;
    if (memcmp(reader->hour, line->at, HOUR_LENGTH) != 0) {
        begin_hour(reader, line->at, month);
        memcpy(reader->hour, line->at, HOUR_LENGTH);
    }
    *stamp_r = reader->began;
    stamp_r->when += seconds_of_day(line->at + 7) % HOUR;
    *line = slice_from(rest, 1);
    return true;
}

bool
stamp_read(struct stamp_reader *reader, struct slice *line, struct stamp *stamp_r)
{
    return read_rfc3339(line, stamp_r) || read_rfc3164(reader, line, stamp_r);
}

void
stamp_at(struct stamp_reader *reader, time_t when, struct stamp *stamp_r)
{
    struct tm moment;

    if (reader->hour[0] != '@' || when < reader->began.when || when >= reader->began.when + HOUR) {
        localtime_r(&when, &moment);
        reader->hour[0] = '@';
        reader->began.when = when - moment.tm_min * MINUTE - moment.tm_sec;
        strftime(reader->began.day, STAMP_DAY_SIZE, "%Y-%m-%d", &moment);
    }
    *stamp_r = reader->began;
    stamp_r->when = when;
}

long
stamp_day_number(const char *day)
{
    return days_since_epoch(two_digits(day) * 100 + two_digits(day + 2), two_digits(day + 5),
                            two_digits(day + 8));
}

static time_t
midnight(time_t now, int days_before)
{
    struct tm day;

    localtime_r(&now, &day);
    day.tm_mday -= days_before;
    day.tm_hour = day.tm_min = day.tm_sec = 0;
    day.tm_isdst = -1;
    return mktime(&day);
}

static bool
since_date(const char *text, time_t *when_r)
{
    static const char *const forms[] = {"%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M",
                                        "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"};

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct tm moment = {.tm_isdst = -1};
        const char *end = strptime(text, forms[i], &moment);

        if (end == NULL || *end != '\0')
            continue;
        *when_r = mktime(&moment);
        return true;
    }
    return false;
}

bool
stamp_since(const char *text, time_t now, time_t *when_r)
{
    static const struct {
        const char *unit;
        time_t seconds;
    } units[] = {{"d", DAY}, {"h", HOUR}, {"min", MINUTE}};
    char *end;
    long count = strtol(text, &end, 10);

    if (strcmp(text, "today") == 0 || strcmp(text, "yesterday") == 0) {
        *when_r = midnight(now, text[0] == 'y');
        return true;
    }
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (ascii_is_digit(text[0]) && count < 100000 && strcmp(end, units[i].unit) == 0) {
            *when_r = now - count * units[i].seconds;
            return true;
        }
    return since_date(text, when_r);
}
