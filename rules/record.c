/* Macros as the MTA sent them. */
#include "policy/record.h"

static struct macro *
find(const struct macros *macros, struct slice name)
{
    struct macro *macro = macros->first;

    while (macro && !slice_equal(macro->name, name))
        macro = macro->next;
    return macro;
}

bool
macros_find(const struct macros *macros, struct slice name, struct slice *value_r)
{
    const struct macro *macro = find(macros, name);

    if (macro)
        *value_r = macro->value;
    return macro != NULL;
}

/* MTAs send the same macros with each command: one that stays as it was costs nothing. */
void
macros_set(struct arena *arena, struct macros *macros, struct slice name, struct slice value)
{
    struct macro *macro = find(macros, name);

    if (macro && slice_equal(macro->value, value))
        return;
    if (macro == NULL) {
        macro = ARENA_NEW(arena, struct macro);
        macro->name = arena_copy(arena, name);
        macro->next = macros->first;
        macros->first = macro;
    }
    macro->value = arena_copy(arena, value);
}
