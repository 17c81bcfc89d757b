/* Keys and values in a text file, in the source format of postmap(1), held in memory: one run of
 * "key NUL value NUL", and a hash table of offsets into it. */
#include "tables/drivers.h"
#include "tables/file.h"
#include "tables/lines.h"

struct texthash {
    struct buffer text;
    uint32_t *slot; /* offset of a key + 1; 0 is free */
    size_t slots;   /* a power of two */
};

/* White space ends a key only outside quotes, which stay in it; false for an open quote. */
static bool
split_line(struct slice line, struct slice *key_r, struct slice *value_r)
{
    bool quoted = false;
    size_t at = 0;

    for (; at < line.len && (quoted || !table_is_space(line.at[at])); at++) {
        if (line.at[at] == '"')
            quoted = !quoted;
        else if (line.at[at] == '\\' && at + 1 < line.len)
            at++;
    }
    *key_r = slice_first(line, at);
    *value_r = table_trim(slice_from(line, at));
    return !quoted && key_r->len > 0 && value_r->len > 0;
}

/* The slot of this key, or the free one where it belongs. */
static uint32_t *
find_slot(const struct texthash *table, struct slice key)
{
    size_t mask = table->slots - 1;
    size_t at = slice_hash(key) & mask;

    while (table->slot[at] != 0) {
        const char *have = table->text.at + table->slot[at] - 1;

        if (strncmp(have, key.at, key.len) == 0 && have[key.len] == '\0')
            break;
        at = (at + 1) & mask;
    }
    return &table->slot[at];
}

/* The first of two equal keys counts, as in postmap(1). */
static void
add(struct texthash *table, struct slice key, struct slice value)
{
    uint32_t *slot = find_slot(table, key);

    if (*slot != 0)
        return;
    *slot = (uint32_t)table->text.len + 1;
    buffer_add(&table->text, key);
    buffer_octet(&table->text, '\0');
    buffer_add(&table->text, value);
    buffer_octet(&table->text, '\0');
}

static bool
has_nul(struct slice s)
{
    return slice_find(s, '\0') < s.len;
}

static size_t
count_lines(struct slice text)
{
    size_t lines = 1;

    for (; text.len > 0; lines++)
        text = slice_from(text, slice_find(text, '\n') + 1);
    return lines;
}

/* Lines that postmap(1) would warn of and leave out are left out. */
static const void *
build(struct arena *arena, struct slice text, const char **reason_r)
{
    struct texthash *table = ARENA_NEW(arena, struct texthash);
    struct arena *work = arena_new(SIZE_MAX);
    size_t lines = count_lines(text);
    struct table_lines reader;
    struct slice line, key, value;

    (void)reason_r;
    for (table->slots = 16; table->slots < lines + lines / 2;)
        table->slots *= 2;
    table->slot = ARENA_ARRAY(arena, table->slots, uint32_t);
    buffer_init(&table->text, arena, UINT32_MAX - 1);
    table_lines_begin(&reader, work, text);
    while (!table->text.over && table_lines_next(&reader, &line))
        if (split_line(line, &key, &value) && !has_nul(line))
            add(table, table_fold_key(work, key), value);
    arena_free(&work);
    if (!table->text.over)
        return table;
    *reason_r = "is larger than 4 GB when its keys are folded";
    return NULL;
}

static void *
texthash_open(struct arena *arena, const char *place, const char **reason_r)
{
    return table_file_open(arena, place, build, reason_r);
}

static struct table_answer
look_up(const struct texthash *table, struct arena *arena, struct slice key)
{
    uint32_t slot = has_nul(key) || key.len == 0 ? 0 : *find_slot(table, key);
    const char *value;

    if (slot == 0)
        return (struct table_answer){.result = TABLE_NOT_FOUND};
    value = table->text.at + slot - 1 + key.len + 1;
    return (struct table_answer){.result = TABLE_FOUND,
                                 .value = arena_copy(arena, slice_of(value))};
}

static struct table_answer
texthash_find(void *state, struct arena *arena, struct slice key)
{
    struct snapshot *snapshot = table_file_take(state);
    struct table_answer answer = {.result = TABLE_COULD_NOT_ASK};

    if (snapshot->contents)
        answer = look_up(snapshot->contents, arena, key);
    else
        answer.reason = arena_string(arena, slice_of(snapshot->reason));
    table_file_give_back(state, snapshot);
    return answer;
}

const struct table_driver table_texthash = {"texthash", texthash_open, texthash_find};
