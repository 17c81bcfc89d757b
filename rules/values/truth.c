/* Truth with two more values: not known yet, and not to be known. */
#include "truth.h"

enum truth
truth_and(enum truth a, enum truth b)
{
    if (a == TRUTH_FALSE || b == TRUTH_FALSE)
        return TRUTH_FALSE;
    if (a == TRUTH_LATER || b == TRUTH_LATER)
        return TRUTH_LATER;
    if (a == TRUTH_ERROR || b == TRUTH_ERROR)
        return TRUTH_ERROR;
    return TRUTH_TRUE;
}

enum truth
truth_or(enum truth a, enum truth b)
{
    return truth_not(truth_and(truth_not(a), truth_not(b)));
}

const char *
truth_name(enum truth truth)
{
    static const char *const names[] = {"false", "true", "open", "error"};

    return names[truth];
}
