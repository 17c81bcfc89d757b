/* Open addressing: a key stands in the first free slot from that of its hash on. At most two slots
 * of three are taken. */
#include "base/map.h"

enum { FIRST_ROOM = 8 };

struct map_slot {
    struct slice key;
    void *value; /* NULL: the slot is free */
};

struct map {
    struct arena *arena;
    struct map_slot *slot;
    size_t room; /* a power of two, or 0 */
    size_t count;
    bool nocase;
};

static void
map_end(void *of)
{
    struct map *map = of;

    arena_resize(map->arena, map->slot, map->room * sizeof *map->slot, 0);
    map->slot = NULL;
    map->room = 0;
}

struct map *
map_new(struct arena *arena)
{
    struct map *map = ARENA_NEW(arena, struct map);

    map->arena = arena;
    return map;
}

struct map *
map_new_nocase(struct arena *arena)
{
    struct map *map = map_new(arena);

    map->nocase = true;
    return map;
}

/* Where the key is, or the free slot where it belongs. There is room. */
static struct map_slot *
map_slot_of(const struct map *map, struct slice key)
{
    size_t last = map->room - 1;
    size_t at = (map->nocase ? slice_hash_nocase(key) : slice_hash(key)) & last;
    struct map_slot *slot = &map->slot[at];

    while (slot->value && !(map->nocase ? slice_equal_nocase(slot->key, key)
                                        : slice_equal(slot->key, key))) {
        at = (at + 1) & last;
        slot = &map->slot[at];
    }
    return slot;
}

void *
map_find(const struct map *map, struct slice key)
{
    return map->room > 0 ? map_slot_of(map, key)->value : NULL;
}

static void
map_grow(struct map *map)
{
    struct map old = *map;
    size_t room = old.room > 0 ? 2 * old.room : FIRST_ROOM;
    struct map_slot *slot = arena_resize(map->arena, NULL, 0, room * sizeof *slot);

    memset(slot, 0, room * sizeof *slot);
    map->slot = slot;
    map->room = room;
    for (size_t i = 0; i < old.room; i++)
        if (old.slot[i].value)
            *map_slot_of(map, old.slot[i].key) = old.slot[i];
    arena_resize(map->arena, old.slot, old.room * sizeof *slot, 0);
}

bool
map_add(struct map *map, struct slice key, void *value)
{
    struct map_slot *slot;

    if (map->room == 0)
        arena_on_end(map->arena, map_end, map);
    if (3 * (map->count + 1) > 2 * map->room)
        map_grow(map);
    slot = map_slot_of(map, key);
    if (slot->value)
        return false;
    *slot = (struct map_slot){key, value};
    map->count++;
    return true;
}

size_t
map_count(const struct map *map)
{
    return map->count;
}

bool
map_next(const struct map *map, size_t *at, struct slice *key_r)
{
    while (*at < map->room) {
        const struct map_slot *slot = &map->slot[(*at)++];

        *key_r = slot->key;
        if (slot->value)
            return true;
    }
    return false;
}
