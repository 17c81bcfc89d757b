/* What the work for one message costs, in steps: a step is some twenty nanoseconds of work on a
 * slow day. Who goes through many items, or through octets that strangers sent, takes steps for
 * them; once more were taken than may be, whoever ends the work asks meter_over(). Where steps
 * can't be counted the thread's clock is looked at. A NULL meter counts nothing. */
#ifndef POSTERN_BASE_METER_H
#define POSTERN_BASE_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct meter {
    uint64_t most;
    uint64_t taken;
    uint64_t guessed;    /* work since the last look at the clock that nobody counted */
    uint64_t taken_then; /* at that look */
    int64_t wall, cpu;   /* nanoseconds at that look; 0: there was none */
};

static inline bool
meter_over(const struct meter *meter)
{
    return meter && meter->taken > meter->most;
}

/* False once it is over. */
static inline bool
meter_take(struct meter *meter, uint64_t steps)
{
    if (meter && __builtin_add_overflow(meter->taken, steps, &meter->taken))
        meter->taken = UINT64_MAX;
    return !meter_over(meter);
}

/* Another thread may have gone on with the message: what its clock showed means nothing here. */
void meter_resume(struct meter *meter);

/* Takes what this thread's clock shows beyond the steps that were counted since the last look. */
bool meter_look(struct meter *meter);

/* A look at the wall costs as much as a short match: so it is asked seldom. */
enum { METER_GUESSES_A_LOOK = 1 << 22 };

/* Around work of which nobody knows the cost: before it, and after it with the most that it may
 * have been. */
void meter_watch(struct meter *meter);

static inline bool
meter_guess(struct meter *meter, uint64_t most)
{
    if (meter == NULL)
        return true;
    if (__builtin_add_overflow(meter->guessed, most, &meter->guessed))
        meter->guessed = UINT64_MAX;
    return meter->guessed < METER_GUESSES_A_LOOK ? !meter_over(meter) : meter_look(meter);
}

#endif
