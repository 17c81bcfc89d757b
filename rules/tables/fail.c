/* The table that can't be asked: to see what a policy then does. */
#include "table_inside.h"

static void *
fail_open(struct arena *arena, const struct table_opening *opening, const char **reason_r)
{
    (void)reason_r;
    return arena_printf(arena, "fail:%s always fails", opening->place);
}

static struct table_answer
fail_find(void *state, struct arena *arena, struct slice key, int64_t deadline_ms)
{
    (void)arena;
    (void)key;
    (void)deadline_ms;
    return (struct table_answer){.result = TABLE_COULD_NOT_ASK, .reason = state};
}

const struct table_driver table_fail = {
    .type = "fail",
    .open = fail_open,
    .find = fail_find,
};
