/* Files of Berkeley DB: the input is the file. What was read is found, and nothing is read for ever
 * or beyond its end. */
#include "policy/table_driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char directory[] = "/tmp/fuzz_berkeley.XXXXXX", name[sizeof directory + 8];
static char link_name[sizeof name + 4];

static void
remove_link(void)
{
    unlink(link_name);
    rmdir(directory);
}

/* The driver opens NAME.db: a link to the input in memory. */
static void
make_link(int fd)
{
    char target[64];

    if (mkdtemp(directory) == NULL)
        __builtin_trap();
    atexit(remove_link);
    snprintf(name, sizeof name, "%s/input", directory);
    snprintf(link_name, sizeof link_name, "%s.db", name);
    snprintf(target, sizeof target, "/proc/%d/fd/%d", (int)getpid(), fd);
    if (symlink(target, link_name) != 0)
        __builtin_trap();
}

static bool
count_value(void *context, struct slice value, unsigned line)
{
    (void)line;
    *(size_t *)context += 1 + value.len;
    return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"hash", "btree"};
    static int fd;
    struct arena *arena = arena_new(SIZE_MAX);

    if (name[0] == '\0') {
        fd = memfd_create("table", MFD_CLOEXEC);
        make_link(fd);
    }
    if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
        __builtin_trap();
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct slice text = slice_of(arena_printf(arena, "%s:%s", types[i], name));
        const struct table_options options = {.timeout_ms = TABLE_TIMEOUT_MS};
        struct table_place place;
        const char *reason = NULL;
        size_t octets = 0;

        if (!table_place_open(arena, text, (struct place){0}, &options, &place, &reason)) {
            if (reason == NULL)
                __builtin_trap();
            continue;
        }
        place.driver->each(place.state, count_value, &octets);
        place.driver->find(place.state, arena, SLICE("a"), INT64_MAX);
        if (octets > 2 * size)
            __builtin_trap();
    }
    arena_free(&arena);
    return 0;
}
