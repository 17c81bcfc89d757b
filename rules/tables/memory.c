/* The table in memory that tests use. */
#include "table_inside.h"

static struct table_answer
memory_find(void *state, struct arena *arena, struct slice key, int64_t deadline_ms)
{
    const struct table_entry *entry = state;

    (void)deadline_ms;
    while (entry && !slice_equal(entry->key, key))
        entry = entry->next;
    if (entry == NULL)
        return (struct table_answer){.result = TABLE_NOT_FOUND};
    if (entry->error)
        return (struct table_answer){.result = TABLE_COULD_NOT_ASK, .reason = "the test says so"};
    return (struct table_answer){.result = TABLE_FOUND, .value = arena_copy(arena, entry->value)};
}

static const struct table_driver table_memory = {.type = "memory", .find = memory_find};

static struct table_entry *
fold_entries(struct arena *arena, const struct table_entry *entries)
{
    struct table_entry *first = NULL, **last = &first;

    for (; entries; entries = entries->next) {
        *last = ARENA_NEW(arena, struct table_entry);
        **last = *entries;
        (*last)->key = table_fold_key(arena, entries->key);
        (*last)->next = NULL;
        last = &(*last)->next;
    }
    return first;
}

struct table *
table_of_entries(struct arena *arena, const struct table *like, const struct table_entry *entries)
{
    struct table *table = ARENA_NEW(arena, struct table);

    *table = *like;
    table->places = ARENA_NEW(arena, struct table_place);
    table->places->driver = &table_memory;
    table->places->state = fold_entries(arena, entries);
    return table;
}
