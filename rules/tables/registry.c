/* The drivers that there are, and how a table of each is opened. */
#include "drivers.h"

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
