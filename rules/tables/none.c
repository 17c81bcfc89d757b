/* The table in which nothing is: what a policy's `default table` falls back to. */
#include "table_inside.h"

static void *
none_open(struct arena *arena, const struct table_opening *opening, const char **reason_r)
{
    if (*opening->place != '\0') {
        *reason_r =
            arena_printf(arena, "\"none:\" has no place, but here is \"%s\"", opening->place);
        return NULL;
    }
    return arena_alloc(arena, 1);
}

static struct table_answer
none_find(void *state, struct arena *arena, struct slice key, int64_t deadline_ms)
{
    (void)state;
    (void)arena;
    (void)key;
    (void)deadline_ms;
    return (struct table_answer){.result = TABLE_NOT_FOUND};
}

const struct table_driver table_none = {
    .type = "none",
    .open = none_open,
    .find = none_find,
};
