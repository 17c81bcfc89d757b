/* Files that live in memory, sealed against changes. */
#include "copy.h"

#include <errno.h>
#include <unistd.h>

#include "base/system.h"

static bool
write_all(int fd, struct slice text)
{
    while (text.len > 0) {
        ssize_t written = write(fd, text.at, text.len);

        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0)
            text = slice_from(text, (size_t)written);
    }
    return true;
}

static void
close_copy(void *of)
{
    close(((struct table_copy *)of)->fd);
}

bool
table_copy(struct arena *arena, struct slice text, struct table_copy *copy_r, const char **reason_r)
{
    struct table_copy *copy = ARENA_NEW(arena, struct table_copy);

    copy->fd = system_memory_file("table");
    if (copy->fd >= 0)
        arena_on_end(arena, close_copy, copy);
    if (copy->fd < 0 || !write_all(copy->fd, text) || !system_memory_seal(copy->fd)) {
        *reason_r = arena_printf(arena, "can't be copied to memory: %s", system_error(errno));
        return false;
    }
    copy->path = system_memory_path(copy->fd, arena_alloc(arena, SYSTEM_PATH));
    *copy_r = *copy;
    return true;
}
