/* Files that live in memory (memfd_create(2)), sealed against changes. */
#include "copy.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

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
    enum { SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL };
    struct table_copy *copy = ARENA_NEW(arena, struct table_copy);

    copy->fd = memfd_create("table", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (copy->fd >= 0)
        arena_on_end(arena, close_copy, copy);
    if (copy->fd < 0 || !write_all(copy->fd, text) || fcntl(copy->fd, F_ADD_SEALS, SEALS) != 0) {
        *reason_r = arena_printf(arena, "can't be copied to memory: %s", strerrordesc_np(errno));
        return false;
    }
    copy->path = arena_printf(arena, "/proc/self/fd/%d", copy->fd);
    *copy_r = *copy;
    return true;
}
