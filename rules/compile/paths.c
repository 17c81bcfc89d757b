/* The files that a policy is read from, and what is in them. */
#include "language/source.h"
#include "plan.h"
#include "policy/table_driver.h"

struct paths {
    struct arena *arena;
    struct policy_path *path; /* NULL: they are only counted */
    size_t count;
};

static void
paths_add(struct paths *paths, const char *path, struct place named_at, bool is_table)
{
    if (paths->path)
        paths->path[paths->count] =
            (struct policy_path){.path = path, .named_at = named_at, .is_table = is_table};
    paths->count++;
}

/* The file that was read last stands first there. A text that is no file has no inode. */
static void
paths_add_sources(struct paths *paths, const struct source_file *last)
{
    size_t at;

    for (const struct source_file *file = last; file; file = file->next)
        paths->count += file->inode != 0;
    at = paths->count;
    for (const struct source_file *file = last; file && paths->path; file = file->next)
        if (file->inode != 0)
            paths->path[--at] =
                (struct policy_path){.path = file->source.name, .named_at = file->named_at};
}

static void
paths_add_list(struct paths *paths, const struct list_statement *list)
{
    if (list->from_file)
        paths_add(paths,
                  diagnostics_source_relative(paths->arena, list->file_place.source, list->file),
                  list->file_place, false);
}

/* What a driver opens besides. */
static void
paths_add_opened(struct paths *paths, const struct table_place *place)
{
    bool writes;
    const char *path = place->driver->also_opens(place->state, &writes);

    paths_add(paths, path, place->named_at, true);
    if (paths->path)
        paths->path[paths->count - 1].writes_beside = writes;
}

static void
paths_add_places(struct paths *paths, const struct table_place *place)
{
    for (; place; place = place->next) {
        if (place->path)
            paths_add(paths, place->path, place->named_at, true);
        if (place->driver && place->driver->also_opens)
            paths_add_opened(paths, place);
        paths_add_places(paths, place->inner);
    }
}

static void
paths_add_all(struct paths *paths, const struct tree *tree)
{
    paths_add_sources(paths, tree->files);
    for (const struct statement *s = tree->first; s; s = s->next)
        if (s->kind == STATEMENT_LIST && !s->overridden)
            paths_add_list(paths, &s->list);
        else if (s->kind == STATEMENT_TABLE && !s->overridden)
            paths_add_places(paths, s->table.table->places);
}

/* Each text under what was made of those before it. */
static uint64_t
hash_behind(uint64_t before, struct slice text)
{
    const struct hash_key key = {{before, text.len}};

    return slice_hash_under(&key, text);
}

uint64_t
policy_hash(const struct policy *policy)
{
    uint64_t hash = 0;

    for (const struct source_file *file = policy->tree.files; file; file = file->next)
        hash = hash_behind(hash, file->source.text);
    for (const struct statement *s = policy->tree.first; s; s = s->next)
        if (s->kind == STATEMENT_LIST && s->list.from_file && !s->overridden)
            hash = hash_behind(hash, s->list.file_text);
    return hash;
}

const struct policy_path *
policy_paths(const struct policy *policy, struct arena *arena, size_t *count_r)
{
    struct paths paths = {.arena = arena};

    paths_add_all(&paths, &policy->tree);
    paths.path = ARENA_ARRAY(arena, paths.count, struct policy_path);
    paths.count = 0;
    paths_add_all(&paths, &policy->tree);
    *count_r = paths.count;
    return paths.path;
}
