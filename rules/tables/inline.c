/* Keys and values that stand in the policy itself. */
#include "braces.h"
#include "lines.h"
#include "pairs.h"
#include "table_inside.h"

/* Behind the key, in which what stands in quotes keeps them; the length of the text for an open
 * quote. */
static size_t
inline_key_end(struct slice text)
{
    bool quoted = false;
    size_t at = 0;

    for (; at < text.len && (quoted || (text.at[at] != '=' && !table_is_space(text.at[at]))); at++)
        if (text.at[at] == '"')
            quoted = !quoted;
    return at;
}

/* KEY=VALUE, in braces of its own or not; the reason when it is something else, or NULL. */
static const char *
inline_split(struct arena *arena, struct slice item, struct slice *key_r, struct slice *value_r)
{
    struct slice text;
    const char *reason = braces_strip(item, &text);
    size_t end = inline_key_end(text);
    struct slice rest = table_trim(slice_from(text, end));

    *key_r = slice_first(text, end);
    *value_r = table_trim(slice_from(rest, 1));
    if (reason == NULL && (rest.len == 0 || rest.at[0] != '='))
        reason = "a key, \"=\" and a value are wanted";
    if (reason == NULL && key_r->len == 0)
        reason = "it has no key";
    if (reason == NULL && value_r->len == 0)
        reason = "it has no value";
    return reason ? arena_printf(arena, "\"%.*s\": %s", (int)item.len, item.at, reason) : NULL;
}

/* Of two equal keys the last counts, so the last is added first. */
static void
inline_add(struct arena *arena, struct pairs *pairs, const struct slice *half, size_t halves)
{
    for (size_t i = halves; i > 0; i -= 2)
        pairs_add(pairs, table_fold_key(arena, half[i - 2]), half[i - 1], 0);
}

static void *
inline_open(struct arena *arena, const struct table_opening *opening, const char **reason_r)
{
    struct pairs *pairs = pairs_new(arena, false);
    struct slice place = slice_of(opening->place), inside = {0}, item;
    struct slice *half = ARENA_ARRAY(arena, place.len + 2, struct slice);
    const char *reason = NULL;
    size_t halves = 0;

    if (!braces_inside(place, &inside))
        reason = "\"inline:\" is written as in \"inline:{alice=sales, bob=sales}\"";
    for (; reason == NULL && braces_item(&inside, &item); halves += 2)
        reason = inline_split(arena, item, &half[halves], &half[halves + 1]);
    if (reason == NULL && halves == 0)
        reason = "\"inline:{}\" has nothing in it; the empty table is \"none:\"";
    *reason_r = reason;
    if (reason)
        return NULL;
    inline_add(arena, pairs, half, halves);
    return pairs;
}

static struct table_answer
inline_find(void *state, struct arena *arena, struct slice key, int64_t deadline_ms)
{
    (void)deadline_ms;
    return pairs_answer(state, arena, key);
}

static void
inline_each(void *state, table_visitor *see, void *context)
{
    pairs_each(state, see, context);
}

const struct table_driver table_inline = {
    .type = "inline",
    .open = inline_open,
    .find = inline_find,
    .each = inline_each,
};
