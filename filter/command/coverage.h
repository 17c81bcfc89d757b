/* What tests make the rules of a policy do. */
#ifndef POSTERN_FILTER_COMMAND_COVERAGE_H
#define POSTERN_FILTER_COMMAND_COVERAGE_H

#include "play/play.h"

struct coverage;

/* Lives in the arena, as long as the policy does. */
struct coverage *coverage_new(struct arena *arena, const struct policy *policy);

/* Notes what became of the rules at a stage. The arena must outlive the transaction. */
void coverage_note(struct coverage *coverage, struct arena *arena, const struct played *played);

/* Prints, as comments of TAP, how many rules fired, how many parts of conditions were both true and
 * false, and which did not; false when either is below this percentage. */
bool coverage_print(const struct coverage *coverage, unsigned percent);

#endif
