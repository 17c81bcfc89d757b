/* Any octets as a policy: parsed, printed, parsed again, it prints the same. */
#include <stdlib.h>

#include "language/parse.h"
#include "language/print.h"

enum { CEILING = 64 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Includes of files that are really there would make the result depend on the machine. */
static bool
may_read_files(struct slice text)
{
    return memmem(text.at, text.len, "include", strlen("include")) != NULL &&
           (memmem(text.at, text.len, "\"/", 2) != NULL ||
            memmem(text.at, text.len, "..", 2) != NULL);
}

static bool
print_normal(struct arena *arena, struct slice text, struct buffer *normal)
{
    struct diagnostics diagnostics;
    struct tree tree;

    diagnostics_init(&diagnostics, arena);
    buffer_init(normal, arena, CEILING);
    parse_text(arena, "fuzz", "no-such-directory", text, &diagnostics, &tree);
    print_tree(normal, &tree);
    return diagnostics.errors == 0 && !normal->over;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = {(const char *)data, size};
    struct arena *arena;
    struct buffer once, twice;

    if (size == 0 || may_read_files(text))
        return 0;
    arena = arena_new(CEILING);
    if (print_normal(arena, text, &once) &&
        (!print_normal(arena, buffer_slice(&once), &twice) ||
         !slice_equal(buffer_slice(&once), buffer_slice(&twice)))) {
        fprintf(stderr, "first:\n%s\nthen:\n%s\n", buffer_slice(&once).at, buffer_slice(&twice).at);
        abort();
    }
    arena_free(&arena);
    return 0;
}
