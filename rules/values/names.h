/* Names to what they stand for. */
#ifndef POSTERN_RULES_VALUES_NAMES_H
#define POSTERN_RULES_VALUES_NAMES_H

#include "suggest.h"

struct names;

struct names *names_new(struct arena *arena);

/* NULL when the name isn't there. */
void *names_find(const struct names *names, struct slice name);

/* Adds the name, which must not be there yet; it isn't copied. */
void names_add(struct arena *arena, struct names *names, struct slice name, void *of);

/* Offers every name as what a misspelt one may mean. */
void names_offer(const struct names *names, struct suggestion *suggestion);

#endif
