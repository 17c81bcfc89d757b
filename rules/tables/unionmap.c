/* All answers of several tables, in their order; one that can't be asked fails the whole. */
#include "table_inside.h"

static void
unionmap_add(struct buffer *all, struct slice value)
{
    if (buffer_slice(all).len > 0)
        buffer_octet(all, ',');
    buffer_add(all, value);
}

static struct table_answer
unionmap_ask(const struct table_place *inner, struct arena *arena, const struct table_key *key,
             int64_t deadline_ms)
{
    struct buffer *all = ARENA_NEW(arena, struct buffer);
    enum table_result result = TABLE_NOT_A_KEY;

    buffer_init(all, arena, SIZE_MAX);
    for (; inner; inner = inner->next) {
        struct table_answer answer = table_inner_ask(inner, arena, key, deadline_ms);

        if (answer.result == TABLE_COULD_NOT_ASK)
            return answer;
        if (answer.result == TABLE_FOUND)
            unionmap_add(all, answer.value);
        if (answer.result == TABLE_FOUND || result == TABLE_NOT_A_KEY)
            result = answer.result;
    }
    return (struct table_answer){.result = result, .value = buffer_slice(all)};
}

const struct table_driver table_unionmap = {.type = "unionmap", .ask_inner = unionmap_ask};
