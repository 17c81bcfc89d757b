/* The catalogue: the rows of all files of facts, in the order of the manual. */
#include "facts_inside.h"

static const struct fact_rows *const catalogue[] = {
    &facts_connect,      &facts_secure,  &facts_envelope, &facts_header, &facts_author,
    &facts_auth_results, &facts_message, &facts_mime,     &facts_moment,
};

const struct fact *
fact_at(size_t number)
{
    for (size_t i = 0; i < sizeof catalogue / sizeof catalogue[0]; i++) {
        if (number < catalogue[i]->count)
            return &catalogue[i]->row[number];
        number -= catalogue[i]->count;
    }
    return NULL;
}

/* A fact without a reader is what its macro says. */
struct reading
fact_read(const struct fact *fact, const struct moment *moment, struct slice index)
{
    if (fact->read == NULL)
        return given_typed(moment, fact->type, given_macro(moment, fact->macros));
    return fact->read(moment, fact->of ? slice_of(fact->of) : index);
}

/* Is `known` the beginning of the name, up to a dot or its end? */
static bool
begins(struct slice known, struct slice name)
{
    return slice_equal(slice_first(name, known.len), known) &&
           (name.len == known.len || name.at[known.len] == '.');
}

const struct fact *
fact_find(struct slice name, bool indexed, struct slice *rest_r)
{
    const struct fact *found = NULL, *fact;
    size_t longest = 0;

    for (size_t i = 0; (fact = fact_at(i)); i++) {
        struct slice known = slice_of(fact->name);
        bool wants_index = fact->flags & FACT_NEEDS_INDEX;

        if (wants_index != indexed || known.len <= longest || !begins(known, name))
            continue;
        if (indexed && known.len < name.len)
            continue;
        found = fact;
        longest = known.len;
    }
    if (found)
        *rest_r = slice_from(name, longest + 1);
    return found;
}
