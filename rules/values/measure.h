/* Numbers with a unit, as policies and tables write them: sizes (1KB is 1024 octets) and times (in
 * milliseconds). */
#ifndef POSTERN_RULES_VALUES_MEASURE_H
#define POSTERN_RULES_VALUES_MEASURE_H

#include "base/slice.h"

enum measure { MEASURE_NUMBER, MEASURE_SIZE, MEASURE_TIME };

/* Digits and a unit; without one a number. False: it is none of these, or too large. */
bool measure_parse(struct slice text, enum measure *kind_r, int64_t *number_r);

/* The same, too large or not. */
bool measure_has_form(struct slice text);

/* The number in the largest unit that divides it, for printing; 0 is without a unit, but for 0s. */
int64_t measure_scale(enum measure kind, int64_t number, const char **unit_r);

#endif
