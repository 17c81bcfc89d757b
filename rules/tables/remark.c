/* What in a table can't be meant, though it can be asked. */
#include <sys/stat.h>

#include "table_inside.h"

/* As Postfix does, which says so at each start. */
static const char *
remark_on_age(const struct table_place *place, struct arena *arena)
{
    const char *suffix = place->driver->file_suffix;
    struct slice source;
    struct stat text, made;

    if (place->path == NULL || suffix == NULL || suffix[0] == '\0')
        return NULL;
    source = slice_first(slice_of(place->path), strlen(place->path) - strlen(suffix));
    if (stat(arena_string(arena, source), &text) != 0 || stat(place->path, &made) != 0 ||
        text.st_mtime <= made.st_mtime)
        return NULL;
    return arena_printf(arena, "%s is older than %.*s; to bring it up to date, run: %s",
                        place->path, (int)source.len, source.at,
                        table_making(arena, place->driver->type, source));
}

const char *
table_remark(const struct table_place *place, struct arena *arena)
{
    const char *remark = NULL;

    if (place->driver && place->state) {
        remark = remark_on_age(place, arena);
        if (remark == NULL && place->driver->remark)
            remark = place->driver->remark(place->state, arena);
    }
    for (const struct table_place *inner = place->inner; inner && !remark; inner = inner->next)
        remark = table_remark(inner, arena);
    return remark;
}

bool
table_takes_addresses_alone(const struct table_place *place)
{
    if (place->inner)
        return table_takes_addresses_alone(place->inner);
    return place->driver && place->driver->keys_are_ips;
}
