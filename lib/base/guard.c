/* The one place that is jumped to: a step that ran out of memory is given up as a whole, from
 * whatever depth, so that nothing in between handles that. */
#include "arena_inside.h"

bool
arena_guard(struct arena *arena, void (*step)(void *of), void *of)
{
    struct way_out way_out;
    struct way_out *outer = arena_set_way_out(arena, &way_out);
    volatile bool done = false;

    if (setjmp(way_out.to) == 0) {
        step(of);
        done = true;
    }
    arena_set_way_out(arena, outer);
    return done;
}
