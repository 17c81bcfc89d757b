/* Goes through the labels of a domain name. */
#include "labels.h"

bool
labels_next(struct slice *rest, struct slice *label_r)
{
    size_t dot;

    if (rest->at == NULL)
        return false;
    dot = slice_find(*rest, '.');
    *label_r = slice_first(*rest, dot);
    *rest = dot < rest->len ? slice_from(*rest, dot + 1) : (struct slice){NULL, 0};
    return true;
}

struct slice
labels_lower(struct arena *arena, struct slice domain)
{
    bool upper = false;
    char *to;

    for (size_t i = 0; i < domain.len; i++)
        upper = upper || ascii_lower(domain.at[i]) != domain.at[i];
    if (!upper)
        return domain;
    to = arena_alloc(arena, domain.len + 1);
    for (size_t i = 0; i < domain.len; i++)
        to[i] = ascii_lower(domain.at[i]);
    return (struct slice){to, domain.len};
}
