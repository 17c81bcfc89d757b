/* The contents of files of tables, and a key to ask them for: the first line. */
#include "policy/table_driver.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
ask(struct table_place *place, struct arena *arena, struct slice key)
{
    struct table table = {.name = SLICE("t"), .places = place, .delimiters = "+-"};

    for (enum value_type type = TYPE_NUMBER; type < TYPES; type++) {
        struct value value;
        struct slice *words;

        if (!value_read(arena, type, key, LOCAL_CASE_IGNORE, &value))
            continue;
        table_words(arena, table_lookup(&table, arena, &value, NULL).value, &words);
    }
}

/* The text as what stands behind the name of a type. */
static void
ask_written(struct arena *arena, const char *type, struct slice text, struct slice key)
{
    struct slice all = slice_of(arena_printf(arena, "%s:%.*s", type, (int)text.len, text.at));
    const struct table_options options = {.timeout_ms = TABLE_TIMEOUT_MS};
    const char *reason = NULL;
    struct table_place place;

    table_file_names(arena, all);
    if (table_place_open(arena, all, (struct place){0}, &options, &place, &reason))
        ask(&place, arena, key);
    else if (reason == NULL)
        __builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"texthash", "cidr", "pcre"};
    struct slice all = {(const char *)data, size};
    struct arena *arena = arena_new(1 << 20);
    struct slice key = slice_first(all, slice_find(all, '\n'));
    int fd = memfd_create("table", MFD_CLOEXEC);

    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        return 0;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct slice text = slice_of(arena_printf(arena, "%s:/proc/self/fd/%d", types[i], fd));
        const struct table_options options = {.timeout_ms = TABLE_TIMEOUT_MS};
        struct table_place place;
        const char *reason = NULL;

        if (table_place_open(arena, text, (struct place){0}, &options, &place, &reason))
            ask(&place, arena, key);
        else if (reason == NULL)
            __builtin_trap();
    }
    ask_written(arena, "inline", slice_from(all, key.len + 1), key);
    ask_written(arena, "static", slice_from(all, key.len + 1), key);
    table_file_names(arena, all);
    close(fd);
    arena_free(&arena);
    return 0;
}
