/* Which lookups a walk made, and what was answered, for whoever must answer them once more. */
#include "track.h"

void
eval_keep_lookup(struct eval *eval, const struct table *table, const struct value *key,
                 const struct table_answer *answer)
{
    struct lookup *lookup;

    if (eval->lookups == NULL)
        return;
    lookup = ARENA_NEW(eval->arena, struct lookup);
    *lookup = (struct lookup){.table = table, .key = key->text, .result = answer->result};
    if (answer->result == TABLE_FOUND) {
        lookup->value = answer->value;
        lookup->key = answer->key.len > 0 ? answer->key : key->text;
    }
    *eval->lookups->end = lookup;
    eval->lookups->end = &lookup->next;
}

void
walk_keep_lookups(struct walk *walk)
{
    walk->lookups = ARENA_NEW(walk->arena, struct lookups);
    walk->lookups->end = &walk->lookups->first;
}

const struct lookup *
walk_lookups(const struct walk *walk)
{
    return walk->lookups ? walk->lookups->first : NULL;
}
