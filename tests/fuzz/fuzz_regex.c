/* A pattern and a subject from the same data, with small limits. */
#include "values/regex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct regex_bounds bounds = {.limit = 1000};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const flags[] = {"", "i", "s", "m", "x", "ismx"};
    struct slice all = {(const char *)data, size}, group;
    struct arena *arena = arena_new(1 << 20);
    const struct regex *regex;
    const char *reason;
    size_t end, offset;

    if (size > 0) {
        end = slice_find(all, '\n');
        regex = regex_compile(arena, slice_first(slice_from(all, 1), end ? end - 1 : 0),
                              slice_of(flags[data[0] % 6]), &reason, &offset);
        if (regex) {
            regex_match(regex, slice_from(all, end + 1), bounds, &reason);
            for (unsigned i = 0; i <= regex_groups(regex) && i < 4; i++)
                regex_group(regex, slice_from(all, end + 1), bounds, arena, i, &group);
        }
    }
    arena_free(&arena);
    return 0;
}
