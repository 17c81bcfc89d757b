/* Memory by lifetime: what is taken from an arena lives until the arena is reset or freed, and
 * nothing is freed singly. Every arena is born with a ceiling. Taking more than that still
 * succeeds, so that code in the middle of a step need not handle failure, but marks the arena as
 * over; whoever ends the step asks arena_over() and answers 4xx. One step takes a bounded amount,
 * since its input is bounded. Only when the system itself has no memory left does the process
 * abort. */
#ifndef POSTERN_BASE_ARENA_H
#define POSTERN_BASE_ARENA_H

#include <stdarg.h>

#include "base/slice.h"

struct arena;

/* Never NULL. */
struct arena *arena_new(size_t ceiling);

/* Runs the cleanups, newest first, gives everything back, and nulls the pointer. */
void arena_free(struct arena **arena);

/* As arena_free(), but the empty arena stays, with its first block kept. */
void arena_reset(struct arena *arena);

bool arena_over(const struct arena *arena);
size_t arena_used(const struct arena *arena);

/* Counts octets held elsewhere on behalf of this arena (a buffer) against its ceiling. */
void arena_charge(struct arena *arena, size_t octets);

/* Zeroed and aligned for any type; never NULL. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Copies are followed by a NUL that isn't counted. */
struct slice arena_copy(struct arena *arena, struct slice s);
char *arena_string(struct arena *arena, struct slice s);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args);

/* Calls cleanup(of) when the arena is reset or freed. */
void arena_on_end(struct arena *arena, void (*cleanup)(void *of), void *of);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, count, type) ((type *)arena_array((arena), (count), sizeof(type)))

#endif
