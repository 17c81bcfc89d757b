/* Where arena_guard() is left when memory ends. */
#ifndef POSTERN_LIB_BASE_ARENA_INSIDE_H
#define POSTERN_LIB_BASE_ARENA_INSIDE_H

#include <setjmp.h>

#include "base/arena.h"

struct way_out {
    jmp_buf to;
};

/* Of the arena's family; NULL: none. Returns the one that it had. */
struct way_out *arena_set_way_out(struct arena *arena, struct way_out *way_out);

#endif
