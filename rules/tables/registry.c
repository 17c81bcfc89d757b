/* The drivers that there are, and how a table of each is opened. */
#include "braces.h"
#include "cache.h"
#include "table_inside.h"

static const struct table_driver *const drivers[] = {
    &table_none,     &table_texthash, &table_cidr,   &table_pcre,   &table_regexp, &table_hash,
    &table_btree,    &table_inline,   &table_static, &table_fail,   &table_unionmap,
    &table_pipemap,  &table_mmdb,
#ifdef HAVE_LMDB
    &table_lmdb,
#endif
#ifdef HAVE_CDB
    &table_cdb,
#endif
#ifdef HAVE_SQLITE
    &table_sqlite,
#endif
};

enum { DRIVERS = sizeof drivers / sizeof drivers[0], MOST_NESTED = 8 };

/* Types that Postfix has too, or that want a library that wasn't there. */
static const char *const elsewhere[] = {"socketmap", "ldap", "mysql", "pgsql",
                                        "redis",     "lmdb", "cdb",   "sqlite"};

const struct table_driver *
table_driver_find(struct slice type)
{
    for (size_t i = 0; i < DRIVERS; i++)
        if (slice_equal(type, slice_of(drivers[i]->type)))
            return drivers[i];
    return NULL;
}

/* TYPE:PLACE taken apart. */
struct table_spec {
    struct slice type, place;
    bool is_whole;                     /* there is a colon */
    const struct table_driver *driver; /* NULL: there is no such type */
};

/* What Postfix asks through its proxymap(8), we ask ourselves. */
static struct table_spec
table_spec_read(struct slice text)
{
    struct slice proxy = SLICE("proxy:");
    struct table_spec spec = {0};
    size_t colon;

    if (slice_equal(slice_first(text, proxy.len), proxy))
        text = slice_from(text, proxy.len);
    colon = slice_find(text, ':');
    spec.type = slice_first(text, colon);
    spec.place = slice_from(text, colon + 1);
    spec.is_whole = colon < text.len;
    if (spec.is_whole)
        spec.driver = table_driver_find(spec.type);
    return spec;
}

const char *
table_driver_names(struct arena *arena)
{
    const char *names = drivers[0]->type;

    for (size_t i = 1; i < DRIVERS; i++)
        names = arena_printf(arena, "%s, %s", names, drivers[i]->type);
    return names;
}

static bool
table_type_is_known(struct slice type)
{
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
        if (slice_equal(type, slice_of(elsewhere[i])))
            return true;
    return false;
}

/* Why no driver is found. */
static const char *
table_type_reason(struct arena *arena, const struct table_spec *spec, struct slice text)
{
    if (!spec->is_whole)
        return arena_printf(
            arena, "\"%.*s\" is not TYPE:PLACE; a table is named as in \"texthash:owners\"",
            (int)text.len, text.at);
    if (table_type_is_known(spec->type))
        return arena_printf(arena, "tables of type \"%.*s\" are not built; built in are %s",
                            (int)spec->type.len, spec->type.at, table_driver_names(arena));
    return arena_printf(arena, "unknown table type \"%.*s\"; built in are %s",
                        (int)spec->type.len, spec->type.at, table_driver_names(arena));
}

static const char *
table_path(struct arena *arena, const char *suffix, struct place named_at, struct slice name)
{
    const char *path =
        name.len > 0 ? diagnostics_source_relative(arena, named_at.source, name) : "";

    return arena_printf(arena, "%s%s", path, suffix);
}

/* What all places of one text have in common. */
struct table_opener {
    struct arena *arena;
    struct place named_at;
    const struct table_options *options;
    const char *reason;
};

static const char *
reason_with_cure(const struct table_opener *opener, const struct table_place *place,
                 struct slice name)
{
    const char *cure =
        place->path ? table_cure(opener->arena, place->driver, name, place->path) : NULL;

    return cure ? arena_printf(opener->arena, "%s; %s", opener->reason, cure) : opener->reason;
}

