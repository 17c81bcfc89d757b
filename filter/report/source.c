/* Reads a log in large pieces, and cuts it into lines. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/system.h"

/* A line of ours is far shorter, also within JSON of the journal. */
enum { ROOM = 1 << 20, LONGEST = 1 << 16 };

extern char **environ;

/* gzip(1) reads the file from where it stands: its start. */
static int
source_unpack(struct source_file *file)
{
    const char *const arguments[] = {"gzip", "-dc", NULL};
    posix_spawn_file_actions_t actions;
    int ends[2], error = pipe2(ends, O_CLOEXEC) ? errno : 0;

    if (error)
        return error;
    error = posix_spawn_file_actions_init(&actions);
    if (error == 0) {
        posix_spawn_file_actions_adddup2(&actions, file->descriptor, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        error = posix_spawnp(&file->unpacker, arguments[0], &actions, NULL,
                             (char *const *)arguments, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    close(ends[1]);
    file->own = file->descriptor;
    file->descriptor = ends[0];
    return error;
}

static bool
is_packed(int descriptor)
{
    unsigned char magic[2];

    return pread(descriptor, magic, sizeof magic, 0) == (ssize_t)sizeof magic && magic[0] == 0x1F &&
           magic[1] == 0x8B;
}

bool
source_open(struct arena *arena, const char *name, struct source_file *file_r,
            const char **reason_r)
{
    bool is_standard = strcmp(name, "-") == 0;
    struct stat status;
    int error = 0;

    *file_r = (struct source_file){.name = is_standard ? "standard input" : name, .own = -1};
    file_r->descriptor = is_standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    if (file_r->descriptor < 0 || fstat(file_r->descriptor, &status) < 0)
        error = errno;
    else if (S_ISDIR(status.st_mode))
        error = EISDIR;
    else if (S_ISREG(status.st_mode)) {
        file_r->size = (uint64_t)status.st_size;
        file_r->changed = status.st_mtime;
        error = is_packed(file_r->descriptor) ? source_unpack(file_r) : 0;
    }
    file_r->buffer = arena_alloc(arena, ROOM);
    *reason_r = error ? system_error(error) : NULL;
    if (error)
        source_close(file_r);
    return error == 0;
}

/* False: there is nothing more. */
static bool
source_fill(struct source_file *file)
{
    ssize_t got;

    memmove(file->buffer, file->buffer + file->begin, file->end - file->begin);
    file->end -= file->begin;
    file->begin = 0;
    if (file->end >= LONGEST) {
        file->skips = true;
        file->end = 0;
    }
    do
        got = read(file->descriptor, file->buffer + file->end, ROOM - file->end);
    while (got < 0 && errno == EINTR);
    file->failed |= got < 0;
    file->end += got > 0 ? (size_t)got : 0;
    return got > 0;
}

bool
source_line(struct source_file *file, struct slice *line_r)
{
    for (;;) {
        char *begin = file->buffer + file->begin;
        size_t rest = file->end - file->begin;
        char *end = memchr(begin, '\n', rest);
        bool skipped = file->skips;

        if (end == NULL && source_fill(file))
            continue;
        begin = file->buffer + file->begin;
        rest = file->end - file->begin;
        if (end == NULL && (rest == 0 || skipped))
            return false;
        *line_r = (struct slice){begin, end ? (size_t)(end - begin) : rest};
        file->begin += line_r->len + (end ? 1 : 0);
        file->skips = false;
        if (!skipped)
            return true;
    }
}

uint64_t
source_position(const struct source_file *file)
{
    off_t at = lseek(file->own >= 0 ? file->own : file->descriptor, 0, SEEK_CUR);

    return at > 0 ? (uint64_t)at : 0;
}

const char *
source_close(struct source_file *file)
{
    int status = 0;

    if (file->descriptor > STDIN_FILENO)
        close(file->descriptor);
    if (file->own > STDIN_FILENO)
        close(file->own);
    if (file->unpacker > 0 && waitpid(file->unpacker, &status, 0) == file->unpacker && status != 0)
        return "gzip can't read all of it";
    return file->failed ? "it can't be read to its end" : NULL;
}
