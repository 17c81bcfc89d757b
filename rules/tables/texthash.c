/* Keys and values in a text file, in the source format of postmap(1), held in memory: one run of
 * "key NUL value NUL", and a hash table of offsets into it. */
#include "file.h"
#include "lines.h"
#include "pairs.h"
#include "table_inside.h"

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

static bool
has_nul(struct slice s)
{
    return slice_find(s, '\0') < s.len;
}

/* Lines that postmap(1) would warn of and leave out are left out; but where no line is left, this
 * is no such file. */
static const void *
texthash_build(struct arena *arena, struct slice text, const char **reason_r)
{
    struct pairs *pairs = pairs_new(arena, true);
    struct arena *work = arena_new_child(arena, SIZE_MAX);
    struct table_lines reader;
    struct slice line, key, value;
    bool fits = true, has_lines = false;

    table_lines_begin(&reader, work, text);
    while (fits && table_lines_next(&reader, &line)) {
        has_lines = true;
        if (split_line(line, &key, &value) && !has_nul(line))
            fits = pairs_add(pairs, table_fold_key(work, key), value, reader.number);
    }
    arena_free(&work);
    *reason_r = "is larger than 4 GB when its keys are folded";
    if (!fits)
        return NULL;
    *reason_r = "no line of it is a key, white space and a value";
    return has_lines && pairs_is_empty(pairs) ? NULL : pairs;
}

static void *
texthash_open(struct arena *arena, const struct table_opening *opening, const char **reason_r)
{
    static const struct table_file_form form = {
        .build = texthash_build,
        .find = pairs_answer,
        .walk = pairs_each,
        .old_stays = true,
        .is_empty = pairs_is_empty,
    };

    return table_file_open(arena, opening, &form, reason_r);
}

const struct table_driver table_texthash = {
    .type = "texthash",
    .file_suffix = "",
    .open = texthash_open,
    .find = table_file_answer,
    .each = table_file_each,
};
