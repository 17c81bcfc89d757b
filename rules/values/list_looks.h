/* What looks like an item of a list, or is near one, and is none. */
#ifndef POSTERN_RULES_VALUES_LIST_LOOKS_H
#define POSTERN_RULES_VALUES_LIST_LOOKS_H

#include "list.h"

struct list_looks;

/* The skeletons of the domains and addresses in the list, made once, when the policy is loaded. */
const struct list_looks *list_looks_new(struct arena *arena, const struct list *list);

/* The same of its domains, and those of its addresses, to tell what is near one. */
const struct list_looks *list_near_new(struct arena *arena, const struct list *list);

/* One list beside others, as if all were one. */
const struct list_looks *list_looks_beside(struct arena *arena, const struct list_looks *looks,
                                           const struct list_looks *others);

/* Does a domain, or one that it is below of, look like a domain of the list without being one? Of
 * an address: its domain; or does it look like an address of the list? */
bool list_looks_like(const struct list_looks *looks, struct arena *arena,
                     const struct value *value);

/* Is a domain, or one that it is below of, or the domain of an address, one edit away from a domain
 * of the list without being one, or does it begin with the labels of one? */
bool list_is_near(const struct list_looks *looks, struct arena *arena, const struct value *value);

#endif
