/* One number for the process, and its limit. */
#include "base/pool.h"

#include <stdatomic.h>
#include <stdint.h>

static atomic_size_t pool_octets;
static atomic_size_t pool_highest;
static atomic_size_t pool_most = SIZE_MAX;
static atomic_size_t pool_takes_left = SIZE_MAX;

void
pool_set_limit(size_t octets)
{
    atomic_store(&pool_most, octets);
}

static bool
pool_is_denied(void)
{
    size_t left = atomic_load(&pool_takes_left);

    if (left == SIZE_MAX)
        return false;
    if (left > 0)
        atomic_store(&pool_takes_left, left - 1);
    return left == 0;
}

static void
pool_note_peak(size_t used)
{
    size_t highest = atomic_load(&pool_highest);

    while (used > highest && !atomic_compare_exchange_weak(&pool_highest, &highest, used))
        continue;
}

bool
pool_take(size_t octets)
{
    size_t before = atomic_load(&pool_octets);

    if (pool_is_denied())
        return false;
    do {
        size_t most = atomic_load(&pool_most);

        if (octets > most || before > most - octets)
            return false;
    } while (!atomic_compare_exchange_weak(&pool_octets, &before, before + octets));
    pool_note_peak(before + octets);
    return true;
}

void
pool_give(size_t octets)
{
    atomic_fetch_sub(&pool_octets, octets);
}

size_t
pool_used(void)
{
    return atomic_load(&pool_octets);
}

size_t
pool_peak(void)
{
    return atomic_load(&pool_highest);
}

void
pool_forget_peak(void)
{
    atomic_store(&pool_highest, atomic_load(&pool_octets));
}

bool
pool_has(size_t octets)
{
    size_t most = atomic_load(&pool_most);

    return octets <= most && atomic_load(&pool_octets) <= most - octets;
}

void
pool_deny_after(size_t takes)
{
    atomic_store(&pool_takes_left, takes);
}
