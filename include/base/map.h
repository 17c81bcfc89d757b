/* Keys and what they stand for: a hash table that grows. Its hashes are keyed (SipHash, another key
 * in each process), so that nobody can choose keys that collide. */
#ifndef POSTERN_BASE_MAP_H
#define POSTERN_BASE_MAP_H

#include "base/arena.h"

struct map;

/* Lives in the arena, and takes nothing for its table before there is a key. The second takes upper
 * and lower case of ASCII for the same. */
struct map *map_new(struct arena *arena);
struct map *map_new_nocase(struct arena *arena);

/* What the key stands for; NULL when it isn't there. Several threads may ask at once. */
void *map_find(const struct map *map, struct slice key);

/* False, and nothing is changed, where the key is there already. The key isn't copied; the value is
 * not NULL. */
bool map_add(struct map *map, struct slice key, void *value);

size_t map_count(const struct map *map);

/* One key after the other, in no order: *at is 0 at first; false behind the last. */
bool map_next(const struct map *map, size_t *at, struct slice *key_r);

#endif
