/* Blocks that grow by doubling, given back all at once. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena_inside.h"
#include "base/pool.h"

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

/* In the parent's memory, since the child may end first; another child takes it then. */
struct tie {
    struct arena *child;
    struct tie *older;
};

struct arena {
    struct block *newest;
    struct cleanup *cleanups;
    size_t ceiling;
    size_t hard_end;
    size_t used;
    struct arena *family; /* the first of it, which knows the next two */
    struct way_out *way_out;
    bool counted;
    struct tie *tie; /* to the parent */
    struct tie *newest_tie; /* of those to children */
    struct meter *meter;
};

/* Room in the blocks behind the head, which has the arena itself. An arena that is used again and
 * again keeps one up to KEPT_BLOCK. */
enum { SMALLEST_BLOCK = 208, KEPT_BLOCK = 4096, LARGEST_BLOCK = 256 * 1024 };

#define ALIGNED(size) (((size) + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1))
#define ARENA_SIZE ALIGNED(sizeof(struct arena))

/* The whole way out of a guarded step. */
static _Noreturn void
arena_give_up(const struct arena *arena)
{
    if (arena->family->way_out)
        longjmp(arena->family->way_out->to, 1);
    abort();
}

struct way_out *
arena_set_way_out(struct arena *arena, struct way_out *way_out)
{
    struct way_out *outer = arena->family->way_out;

    arena->family->way_out = way_out;
    return outer;
}

/* NULL where there is no memory. */
static struct block *
block_new(bool counted, struct block *older, size_t size)
{
    struct block *block;

    if (counted && !pool_take(sizeof *block + size))
        return NULL;
    block = malloc(sizeof *block + size);
    if (block == NULL) {
        if (counted)
            pool_give(sizeof *block + size);
        return NULL;
    }
    block->older = older;
    block->size = size;
    block->used = 0;
    return block;
}

static void
block_free(bool counted, struct block *block)
{
    if (counted)
        pool_give(sizeof *block + block->size);
    free(block);
}

/* At the head of its first block, which has room for `first` octets behind it. */
static struct arena *
arena_make(struct arena *family, bool counted, size_t ceiling, size_t first)
{
    struct block *head = block_new(counted, NULL, ARENA_SIZE + ALIGNED(first));
    struct arena *arena;

    if (head == NULL)
        return NULL;
    arena = (void *)head->data;
    head->used = ARENA_SIZE;
    *arena = (struct arena){.newest = head, .ceiling = ceiling, .counted = counted};
    arena->hard_end = ceiling <= SIZE_MAX / 2 ? ceiling + ceiling / 2 : SIZE_MAX;
    arena->family = family ? family : arena;
    return arena;
}

struct arena *
arena_try_new(size_t ceiling)
{
    return arena_make(NULL, false, ceiling, 0);
}

struct arena *
arena_new(size_t ceiling)
{
    struct arena *arena = arena_try_new(ceiling);

    if (arena == NULL)
        abort();
    return arena;
}

struct arena *
arena_new_counted(size_t ceiling, size_t first)
{
    return arena_make(NULL, true, ceiling, first);
}

static void
free_tied(void *of)
{
    struct tie *tie = of;

    arena_free(&tie->child);
}

/* To its hard end, as a ceiling that has the same hard end. */
static size_t
arena_ceiling_left(const struct arena *arena)
{
    size_t left = arena->used < arena->hard_end ? arena->hard_end - arena->used : 0;

    return arena->hard_end == SIZE_MAX ? SIZE_MAX : left / 3 * 2;
}

static struct tie *
arena_spare_tie(struct arena *parent)
{
    struct tie *tie = parent->newest_tie;

    while (tie && tie->child)
        tie = tie->older;
    if (tie)
        return tie;
    tie = ARENA_NEW(parent, struct tie);
    tie->older = parent->newest_tie;
    arena_on_end(parent, free_tied, tie);
    parent->newest_tie = tie;
    return tie;
}

