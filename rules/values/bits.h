/* Sets of numbers below a limit, a bit each. Who makes one knows its limit, and asks for no number
 * that isn't below it. */
#ifndef POSTERN_RULES_VALUES_BITS_H
#define POSTERN_RULES_VALUES_BITS_H

#include <string.h>

#include "base/arena.h"

enum { BITS_A_WORD = 64 };

static inline size_t
bits_words(size_t limit)
{
    return (limit + BITS_A_WORD - 1) / BITS_A_WORD;
}

/* Empty. */
static inline uint64_t *
bits_new(struct arena *arena, size_t limit)
{
    return ARENA_ARRAY(arena, bits_words(limit), uint64_t);
}

static inline void
bits_clear(uint64_t *bits, size_t limit)
{
    if (limit > 0)
        memset(bits, 0, bits_words(limit) * sizeof *bits);
}

static inline void
bits_copy(uint64_t *to, const uint64_t *from, size_t limit)
{
    if (limit > 0)
        memcpy(to, from, bits_words(limit) * sizeof *to);
}

static inline bool
bits_have(const uint64_t *bits, size_t number)
{
    return bits[number / BITS_A_WORD] >> number % BITS_A_WORD & 1;
}

static inline void
bits_add(uint64_t *bits, size_t number)
{
    bits[number / BITS_A_WORD] |= UINT64_C(1) << number % BITS_A_WORD;
}

static inline void
bits_take(uint64_t *bits, size_t number)
{
    bits[number / BITS_A_WORD] &= ~(UINT64_C(1) << number % BITS_A_WORD);
}

/* Those of a word from this number on. */
static inline uint64_t
bits_from(uint64_t word, size_t at, size_t number)
{
    if (number >= (at + 1) * BITS_A_WORD)
        return 0;
    return number <= at * BITS_A_WORD ? word : word & (UINT64_MAX << number % BITS_A_WORD);
}

/* The first number from `from` on that both have; `end` where there is none before that. */
static inline size_t
bits_next_both(const uint64_t *a, const uint64_t *b, size_t from, size_t end)
{
    for (size_t at = from / BITS_A_WORD; at * BITS_A_WORD < end; at++) {
        uint64_t both = bits_from(a[at] & b[at], at, from);

        if (both) {
            size_t found = at * BITS_A_WORD + (size_t)__builtin_ctzll(both);

            return found < end ? found : end;
        }
    }
    return end;
}

#endif
