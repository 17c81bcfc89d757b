/* Scripts and skeletons of any octets. */
#include <stdlib.h>

#include "mail/looks.h"

static void
must(bool held)
{
    if (!held)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice text = {(const char *)data, size};
    struct slice skeleton = looks_skeleton(arena, text);
    const char **name;
    size_t count = looks_scripts(arena, text, &name);

    must(skeleton.len <= 100 * size + 100 && count < 300);
    for (size_t i = 0; i < count; i++)
        must(name[i][0] != '\0');
    if (looks_mixed(arena, text, SCRIPT_MODERATELY_RESTRICTIVE))
        must(looks_mixed(arena, text, SCRIPT_HIGHLY_RESTRICTIVE));
    arena_free(&arena);
    return 0;
}
