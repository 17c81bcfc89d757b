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

/* Shows what the place can answer, as far as it can be listed. */
static void
place_each(const struct table_place *place, table_visitor *see, void *context)
{
    const struct table_driver *driver = place->driver;

    if (driver && place->state && driver->each)
        driver->each(place->state, see, context);
    for (const struct table_place *inner = place->inner; inner; inner = inner->next)
        if (!driver->last_answers || inner->next == NULL)
            place_each(inner, see, context);
}

bool
table_find_pattern(const struct table_place *place, struct arena *arena, struct slice *word_r)
{
    struct search search = {.arena = arena};

    place_each(place, search_value, &search);
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
