/* Maps: what was added is found and nothing else, however much they grow. */
#include "base/map.h"

#include "tap.h"

enum { MANY = 20000 };

static void
test_few(struct arena *arena)
{
    struct map *map = map_new(arena);
    int one = 1, two = 2;
    struct slice key = SLICE("nothing");
    size_t at = 0;

    tap_check(map_find(map, SLICE("a")) == NULL && map_count(map) == 0 && !map_next(map, &at, &key),
              "an empty map");
    tap_check(map_add(map, SLICE("a"), &one) && map_add(map, SLICE("A"), &two) &&
                  map_add(map, SLICE(""), &one) && map_add(map, SLICE("a\0b"), &two),
              "four keys");
    tap_check(map_find(map, SLICE("a")) == &one && map_find(map, SLICE("A")) == &two &&
                  map_find(map, SLICE("")) == &one && map_find(map, SLICE("a\0b")) == &two,
              "each stands for its own");
    tap_check(map_find(map, SLICE("a\0c")) == NULL && map_find(map, SLICE("b")) == NULL,
              "and no other for anything");
    tap_check(!map_add(map, SLICE("a"), &two) && map_find(map, SLICE("a")) == &one &&
                  map_count(map) == 4,
              "the first stays");
}

static void
test_nocase(struct arena *arena)
{
    struct map *map = map_new_nocase(arena);
    int one = 1, two = 2;

    tap_check(map_add(map, SLICE("Subject"), &one) && !map_add(map, SLICE("SUBJECT"), &two) &&
                  map_find(map, SLICE("subject")) == &one,
              "without case: one key");
    tap_check(map_add(map, SLICE("\xC3\xA9"), &one) && map_add(map, SLICE("\xC3\x89"), &two),
              "but of ASCII alone");
}

/* Also those that a multiplying hash would put side by side. */
static void
test_many(struct arena *arena)
{
    struct map *map = map_new(arena);
    size_t *number = ARENA_ARRAY(arena, MANY, size_t);
    size_t added = 0, found = 0, missed = 0, seen = 0, at = 0;
    struct slice key;

    for (size_t i = 0; i < MANY; i++) {
        number[i] = i;
        added += map_add(map, slice_of(arena_printf(arena, "user%zu@example.com", i)), &number[i]);
    }
    for (size_t i = 0; i < MANY; i++) {
        const size_t *is =
            map_find(map, slice_of(arena_printf(arena, "user%zu@example.com", i)));

        found += is && *is == i;
        missed += !map_find(map, slice_of(arena_printf(arena, "user%zu@example.net", i)));
    }
    while (map_next(map, &at, &key)) {
        size_t *is = map_find(map, key);

        seen += is && *is < MANY;
        if (is)
            *is = MANY;
    }
    tap_check(added == MANY && map_count(map) == MANY, "%zu keys", added);
    tap_check(found == MANY && missed == MANY, "%zu found, %zu not", found, missed);
    tap_check(seen == MANY, "each is seen once: %zu", seen);
}

struct greed {
    struct arena *arena;
    struct map *map;
};

static void
add_without_end(void *of)
{
    struct greed *greed = of;

    for (size_t i = 0; i < MANY; i++)
        map_add(greed->map, slice_of(arena_printf(greed->arena, "%zu", i)), greed);
}

/* What a map takes counts in its arena, and is given back when that ends in the middle. */
static void
test_ceiling(void)
{
    struct arena *arena = arena_new(100 * 1000);
    struct greed greed = {arena, map_new(arena)};

    tap_check(!arena_guard(arena, add_without_end, &greed), "the arena is full");
    arena_reset(arena);
    greed.map = map_new(arena);
    tap_check(map_add(greed.map, SLICE("a"), &greed) && map_find(greed.map, SLICE("a")) == &greed,
              "and serves again");
    arena_free(&arena);
}

int
main(void)
{
    struct arena *arena = arena_new(SIZE_MAX);

    test_few(arena);
    test_nocase(arena);
    test_many(arena);
    test_ceiling();
    arena_free(&arena);
    return tap_done();
}
