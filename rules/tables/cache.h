/* Answers of a table that may be slow, for as long as the policy says: found and not found alike,
 * and never that it could not be asked. Bounded; for all threads. */
#ifndef POSTERN_RULES_TABLES_CACHE_H
#define POSTERN_RULES_TABLES_CACHE_H

#include "policy/table.h"

struct table_cache;

/* keep_ms: how old an answer may become. */
struct table_cache *table_cache_new(struct arena *arena, int64_t keep_ms);

/* False: nothing is kept for this key. The value is copied into the arena. */
bool table_cache_find(struct table_cache *cache, struct arena *arena, struct slice key,
                      struct table_answer *answer_r);

/* Keeps an answer that says whether there is one; where key and value are too long, it isn't. */
void table_cache_add(struct table_cache *cache, struct slice key,
                     const struct table_answer *answer);

#endif
