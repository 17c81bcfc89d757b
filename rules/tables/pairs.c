/* Keys and values one after another, each with a NUL behind it, then the line of the pair as it
 * lies in memory; and a table of where keys begin. */
#include "pairs.h"

struct pairs {
    struct arena *arena;
    struct buffer text;
    uint32_t *slot; /* offset of a key + 1; 0 is free */
    size_t slots;   /* a power of two */
    size_t used;
    bool has_lines;
    const char *remark;
};

struct pairs *
pairs_new(struct arena *arena, bool has_lines)
{
    struct pairs *pairs = ARENA_NEW(arena, struct pairs);

    pairs->arena = arena;
    pairs->has_lines = has_lines;
    pairs->slots = 16;
    pairs->slot = ARENA_ARRAY(arena, pairs->slots, uint32_t);
    buffer_init(&pairs->text, arena, UINT32_MAX - 1);
    return pairs;
}

/* The slot of this key, or the free one where it belongs. */
static uint32_t *
find_slot(const struct pairs *pairs, struct slice key)
{
    size_t mask = pairs->slots - 1;
    size_t at = slice_hash(key) & mask;

    while (pairs->slot[at] != 0) {
        const char *have = pairs->text.at + pairs->slot[at] - 1;

        if (strncmp(have, key.at, key.len) == 0 && have[key.len] == '\0')
            break;
        at = (at + 1) & mask;
    }
    return &pairs->slot[at];
}

static void
grow(struct pairs *pairs)
{
    const uint32_t *old = pairs->slot;
    size_t slots = pairs->slots;

    pairs->slots *= 4;
    pairs->slot = ARENA_ARRAY(pairs->arena, pairs->slots, uint32_t);
    for (size_t i = 0; i < slots; i++)
        if (old[i] != 0)
            *find_slot(pairs, slice_of(pairs->text.at + old[i] - 1)) = old[i];
}

bool
pairs_add(struct pairs *pairs, struct slice key, struct slice value, unsigned line)
{
    uint32_t *slot;

    if (pairs->used + pairs->used / 2 >= pairs->slots)
        grow(pairs);
    slot = find_slot(pairs, key);
    if (*slot != 0)
        return true;
    *slot = (uint32_t)pairs->text.len + 1;
    pairs->used++;
    buffer_add(&pairs->text, key);
    buffer_octet(&pairs->text, '\0');
    buffer_add(&pairs->text, value);
    buffer_octet(&pairs->text, '\0');
    if (pairs->has_lines)
        buffer_add(&pairs->text, (struct slice){(const char *)&line, sizeof line});
    return !pairs->text.over;
}

size_t
pairs_count(const struct pairs *pairs)
{
    return pairs->used;
}

void
pairs_keep_remark(struct pairs *pairs, const char *remark)
{
    if (pairs->remark == NULL)
        pairs->remark = remark;
}

const char *
pairs_remark(const void *pairs)
{
    return ((const struct pairs *)pairs)->remark;
}

bool
pairs_is_empty(const void *pairs)
{
    return ((const struct pairs *)pairs)->used == 0;
}

struct table_answer
pairs_answer(const void *of, struct arena *arena, struct slice key)
{
    const struct pairs *pairs = of;
    uint32_t slot = 0;
    const char *value;

    if (key.len > 0 && slice_find(key, '\0') == key.len)
        slot = *find_slot(pairs, key);
    if (slot == 0)
        return (struct table_answer){.result = TABLE_NOT_FOUND};
    value = pairs->text.at + slot - 1 + key.len + 1;
    return (struct table_answer){.result = TABLE_FOUND,
                                 .value = arena_copy(arena, slice_of(value))};
}

void
pairs_each(const void *of, table_visitor *see, void *context)
{
    const struct pairs *pairs = of;

    for (size_t at = 0; at < pairs->text.len;) {
        struct slice key = slice_of(pairs->text.at + at);
        struct slice value = slice_of(pairs->text.at + at + key.len + 1);

        unsigned line = 0;

        at += key.len + value.len + 2;
        if (pairs->has_lines) {
            memcpy(&line, pairs->text.at + at, sizeof line);
            at += sizeof line;
        }
        if (see(context, value, line))
            return;
    }
}
