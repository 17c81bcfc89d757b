/* What made a condition come to what it comes to. */
#ifndef POSTERN_RULES_WALK_BECAUSE_H
#define POSTERN_RULES_WALK_BECAUSE_H

#include "eval.h"
#include "policy/explain.h"

/* Fills in the parts that were asked, the one that settled it, and the facts behind a rule that
 * came to explained->truth; they live in eval->arena. */
void because_of(struct eval *eval, const struct rule *rule, struct explained *explained);

#endif
