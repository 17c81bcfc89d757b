/* A table's file as a private copy in memory, for libraries that want a file and map it: what
 * others write to the real one, or cut off it, can't reach them. */
#ifndef POSTERN_RULES_TABLES_COPY_H
#define POSTERN_RULES_TABLES_COPY_H

#include "base/arena.h"

struct table_copy {
    int fd;           /* for reading; closed when the arena ends */
    const char *path; /* by which it can be opened while the fd is open */
};

/* False, and a reason, when there is no memory for it. */
bool table_copy(struct arena *arena, struct slice text, struct table_copy *copy_r,
                const char **reason_r);

#endif
