/* The one table of units. */
#include "measure.h"

/* Of each kind the largest first. */
static const struct unit {
    enum measure kind;
    int64_t factor;
    const char *name;
} units[] = {
    {MEASURE_SIZE, (int64_t)1 << 30, "GB"},
    {MEASURE_SIZE, (int64_t)1 << 20, "MB"},
    {MEASURE_SIZE, (int64_t)1 << 10, "KB"},
    {MEASURE_TIME, (int64_t)24 * 60 * 60 * 1000, "d"},
    {MEASURE_TIME, (int64_t)60 * 60 * 1000, "h"},
    {MEASURE_TIME, (int64_t)60 * 1000, "min"},
    {MEASURE_TIME, 1000, "s"},
    {MEASURE_TIME, 1, "ms"},
    {MEASURE_NUMBER, 1, ""},
};

enum { UNITS = sizeof units / sizeof units[0] };

/* Cuts off the digits; NULL: there are none, or no unit follows them. */
static const struct unit *
measure_unit(struct slice text, struct slice *digits_r)
{
    size_t count = 0;

    while (count < text.len && ascii_is_digit(text.at[count]))
        count++;
    *digits_r = slice_first(text, count);
    for (size_t i = 0; i < UNITS && count > 0; i++)
        if (slice_equal(slice_from(text, count), slice_of(units[i].name)))
            return &units[i];
    return NULL;
}

bool
measure_parse(struct slice text, enum measure *kind_r, int64_t *number_r)
{
    struct slice digits;
    const struct unit *unit = measure_unit(text, &digits);
    int64_t number;

    if (unit == NULL || !slice_number(digits, &number))
        return false;
    *kind_r = unit->kind;
    return !__builtin_mul_overflow(number, unit->factor, number_r);
}

bool
measure_has_form(struct slice text)
{
    struct slice digits;

    return measure_unit(text, &digits) != NULL;
}

int64_t
measure_scale(enum measure kind, int64_t number, const char **unit_r)
{
    *unit_r = kind == MEASURE_TIME ? "s" : "";
    for (size_t i = 0; i < UNITS && number != 0; i++)
        if (units[i].kind == kind && number % units[i].factor == 0) {
            *unit_r = units[i].name;
            return number / units[i].factor;
        }
    return number;
}
