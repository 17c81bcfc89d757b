/* From `table` lines to tables that are held in memory. */
#include "stand_ins.h"

static bool
stands_in_for(const struct step *step, struct slice name)
{
    return step->kind == STEP_TABLE && step->words > 0 && slice_equal(step->word[0], name);
}

bool
stand_ins_begin(const struct step *steps, const struct step *step)
{
    if (step->kind != STEP_TABLE || step->words == 0)
        return false;
    for (; steps != step; steps = steps->next)
        if (stands_in_for(steps, step->word[0]))
            return false;
    return true;
}

struct table *
stand_ins_table(struct arena *arena, const struct table *table, const struct step *first)
{
    struct table_entry *entries = NULL, **end = &entries;

    for (const struct step *step = first; step; step = step->next) {
        if (!stands_in_for(step, first->word[0]))
            continue;
        *end = ARENA_NEW(arena, struct table_entry);
        **end =
            (struct table_entry){.key = step->word[1], .value = step->text, .error = step->fails};
        end = &(*end)->next;
    }
    return table_of_entries(arena, table, entries);
}
