/* The drivers that there are, the words of an answer, and the table in memory that tests use. */
#include "drivers.h"
#include "mail/unicode.h"
#include "mail/utf8.h"

static const struct table_driver *const drivers[] = {
    &table_none,   &table_texthash, &table_cidr,  &table_pcre,
    &table_regexp, &table_hash,     &table_btree,
#ifdef HAVE_LMDB
    &table_lmdb,
#endif
#ifdef HAVE_CDB
    &table_cdb,
#endif
};

enum { DRIVERS = sizeof drivers / sizeof drivers[0] };

const struct table_driver *
table_driver_find(struct slice type)
{
    for (size_t i = 0; i < DRIVERS; i++)
        if (slice_equal(type, slice_of(drivers[i]->type)))
            return drivers[i];
    return NULL;
}

const struct table_driver *
table_driver_of(struct slice text, struct slice *place_r)
{
    size_t colon = slice_find(text, ':');

    *place_r = slice_from(text, colon + 1);
    return colon < text.len ? table_driver_find(slice_first(text, colon)) : NULL;
}

const char *
table_driver_names(struct arena *arena)
{
    const char *names = drivers[0]->type;

    for (size_t i = 1; i < DRIVERS; i++)
        names = arena_printf(arena, "%s, %s", names, drivers[i]->type);
    return names;
}

/* Why no driver is found. */
static const char *
table_type_reason(struct arena *arena, struct slice text)
{
    size_t colon = slice_find(text, ':');

    if (colon == text.len)
        return arena_printf(
            arena, "\"%.*s\" is not TYPE:PLACE; a table is named as in \"texthash:owners\"",
            (int)text.len, text.at);
    return arena_printf(arena, "unknown table type \"%.*s\"; built in are %s", (int)colon, text.at,
                        table_driver_names(arena));
}

static const char *
table_path(struct arena *arena, const char *suffix, struct place named_at, struct slice name)
{
    const char *path = name.len > 0 ? source_relative(arena, named_at.source, name) : "";

    return arena_printf(arena, "%s%s", path, suffix);
}

bool
table_place_open(struct arena *arena, struct slice text, struct place named_at,
                 const struct table_options *options, struct table_place *place_r,
                 const char **reason_r)
{
    struct table_opening *opening = ARENA_NEW(arena, struct table_opening);
    struct slice name;
    const struct table_driver *driver = table_driver_of(text, &name);

    *place_r = (struct table_place){.driver = driver, .named_at = named_at};
    if (driver == NULL) {
        *reason_r = table_type_reason(arena, text);
        return false;
    }
    if (driver->file_suffix)
        place_r->path = table_path(arena, driver->file_suffix, named_at, name);
    *opening = (struct table_opening){
        arena_string(arena, name), place_r->path, named_at, *options};
    place_r->state = driver->open(arena, opening, reason_r);
    return place_r->state != NULL;
}

/* Octets up to the first character that is white space, or up to the first that isn't. */
static struct slice
cut_run(struct slice *rest, bool of_space)
{
    struct slice all = *rest, behind = *rest;

    while (rest->len > 0 && unicode_is_white(utf8_next(&behind)) == of_space)
        *rest = behind;
    return slice_first(all, all.len - rest->len);
}

struct slice
table_fold_key(struct arena *arena, struct slice key)
{
    struct slice rest = key, run = cut_run(&rest, false);
    struct buffer *folded;

    if (rest.len == 0)
        return utf8_fold(arena, key);
    folded = ARENA_NEW(arena, struct buffer);
    buffer_init(folded, arena, SIZE_MAX / 4);
    for (; run.len > 0 || rest.len > 0; run = cut_run(&rest, false)) {
        buffer_add(folded, utf8_fold(arena, run));
        buffer_add(folded, cut_run(&rest, true));
    }
    return buffer_slice(folded);
}

static const char separators[] = ", \t\r\n";

size_t
table_words(struct arena *arena, struct slice value, struct slice **words_r)
{
    struct slice rest = value, word;
    size_t count = 0;

    while (slice_word(&rest, separators, &word))
        count++;
    *words_r = ARENA_ARRAY(arena, count, struct slice);
    rest = value;
    for (size_t i = 0; slice_word(&rest, separators, &word); i++)
        (*words_r)[i] = word;
    return count;
}

bool
table_word_is(struct arena *arena, struct slice word, struct slice text)
{
    return slice_equal(table_fold_key(arena, word), table_fold_key(arena, text));
}

bool
table_word_is_pattern(struct slice word)
{
    if (word.len < 2)
        return slice_equal(word, SLICE("*"));
    return word.at[0] == '@' || word.at[0] == '.' || word.at[word.len - 1] == '@';
}

struct search {
    struct arena *arena;
    struct slice found; /* at is NULL until then */
};

static bool
search_value(void *context, struct slice value)
{
    struct search *search = context;
    struct slice word;

    while (search->found.at == NULL && slice_word(&value, separators, &word))
        if (table_word_is_pattern(word))
            search->found = arena_copy(search->arena, word);
    return search->found.at != NULL;
}

bool
table_find_pattern(const struct table_place *place, struct arena *arena, struct slice *word_r)
{
    struct search search = {.arena = arena};

    if (place->driver && place->state && place->driver->each)
        place->driver->each(place->state, search_value, &search);
    *word_r = search.found;
    return search.found.at != NULL;
}

static bool
see_any(void *context, struct slice value)
{
    (void)value;
    *(bool *)context = true;
    return true;
}

bool
table_is_empty(const struct table_place *place)
{
    bool any = false;

    if (place->driver == NULL || place->state == NULL || place->driver->each == NULL)
        return false;
    place->driver->each(place->state, see_any, &any);
    return !any;
}

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
