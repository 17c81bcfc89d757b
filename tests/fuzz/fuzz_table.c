/* The contents of files of tables, and a key to ask them for: the first line. */
#include "policy/table.h"

#include <sys/mman.h>
#include <unistd.h>

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
        struct table_place place = {.driver = table_driver_find(slice_of(types[i]))};
        const char *reason = NULL;

        place.state =
            place.driver->open(arena, arena_printf(arena, "/proc/self/fd/%d", fd), &reason);
        if (place.state)
            ask(&place, arena, key);
        else if (reason == NULL)
            __builtin_trap();
    }
    close(fd);
    arena_free(&arena);
    return 0;
}
