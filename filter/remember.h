/* What decided a verdict, as lines of a test, kept in memory for `postern why`. */
#ifndef POSTERN_FILTER_REMEMBER_H
#define POSTERN_FILTER_REMEMBER_H

#include "dialogue_inside.h"

/* Does anybody remember? Not where the policy says `set remember 0`, nor in `test`. */
bool remember_is_on(const struct dialogue *dialogue);

/* A piece of the body, where a rule may look at it: the first of it is kept. */
void remember_body(struct dialogue *dialogue, struct slice piece);

/* A verdict that was spoken or withheld, and its line of the log. */
void remember_verdict(struct dialogue *dialogue, const struct audit_entry *entry, const char *line);

#endif
