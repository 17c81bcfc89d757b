/* What a name that means nothing may have been meant to be. */
#include "resolve.h"

static struct suggestion
suggest_name(struct resolver *resolver, struct slice name)
{
    struct suggestion suggestion = suggest_for(name);
    size_t count;
    const struct fact *fact = facts_all(&count);

    for (size_t i = 0; i < count; i++)
        suggest_offer(&suggestion, slice_of(fact[i].name));
    names_offer(resolver->policy->names, &suggestion);
    for (const struct binding *b = resolver->bindings; b; b = b->outer)
        suggest_offer(&suggestion, b->binder->bound);
    return suggestion;
}

/* Where the whole of a dotted name is far from any, its first word may be near. */
const char *
resolve_suggest_name(struct resolver *resolver, struct slice name)
{
    struct suggestion suggestion = suggest_name(resolver, name);

    if (suggestion.best.len == 0)
        suggestion = suggest_name(resolver, slice_first(name, slice_find(name, '.')));
    return suggest_text(resolver->policy->arena, &suggestion);
}

const char *
resolve_suggest_part(struct resolver *resolver, enum value_type of, struct slice name)
{
    struct suggestion suggestion = suggest_for(name);
    size_t count;
    const struct fact_part *part = fact_parts_all(&count);

    for (size_t i = 0; i < count; i++)
        if (fact_part_find(of, slice_of(part[i].name)))
            suggest_offer(&suggestion, slice_of(part[i].name));
    return suggest_text(resolver->policy->arena, &suggestion);
}
