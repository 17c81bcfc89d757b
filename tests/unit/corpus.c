/* Test material that others wrote. */
#include "corpus.h"

#include <stdlib.h>

#include "tap.h"

FILE *
corpus_open(const char *name)
{
    const char *folder = getenv("POSTERN_CORPORA"), *srcdir = getenv("srcdir");
    char path[4096];
    FILE *file;

    if (folder)
        snprintf(path, sizeof path, "%s/%s", folder, name);
    else
        snprintf(path, sizeof path, "%s/../shared/corpora/%s", srcdir ? srcdir : ".", name);
    file = fopen(path, "r");
    if (!file)
        tap_skip("what others wrote: there is no %s; POSTERN_CORPORA names its folder", path);
    return file;
}

size_t
corpus_cut(struct slice line, struct slice *column, size_t most)
{
    size_t count = 0;

    while (count < most) {
        size_t tab = slice_find(line, '\t');

        column[count++] = slice_first(line, tab);
        if (tab == line.len)
            break;
        line = slice_from(line, tab + 1);
    }
    return count;
}

static int
digit(char c)
{
    return ascii_is_digit(c) ? c - '0' : ascii_lower(c) - 'a' + 10;
}

struct slice
corpus_octets(struct arena *arena, struct slice hex)
{
    char *to = arena_alloc(arena, hex.len / 2 + 1);

    for (size_t i = 0; i + 1 < hex.len; i += 2)
        to[i / 2] = (char)(digit(hex.at[i]) * 16 + digit(hex.at[i + 1]));
    return (struct slice){to, hex.len / 2};
}
