/* What is kept of a list for one of two questions: what looks like an item, or what is near one. */
#ifndef POSTERN_RULES_VALUES_LIST_LOOKS_INSIDE_H
#define POSTERN_RULES_VALUES_LIST_LOOKS_INSIDE_H

#include "list_inside.h"
#include "list_looks.h"

/* RFC 5321 section 4.5.3.1.3: nothing longer reaches anybody, and it would cost much. */
enum { LONGEST_LOOKED_AT = 256 };

struct list_looks {
    struct map *items;             /* domains and addresses as they are compared */
    struct map *skeletons;         /* or NULL */
    struct map *variants;          /* of first labels: struct near_names; or NULL */
    size_t most_labels;            /* of an item */
    const struct list_looks *next; /* of another list that counts beside this one */
};

/* Is this key an item of one of the lists? */
bool list_looks_has_item(const struct list_looks *looks, struct slice key);

#endif
