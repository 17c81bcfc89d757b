/* The body of a message, kept in memory and beyond it in a file. */
#include "spool.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "tap.h"

static const struct {
    size_t memory;
    size_t piece;
    size_t pieces;
    const char *why;
} cases[] = {
    {100, 10, 0, "an empty body"},   {100, 10, 10, "just what memory holds"},
    {100, 10, 11, "one piece more"}, {100, 101, 1, "a first piece that is too large already"},
    {0, 1, 3, "no memory at all"},   {1000, 65535, 20, "large pieces"},
};

static char
octet(size_t i)
{
    return (char)(i * 31 + i / 251);
}

static bool
is_whole(struct slice text, size_t len)
{
    if (text.len != len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (text.at[i] != octet(i))
            return false;
    return true;
}

static void
keep(size_t i)
{
    struct arena *arena = arena_new(1 << 20);
    struct spool *spool = spool_new(arena, cases[i].memory);
    char *piece = arena_alloc(arena, cases[i].piece);
    struct slice text = SLICE("");
    bool kept = true;
    size_t at = 0;

    for (size_t p = 0; p < cases[i].pieces; p++) {
        for (size_t o = 0; o < cases[i].piece; o++)
            piece[o] = octet(at++);
        kept = kept && spool_add(spool, (struct slice){piece, cases[i].piece});
    }
    kept = kept && spool_text(spool, &text);
    tap_check(kept && is_whole(text, at), "%s", cases[i].why);
    arena_free(&arena);
}

static void
refuse(const char *why)
{
    struct arena *arena = arena_new(1 << 20);
    struct spool *spool = spool_new(arena, 10);
    struct slice piece = {arena_alloc(arena, 5000), 5000}, text;

    tap_check(!spool_add(spool, piece), "%s", why);
    tap_check(!spool_add(spool, SLICE("x")) && !spool_text(spool, &text),
              "%s: nothing is kept from then on", why);
    tap_check(strstr(spool_reason(spool), "the body can't be kept: "), "%s: %s", why,
              spool_reason(spool));
    arena_free(&arena);
}

int
main(void)
{
    struct rlimit limit = {1000, 1000};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        keep(i);
    setenv("TMPDIR", "/nonexistent", 1);
    refuse("no directory for the file");
    unsetenv("TMPDIR");
    signal(SIGXFSZ, SIG_IGN);
    fflush(stdout);
    setrlimit(RLIMIT_FSIZE, &limit);
    refuse("no room for the file");
    return tap_done();
}