static bool
table_open_state(struct table_opener *opener, struct slice name, struct table_place *place)
{
    struct table_opening *opening = ARENA_NEW(opener->arena, struct table_opening);
    const struct table_driver *driver = place->driver;

    if (driver->file_suffix)
        place->path = table_path(opener->arena, driver->file_suffix, opener->named_at, name);
    *opening = (struct table_opening){
        arena_string(opener->arena, name), place->path, opener->named_at, *opener->options};
    place->whole_keys_only = driver->whole_keys_only;
    if (driver->may_be_slow && opener->options->cache_ms > 0)
        place->cache = table_cache_new(opener->arena, opener->options->cache_ms);
    place->state = driver->open(opener->arena, opening, &opener->reason);
    opener->reason = place->state ? NULL : reason_with_cure(opener, place, name);
    return place->state != NULL;
}

static bool table_open_at(struct table_opener *opener, struct slice text, unsigned depth,
                          struct table_place *place_r);

/* Between braces stand the tables that one is made of. */
static const char *
table_inner_reason(struct arena *arena, const char *type, bool in_braces, unsigned depth)
{
    if (!in_braces)
        return arena_printf(arena, "\"%s:\" is written as in \"%s:{texthash:a, texthash:b}\"", type,
                            type);
    if (depth == MOST_NESTED)
        return arena_printf(arena, "tables nest deeper than %d", MOST_NESTED);
    return NULL;
}

/* What the policy says of the answers, it says of the last of a row. */
static bool
table_open_inner(struct table_opener *opener, struct slice text, unsigned depth,
                 struct table_place *outer)
{
    struct table_options options = *opener->options;
    struct table_opener within = {opener->arena, opener->named_at, &options, NULL};
    const char *type = outer->driver->type;
    struct table_place **last = &outer->inner;
    struct slice rest = {0}, item;
    bool in_braces = braces_inside(text, &rest);

    if (outer->driver->last_answers)
        options.as = TYPE_ABSENT;
    opener->reason = table_inner_reason(opener->arena, type, in_braces, depth);
    while (opener->reason == NULL && braces_item(&rest, &item)) {
        *last = ARENA_NEW(opener->arena, struct table_place);
        if (!table_open_at(&within, item, depth + 1, *last))
            opener->reason = within.reason;
        last = &(*last)->next;
    }
    if (opener->reason == NULL && outer->inner == NULL)
        opener->reason = arena_printf(opener->arena, "\"%s:{}\" has no tables in it", type);
    if (opener->reason == NULL)
        outer->whole_keys_only = outer->inner->whole_keys_only;
    return opener->reason == NULL;
}

static bool
table_open_at(struct table_opener *opener, struct slice text, unsigned depth,
              struct table_place *place_r)
{
    struct table_spec spec = table_spec_read(text);

    *place_r = (struct table_place){.driver = spec.driver, .named_at = opener->named_at};
    if (spec.driver == NULL) {
        opener->reason = table_type_reason(opener->arena, &spec, text);
        return false;
    }
    return spec.driver->ask_inner ? table_open_inner(opener, spec.place, depth, place_r)
                                  : table_open_state(opener, spec.place, place_r);
}

bool
table_place_open(struct arena *arena, struct slice text, struct place named_at,
                 const struct table_options *options, struct table_place *place_r,
                 const char **reason_r)
{
    struct table_opener opener = {arena, named_at, options, NULL};
    bool is_open = table_open_at(&opener, text, 0, place_r);

    if (!is_open)
        *reason_r = opener.reason;
    return is_open;
}

/* Adds the names in one text, and says where the next goes. */
static const struct table_file_name **
table_add_names(struct arena *arena, struct slice text, unsigned depth,
                const struct table_file_name **last)
{
    struct table_spec spec = table_spec_read(text);
    struct slice rest = {0}, item;

    if (spec.driver && spec.driver->file_suffix) {
        struct table_file_name *name = ARENA_NEW(arena, struct table_file_name);

        name->name = spec.place;
        *last = name;
        return &name->next;
    }
    if (spec.driver && spec.driver->ask_inner && depth < MOST_NESTED)
        braces_inside(spec.place, &rest);
    while (braces_item(&rest, &item))
        last = table_add_names(arena, item, depth + 1, last);
    return last;
}

const struct table_file_name *
table_file_names(struct arena *arena, struct slice text)
{
    const struct table_file_name *first = NULL;

    table_add_names(arena, text, 0, &first);
    return first;
}
