/* Memory by lifetime: what is taken from an arena lives until the arena is reset or freed, and
 * nothing is freed singly. Every arena is born with a ceiling. Taking more than that succeeds, and
 * marks the arena as over; whoever ends the step asks arena_over() and answers 4xx. Half as much
 * again is the hard end of an arena under arena_guard(): what passes it, and what the process has
 * no memory for, ends the guarded step, so that no caller in between handles failure. Without a
 * guard, in commands and where a policy is loaded, the process aborts when the system has none. */
#ifndef POSTERN_BASE_ARENA_H
#define POSTERN_BASE_ARENA_H

#include <stdarg.h>

#include "base/meter.h"
#include "base/slice.h"

struct arena;

/* Never NULL, and not counted in the pool. */
struct arena *arena_new(size_t ceiling);

/* NULL where the system has no memory left. The second is counted in the pool (base/pool.h), whose
 * end it has too; the first octets that are taken of it, `first` of them, are there. */
struct arena *arena_try_new(size_t ceiling);
struct arena *arena_new_counted(size_t ceiling, size_t first);

/* Of its parent's family: counted as that is, and under the same guard. Freed with its parent, if
 * not before; then the next child takes nothing more of the parent. With ARENA_OF_PARENT its
 * ceiling is what the parent has left. */
#define ARENA_OF_PARENT 0
struct arena *arena_new_child(struct arena *parent, size_t ceiling);

/* Runs step(of). False where an arena of this arena's family ran out of memory: then the step ended
 * in the middle, and what it made in these arenas is to be given up. The step may hold nothing
 * outside of them, and no lock, while it takes memory. Guards may be nested. */
bool arena_guard(struct arena *arena, void (*step)(void *of), void *of);

/* Runs the cleanups, newest first, gives everything back, and nulls the pointer. */
void arena_free(struct arena **arena);

/* As arena_free(), but the empty arena stays. The first keeps a few KB, so that who takes as much
 * again needn't ask the system for it; the second is for what may then rest for long. */
void arena_reset(struct arena *arena);
void arena_give_back(struct arena *arena);

bool arena_over(const struct arena *arena);
size_t arena_used(const struct arena *arena);

/* Memory that is kept elsewhere on behalf of this arena (a buffer): `held` octets become `wanted`
 * ones. at: NULL at first. Ends the guarded step as arena_alloc() does. */
void *arena_resize(struct arena *arena, void *at, size_t held, size_t wanted);

/* The meter of the work whose results lie here, or NULL; a reset takes it away. */
void arena_set_meter(struct arena *arena, struct meter *meter);
struct meter *arena_meter(const struct arena *arena);

/* Zeroed and aligned for any type; never NULL. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull));
void *arena_array(struct arena *arena, size_t count, size_t size) __attribute__((returns_nonnull));

/* Copies are followed by a NUL that isn't counted. */
struct slice arena_copy(struct arena *arena, struct slice s);
char *arena_string(struct arena *arena, struct slice s);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));
char *arena_vprintf(struct arena *arena, const char *format, va_list args);

/* Calls cleanup(of) when the arena is reset or freed. */
void arena_on_end(struct arena *arena, void (*cleanup)(void *of), void *of);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, count, type) ((type *)arena_array((arena), (count), sizeof(type)))

#endif
