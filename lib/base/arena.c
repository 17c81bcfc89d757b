/* Blocks that grow by doubling, given back all at once. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

struct block {
    struct block *older;
    size_t size;
    size_t used;
    alignas(max_align_t) char data[];
};

struct cleanup {
    struct cleanup *older;
    void (*run)(void *of);
    void *of;
};

struct arena {
    struct block *newest;
    struct cleanup *cleanups;
    size_t ceiling;
    size_t used;
};

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 256 * 1024 };

static struct block *
block_new(struct block *older, size_t size)
{
    struct block *block = malloc(sizeof *block + size);

    if (block == NULL)
        abort();
    block->older = older;
    block->size = size;
    block->used = 0;
    return block;
}

struct arena *
arena_new(size_t ceiling)
{
    struct arena *arena = malloc(sizeof *arena);

    if (arena == NULL)
        abort();
    arena->newest = block_new(NULL, FIRST_BLOCK);
    arena->cleanups = NULL;
    arena->ceiling = ceiling;
    arena->used = 0;
    return arena;
}

static void
run_cleanups(struct arena *arena)
{
    while (arena->cleanups) {
        struct cleanup *cleanup = arena->cleanups;

        arena->cleanups = cleanup->older;
        cleanup->run(cleanup->of);
    }
}

void
arena_reset(struct arena *arena)
{
    run_cleanups(arena);
    while (arena->newest->older) {
        struct block *block = arena->newest;

        arena->newest = block->older;
        free(block);
    }
    arena->newest->used = 0;
    arena->used = 0;
}

void
arena_free(struct arena **arena)
{
    if (*arena == NULL)
        return;
    arena_reset(*arena);
    free((*arena)->newest);
    free(*arena);
    *arena = NULL;
}

bool
arena_over(const struct arena *arena)
{
    return arena->used > arena->ceiling;
}

size_t
arena_used(const struct arena *arena)
{
    return arena->used;
}

void
arena_charge(struct arena *arena, size_t octets)
{
    arena->used += octets;
}

static struct block *
block_with_room(struct arena *arena, size_t size)
{
    struct block *newest = arena->newest;
    size_t next = newest->size < LARGEST_BLOCK ? newest->size * 2 : LARGEST_BLOCK;

    if (newest->size - newest->used >= size)
        return newest;
    arena->newest = block_new(newest, size > next ? size : next);
    return arena->newest;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
    struct block *block;
    void *taken;

    if (size > SIZE_MAX / 2)
        abort();
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    block = block_with_room(arena, size);
    taken = block->data + block->used;
    block->used += size;
    arena->used += size;
    return memset(taken, 0, size);
}

void *
arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total))
        abort();
    return arena_alloc(arena, total);
}

char *
arena_string(struct arena *arena, struct slice s)
{
    char *copy = arena_alloc(arena, s.len + 1);

    if (s.len > 0)
        memcpy(copy, s.at, s.len);
    return copy;
}

struct slice
arena_copy(struct arena *arena, struct slice s)
{
    return (struct slice){arena_string(arena, s), s.len};
}

char *
arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    va_list again;
    int len;
    char *text;

    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0)
        abort();
    text = arena_alloc(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, args);
    return text;
}

char *
arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

void
arena_on_end(struct arena *arena, void (*cleanup)(void *of), void *of)
{
    struct cleanup *entry = ARENA_NEW(arena, struct cleanup);

    entry->older = arena->cleanups;
    entry->run = cleanup;
    entry->of = of;
    arena->cleanups = entry;
}
