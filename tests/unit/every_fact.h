/* A policy that reads all there is to read: every fact of the catalogue, and its parts. */
#ifndef POSTERN_TESTS_EVERY_FACT_H
#define POSTERN_TESTS_EVERY_FACT_H

#include "base/buffer.h"

/* Appends the rules; depth: 0 for facts alone, 1 with their parts, 2 with parts of these. They log
 * each value, ask a table for it and match a pattern with it; behind them stand the list and the
 * table that they name, `some-domains` and `owners`, as defaults. */
void every_fact_write(struct buffer *to, unsigned depth);

/* Appends a rule for each action; those that a message asks for have their name in its X-Do. */
void every_action_write(struct buffer *to);

#endif
