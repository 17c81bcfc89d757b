/* Databases in MaxMind's format: the input is the file. It is refused with a reason, or answers are
 * words of letters and digits, whatever the address. */
#include "policy/table_driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const addresses[] = {"0.0.0.0",     "192.0.2.1",       "255.255.255.255", "::",
                                        "2001:db8::1", "::ffff:10.0.0.1", "ffff::ffff"};

static bool
is_words(struct slice value)
{
    for (size_t i = 0; i < value.len; i++)
        if (!ascii_is_alnum(value.at[i]) && value.at[i] != ' ')
            return false;
    return value.len > 0;
}

static void
ask_all(struct arena *arena, const struct table_place *place)
{
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        struct slice key = slice_of(addresses[i]);
        struct table_answer answer = place->driver->find(place->state, arena, key, INT64_MAX);

        if (answer.result == TABLE_NOT_A_KEY ||
            (answer.result == TABLE_FOUND && !is_words(answer.value)) ||
            (answer.result == TABLE_COULD_NOT_ASK && answer.reason == NULL))
            __builtin_trap();
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd;
    const struct table_options options = {.timeout_ms = TABLE_TIMEOUT_MS};
    struct arena *arena = arena_new(SIZE_MAX);
    struct table_place place;
    const char *reason = NULL;

    if (fd == 0)
        fd = memfd_create("input", MFD_CLOEXEC);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
        __builtin_trap();
    if (table_place_open(arena, slice_of(arena_printf(arena, "mmdb:/proc/self/fd/%d", fd)),
                         (struct place){0}, &options, &place, &reason))
        ask_all(arena, &place);
    else if (reason == NULL)
        __builtin_trap();
    arena_free(&arena);
    return 0;
}
