/* Steps against the most that there may be; and clocks, where steps aren't known. */
#include "base/meter.h"

#include <time.h>

/* A look at the thread's clock costs ten times as much as one at the wall: so it is asked where the
 * wall shows that it is worth it. */
enum { STEP_NS = 20, WORTH_NS = 200 * 1000 };

static int64_t
nanoseconds(clockid_t clock)
{
    struct timespec now;

    if (clock_gettime(clock, &now) < 0)
        return 0;
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void
begin_from_here(struct meter *meter, int64_t wall, int64_t cpu)
{
    meter->wall = wall;
    meter->cpu = cpu;
    meter->guessed = 0;
    meter->taken_then = meter->taken;
}

void
meter_resume(struct meter *meter)
{
    meter->wall = 0;
}

void
meter_watch(struct meter *meter)
{
    if (meter && meter->wall == 0)
        begin_from_here(meter, nanoseconds(CLOCK_MONOTONIC), nanoseconds(CLOCK_THREAD_CPUTIME_ID));
}

bool
meter_look(struct meter *meter)
{
    int64_t wall, cpu;
    uint64_t steps;

    if (meter == NULL)
        return true;
    meter_watch(meter);
    meter->guessed = 0;
    wall = nanoseconds(CLOCK_MONOTONIC);
    if (wall - meter->wall < WORTH_NS)
        return !meter_over(meter);
    cpu = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
    steps = cpu > meter->cpu ? (uint64_t)(cpu - meter->cpu) / STEP_NS : 0;
    if (steps > meter->taken - meter->taken_then)
        meter_take(meter, steps - (meter->taken - meter->taken_then));
    begin_from_here(meter, wall, cpu);
    return !meter_over(meter);
}
