/* Keeps a message body: first in a buffer, then in an unlinked file that is mapped at the end. */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/system.h"
#include "write_all.h"

struct spool {
    struct arena *arena;
    struct buffer memory;
    int file;      /* -1: there is none */
    size_t length; /* octets in the file */
    void *mapped;
    int error; /* errno of what failed, 0: nothing did */
};

static void
spool_release(void *of)
{
    struct spool *spool = of;

    if (spool->mapped)
        munmap(spool->mapped, spool->length);
    if (spool->file >= 0)
        close(spool->file);
    spool->file = -1;
}

struct spool *
spool_new(struct arena *arena, size_t memory)
{
    struct spool *spool = ARENA_NEW(arena, struct spool);

    spool->arena = arena;
    spool->file = -1;
    buffer_init(&spool->memory, arena, memory);
    arena_on_end(arena, spool_release, spool);
    return spool;
}

const char *
spool_directory(void)
{
    const char *directory = getenv("TMPDIR");

    return directory ? directory : P_tmpdir;
}

/* Not every file system has files without a name. */
int
spool_file(struct arena *arena)
{
    const char *directory = spool_directory();
    int file = system_nameless_file(directory);
    char *name;

    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return file;
    name = arena_printf(arena, "%s/postern-XXXXXX", directory);
    file = mkostemp(name, O_CLOEXEC);
    if (file >= 0)
        unlink(name);
    return file;
}

const char *
spool_problem(struct arena *arena)
{
    int file = spool_file(arena);

    if (file < 0)
        return arena_printf(arena, "no file can be made in %s: %s", spool_directory(),
                            system_error(errno));
    close(file);
    return NULL;
}

static bool
put_piece(struct spool *spool, struct slice piece)
{
    if (!write_all(spool->file, piece)) {
        spool->error = errno;
        return false;
    }
    spool->length += piece.len;
    return true;
}

static bool
move_to_file(struct spool *spool)
{
    spool->file = spool_file(spool->arena);
    if (spool->file < 0) {
        spool->error = errno;
        return false;
    }
    return put_piece(spool, buffer_slice(&spool->memory));
}

bool
spool_add(struct spool *spool, struct slice piece)
{
    if (spool->error != 0)
        return false;
    if (spool->file < 0) {
        buffer_add(&spool->memory, piece);
        if (!spool->memory.over)
            return true;
        if (!move_to_file(spool))
            return false;
    }
    return put_piece(spool, piece);
}

bool
spool_text(struct spool *spool, struct slice *text_r)
{
    if (spool->error != 0)
        return false;
    if (spool->file < 0) {
        *text_r = buffer_slice(&spool->memory);
        return true;
    }
    if (spool->mapped == NULL) {
        void *mapped = mmap(NULL, spool->length, PROT_READ, MAP_PRIVATE, spool->file, 0);

        if (mapped == MAP_FAILED) {
            spool->error = errno;
            return false;
        }
        spool->mapped = mapped;
    }
    *text_r = (struct slice){spool->mapped, spool->length};
    return true;
}

enum { PIECE = 65536 };

static bool
pass_file(struct spool *spool, bool (*take)(void *context, struct slice piece), void *context)
{
    char *piece = arena_alloc(spool->arena, PIECE);
    off_t at = 0;

    while ((size_t)at < spool->length) {
        ssize_t got = pread(spool->file, piece, PIECE, at);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            spool->error = got < 0 ? errno : EIO;
            return false;
        }
        if (!take(context, (struct slice){piece, (size_t)got}))
            return false;
        at += got;
    }
    return true;
}

bool
spool_pass(struct spool *spool, bool (*take)(void *context, struct slice piece), void *context)
{
    struct slice text;

    if (spool->error != 0)
        return false;
    if (spool->file >= 0)
        return pass_file(spool, take, context);
    text = buffer_slice(&spool->memory);
    return text.len == 0 || take(context, text);
}

const char *
spool_reason(const struct spool *spool)
{
    return arena_printf(spool->arena, "the body can't be kept: %s", system_error(spool->error));
}
