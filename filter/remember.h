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

/* A test that is played through the MTA, up to this stage, and what it was answered there: as lines
 * of a test, under the id of the transaction. Those of a later stage stand behind it. */
void remember_played(const struct dialogue *dialogue, enum stage stage,
                     const struct answer *answer);

#endif
