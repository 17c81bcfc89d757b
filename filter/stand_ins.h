/* The lines of a scenario that answer lookups in the place of tables: one of which a line speaks is
 * answered by such lines alone. */
#ifndef POSTERN_FILTER_STAND_INS_H
#define POSTERN_FILTER_STAND_INS_H

#include "policy/scenario.h"
#include "policy/table.h"

/* Whether a line is the first of `steps` that speaks of its table, which word[0] names. */
bool stand_ins_begin(const struct step *steps, const struct step *step);

/* What answers in the place of that table; first: its first line. */
struct table *stand_ins_table(struct arena *arena, const struct table *table,
                              const struct step *first);

#endif
