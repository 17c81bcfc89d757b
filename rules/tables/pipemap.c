/* Tables in a row: what one answers is the key of the next, and the last has the answer. */
#include "table_inside.h"

static struct table_answer
pipemap_ask(const struct table_place *inner, struct arena *arena, const struct table_key *key,
            int64_t deadline_ms)
{
    struct table_answer answer = table_inner_ask(inner, arena, key, deadline_ms);

    for (inner = inner->next; inner && answer.result == TABLE_FOUND; inner = inner->next) {
        struct table_key next = {table_fold_key(arena, answer.value), answer.value};

        answer = table_inner_ask(inner, arena, &next, deadline_ms);
        if (answer.result == TABLE_NOT_A_KEY)
            answer.result = TABLE_NOT_FOUND;
    }
    return answer;
}

const struct table_driver table_pipemap = {
    .type = "pipemap",
    .ask_inner = pipemap_ask,
    .last_answers = true,
};
