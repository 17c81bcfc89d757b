/* The table that gives every key the same value. */
#include "braces.h"
#include "table_inside.h"

static void *
static_open(struct arena *arena, const struct table_opening *opening, const char **reason_r)
{
    struct slice *value = ARENA_NEW(arena, struct slice);

    *reason_r = braces_strip(slice_of(opening->place), value);
    if (*reason_r)
        *reason_r = arena_printf(arena, "\"static:%s\": %s", opening->place, *reason_r);
    else if (value->len == 0)
        *reason_r = "\"static:\" has no value, as \"static:yes\" has";
    return *reason_r ? NULL : value;
}

static struct table_answer
static_find(void *state, struct arena *arena, struct slice key, int64_t deadline_ms)
{
    const struct slice *value = state;

    (void)key;
    (void)deadline_ms;
    return (struct table_answer){.result = TABLE_FOUND, .value = arena_copy(arena, *value)};
}

static void
static_each(void *state, table_visitor *see, void *context)
{
    see(context, *(const struct slice *)state, 0);
}

const struct table_driver table_static = {
    .type = "static",
    .open = static_open,
    .find = static_find,
    .each = static_each,
};
