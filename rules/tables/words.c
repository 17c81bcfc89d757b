/* The words of an answer. */
#include "table_inside.h"

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

static bool
search_pattern(void *context, struct slice value, unsigned line)
{
    struct table_search *search = context;
    struct slice word;

    (void)line;
    while (search->found.value.at == NULL && slice_word(&value, separators, &word))
        if (table_word_is_pattern(word))
            search->found.value = arena_copy(search->arena, word);
    return search->found.value.at != NULL;
}

/* What a pattern puts together is known when it is asked. */
bool
table_search_unreadable(void *context, struct slice value, unsigned line)
{
    struct table_search *search = context;

    if (table_value_reads(value, search->as) || slice_find(value, '$') < value.len)
        return false;
    search->found = (struct table_unreadable){arena_copy(search->arena, value), search->path, line};
    return true;
}

/* Shows what the place can answer, as far as it can be listed, until something is found. */
static bool
search_place(const struct table_place *place, table_visitor *see, struct table_search *search)
{
    const struct table_driver *driver = place->driver;

    search->path = place->path;
    if (driver && place->state && driver->each)
        driver->each(place->state, see, search);
    for (const struct table_place *inner = place->inner; inner; inner = inner->next)
        if ((!driver->last_answers || inner->next == NULL) && search_place(inner, see, search))
            break;
    return search->found.value.at != NULL;
}

bool
table_find_pattern(const struct table_place *place, struct arena *arena, struct slice *word_r)
{
    struct table_search search = {.arena = arena};
    bool found = search_place(place, search_pattern, &search);

    *word_r = search.found.value;
    return found;
}

bool
table_value_reads(struct slice value, enum value_type as)
{
    struct slice rest = value, word = {0};
    struct value read;

    slice_word(&rest, separators, &word);
    return word.len > 0 && value_read(NULL, as, word, LOCAL_CASE_IGNORE, &read) &&
           !slice_word(&rest, separators, &word);
}

bool
table_find_unreadable(const struct table_place *place, struct arena *arena, enum value_type as,
                      struct table_unreadable *unreadable_r)
{
    struct table_search search = {.arena = arena, .as = as};
    bool found = search_place(place, table_search_unreadable, &search);

    *unreadable_r = search.found;
    return found;
}

const char *
table_unreadable_text(struct arena *arena, const struct table_unreadable *unreadable,
                      enum value_type as)
{
    enum { MOST_SHOWN = 200 };
    struct slice shown = slice_first(unreadable->value, MOST_SHOWN);
    const char *where = "";

    if (unreadable->path)
        where = arena_printf(arena, "%s: ", unreadable->path);
    if (unreadable->line > 0)
        where = arena_printf(arena, "%sline %u: ", where, unreadable->line);
    return arena_printf(arena, "%s\"%.*s\" is not %s", where, (int)shown.len, shown.at,
                        value_type_name(as));
}

static bool
see_any(void *context, struct slice value, unsigned line)
{
    (void)value;
    (void)line;
    *(bool *)context = true;
    return true;
}

/* Where the last answers, one that is empty will do; else all must be. */
static bool
inner_are_empty(const struct table_place *place)
{
    bool any_will_do = place->driver->last_answers;

    for (const struct table_place *inner = place->inner; inner; inner = inner->next)
        if (table_is_empty(inner) == any_will_do)
            return any_will_do;
    return !any_will_do;
}

bool
table_is_empty(const struct table_place *place)
{
    bool any = false;

    if (place->inner)
        return inner_are_empty(place);
    if (place->driver == NULL || place->state == NULL || place->driver->each == NULL)
        return false;
    place->driver->each(place->state, see_any, &any);
    return !any;
}
