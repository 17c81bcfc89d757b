/* One place of a table: asked itself, or through the places that it is made of. Where the first of
 * these isn't one of patterns, all of them see the folded key, as with Postfix. */
#include "cache.h"
#include "table_inside.h"

enum { STEPS_AN_INNER_KEY = 50 };

struct table_answer
table_place_ask(const struct table_place *place, struct arena *arena, const struct table_key *key,
                int64_t deadline_ms)
{
    const struct table_driver *driver = place->driver;
    struct table_key folded = {key->folded, key->folded};
    struct slice asked = driver->whole_keys_only ? key->exact : key->folded;
    struct table_answer answer;

    if (driver->ask_inner)
        return driver->ask_inner(place->inner, arena, place->whole_keys_only ? key : &folded,
                                 deadline_ms);
    if (place->cache && table_cache_find(place->cache, arena, asked, &answer))
        return answer;
    answer = driver->find(place->state, arena, asked, deadline_ms);
    if (place->cache)
        table_cache_add(place->cache, asked, &answer);
    return answer;
}

struct table_answer
table_inner_ask(const struct table_place *inner, struct arena *arena, const struct table_key *key,
                int64_t deadline_ms)
{
    if (!meter_take(arena_meter(arena), STEPS_AN_INNER_KEY + key->exact.len))
        return (struct table_answer){.result = TABLE_COULD_NOT_ASK,
                                     .reason = "max-message-steps is reached"};
    return table_place_ask(inner, arena, key, deadline_ms);
}