struct arena *
arena_new_child(struct arena *parent, size_t ceiling)
{
    struct tie *tie = arena_spare_tie(parent);

    if (ceiling == ARENA_OF_PARENT)
        ceiling = arena_ceiling_left(parent);
    tie->child = arena_make(parent->family, parent->counted, ceiling, 0);
    if (tie->child == NULL)
        arena_give_up(parent);
    tie->child->tie = tie;
    return tie->child;
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

/* All blocks but the head, and one with room for at most so much. */
static void
arena_empty(struct arena *arena, size_t kept_size)
{
    struct block *kept = NULL, *block;

    run_cleanups(arena);
    block = arena->newest;
    while (block->older) {
        struct block *older = block->older;

        if (kept == NULL && block->size <= kept_size)
            kept = block;
        else
            block_free(arena->counted, block);
        block = older;
    }
    block->used = ARENA_SIZE;
    arena->newest = block;
    if (kept) {
        kept->used = 0;
        kept->older = block;
        arena->newest = kept;
    }
    arena->used = 0;
    arena->meter = NULL;
    arena->newest_tie = NULL;
}

void
arena_reset(struct arena *arena)
{
    arena_empty(arena, KEPT_BLOCK);
}

void
arena_give_back(struct arena *arena)
{
    arena_empty(arena, 0);
}

void
arena_free(struct arena **arena)
{
    struct arena *freed;

    if (*arena == NULL)
        return;
    freed = *arena;
    arena_give_back(freed);
    if (freed->tie)
        freed->tie->child = NULL;
    block_free(freed->counted, freed->newest);
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

/* Before anything is taken. */
static void
arena_charge(struct arena *arena, size_t octets)
{
    if ((octets > arena->hard_end || arena->used > arena->hard_end - octets) &&
        arena->family->way_out)
        arena_give_up(arena);
    arena->used += octets;
}

static void
arena_uncharge(struct arena *arena, size_t octets)
{
    arena->used -= octets < arena->used ? octets : arena->used;
    if (arena->counted)
        pool_give(octets);
}

void
arena_set_meter(struct arena *arena, struct meter *meter)
{
    arena->meter = meter;
}

struct meter *
arena_meter(const struct arena *arena)
{
    return arena ? arena->meter : NULL;
}

/* Where two small ones aren't enough, much is going to be taken. */
static size_t
arena_next_size(const struct block *newest)
{
    size_t size = newest->size;

    if (newest->older == NULL)
        return SMALLEST_BLOCK;
    size *= size > SMALLEST_BLOCK && size < KEPT_BLOCK ? 4 : 2;
    return size < LARGEST_BLOCK ? size : LARGEST_BLOCK;
}

/* A large block where there is memory for one; else as much as is needed. */
static struct block *
block_with_room(struct arena *arena, size_t size)
{
    struct block *newest = arena->newest, *block;
    size_t next = arena_next_size(newest);

    block = block_new(arena->counted, newest, size > next ? size : next);
    if (block == NULL && size < next)
        block = block_new(arena->counted, newest, size);
    if (block == NULL)
        arena_give_up(arena);
    arena->newest = block;
    return block;
}

/* Not zeroed. */
static void *
arena_take(struct arena *arena, size_t size)
{
    struct block *block = arena->newest;
    void *taken;

    if (size > SIZE_MAX / 2)
        arena_give_up(arena);
    size = ALIGNED(size);
    arena_charge(arena, size);
    if (block->size - block->used < size)
        block = block_with_room(arena, size);
    taken = block->data + block->used;
    block->used += size;
    return taken;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
    return memset(arena_take(arena, size), 0, size);
}

void *
arena_resize(struct arena *arena, void *at, size_t held, size_t wanted)
{
    void *resized = NULL;

    if (wanted > held) {
        arena_charge(arena, wanted - held);
        if (arena->counted && !pool_take(wanted - held))
            arena_give_up(arena);
    }
    if (wanted > 0) {
        resized = realloc(at, wanted);
        if (resized == NULL && wanted > held && arena->counted)
            pool_give(wanted - held);
        if (resized == NULL)
            arena_give_up(arena);
    } else {
        free(at);
    }
    if (held > wanted)
        arena_uncharge(arena, held - wanted);
    return resized;
}

void *
arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total))
        arena_give_up(arena);
    return arena_alloc(arena, total);
}

char *
arena_string(struct arena *arena, struct slice s)
{
    char *copy = arena_take(arena, s.len + 1);

    if (s.len > 0)
        memcpy(copy, s.at, s.len);
    copy[s.len] = '\0';
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
