/* What a pattern shows of its cost before it meets a text. */
#ifndef POSTERN_RULES_VALUES_REGEX_COST_H
#define POSTERN_RULES_VALUES_REGEX_COST_H

#include "base/slice.h"

/* Does it surely repeat what repeats already, as (a+)+$, so that each octet of a text that nearly
 * matches doubles the ways to try? False for all that can't be told; the pattern is one that PCRE2
 * takes. */
bool regex_explodes(struct slice pattern, struct slice flags);

#endif
