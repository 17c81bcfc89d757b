/* The four values of a condition, and how they combine. */
#ifndef POSTERN_RULES_VALUES_TRUTH_H
#define POSTERN_RULES_VALUES_TRUTH_H

#include <stdbool.h>

#include "policy/truth.h"

static inline enum truth
truth_of(bool holds)
{
    return holds ? TRUTH_TRUE : TRUTH_FALSE;
}

static inline enum truth
truth_not(enum truth a)
{
    if (a == TRUTH_LATER || a == TRUTH_ERROR)
        return a;
    return truth_of(a == TRUTH_FALSE);
}

/* False beats later beats error beats true: what is false stays false whatever arrives. */
enum truth truth_and(enum truth a, enum truth b);

/* True beats later beats error beats false. */
enum truth truth_or(enum truth a, enum truth b);

/* "true", "false", "open", "error". */
const char *truth_name(enum truth truth);

#endif
