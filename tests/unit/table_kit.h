/* What the tests of tables share: files in a directory of their own, and questions. */
#ifndef POSTERN_TESTS_TABLE_KIT_H
#define POSTERN_TESTS_TABLE_KIT_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "policy/table.h"

static struct arena *arena;
static char directory[] = "/tmp/test_table.XXXXXX";

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline const char *
path_of(const char *name)
{
    return arena_printf(arena, "%s/%s", directory, name);
}

/* Written aside and renamed, as an administrator should, and as old as a file that was there
 * before. */
static inline const char *
write_file(const char *name, struct slice text)
{
    const char *path = path_of(name), *aside = path_of("aside");
    struct timespec times[2] = {{.tv_sec = time(NULL) - 60}, {.tv_sec = time(NULL) - 60}};
    FILE *file = fopen(aside, "w");

    if (text.len > 0)
        fwrite(text.at, text.len, 1, file);
    fclose(file);
    utimensat(AT_FDCWD, aside, times, 0);
    rename(aside, path);
    return path;
}

static inline struct table_place *
place_of(const char *type, const char *path, const char **reason_r)
{
    struct table_place *place = ARENA_NEW(arena, struct table_place);

    place->driver = table_driver_find(slice_of(type));
    place->state = place->driver->open(arena, path, reason_r);
    return place->state ? place : NULL;
}

static inline struct table
table_of(struct table_place *places)
{
    return (struct table){.name = SLICE("t"), .places = places, .delimiters = "+"};
}

static inline struct table_answer
ask(const struct table *table, const char *text)
{
    struct value key = value_text(slice_of(text));

    return table_lookup(table, arena, &key, NULL);
}

static inline bool
finds(const struct table *table, const char *key, const char *value)
{
    struct table_answer answer = ask(table, key);

    return answer.result == TABLE_FOUND && slice_equal(answer.value, slice_of(value));
}

static inline void
remove_files(const char *const *names)
{
    for (; *names; names++)
        unlink(path_of(*names));
    rmdir(directory);
}

#endif
