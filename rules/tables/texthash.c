/* Keys and values in a text file, in the source format of postmap(1), held in memory: one run of
 * "key NUL value NUL", and a hash table of offsets into it. */
#include "mail/utf8.h"
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

static const char *
remark_on_left_out(struct slice key, struct slice value)
{
    if (key.len == 0 || value.len == 0)
        return "there is no value behind the key, and the line is left out";
    return "a quote in it isn't closed, and the line is left out";
}

/* What postmap(1) would warn of, and a key that nothing is equal to; NULL: it is as it should be.
 * is_fresh: no line before it has this key. */
static const char *
remark_on_key(struct slice key, bool is_fresh)
{
    if (slice_equal(slice_first(key, 3), SLICE("\xEF\xBB\xBF")))
        return "a byte order mark is a part of the key, which is never found; save the file "
               "without "
               "one";
    if (!utf8_is_valid(key))
        return "the key isn't UTF-8, and is never found; save the file as UTF-8";
    if (!is_fresh)
        return "a line before has the same key, and counts; this one is left out";
    if (key.at[key.len - 1] == ':')
        return "the colon is a part of the key; in a table white space alone stands behind a key";
    return NULL;
}

static void
keep_remark(struct arena *arena, struct pairs *pairs, unsigned line, struct slice key,
            const char *remark)
{
    enum { MOST_SHOWN = 60 };
    struct slice shown = slice_first(key, MOST_SHOWN);

    if (remark && pairs_remark(pairs) == NULL)
        pairs_keep_remark(pairs, arena_printf(arena, "line %u: \"%.*s\": %s", line, (int)shown.len,
                                              shown.at, remark));
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
        size_t before = pairs_count(pairs);
        bool is_whole = split_line(line, &key, &value) && !has_nul(line);

        has_lines = true;
        if (is_whole)
            fits = pairs_add(pairs, table_fold_key(work, key), value, reader.number);
        keep_remark(arena, pairs, reader.number, key,
                    is_whole ? remark_on_key(key, pairs_count(pairs) > before)
                             : remark_on_left_out(key, value));
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
        .remark = pairs_remark,
    };

    return table_file_open(arena, opening, &form, reason_r);
}

const struct table_driver table_texthash = {
    .type = "texthash",
    .file_suffix = "",
    .open = texthash_open,
    .find = table_file_answer,
    .each = table_file_each,
    .remark = table_file_remark,
};
