/* Reads to the end of a file, whatever its size is said to be: those of /proc have none, and others
 * grow meanwhile. */
#include "base/file.h"
#include "base/system.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where nothing is known of the size. */
enum { FIRST_ROOM = 4096 };

int
file_open(const char *path, enum file_kind kind)
{
    /* Opening a FIFO would wait for a writer. */
    int plain = kind == FILE_PLAIN ? O_NONBLOCK | O_NOCTTY : 0;

    return open(path, O_RDONLY | O_CLOEXEC | plain);
}

static const char *
file_too_large(struct arena *arena, size_t most)
{
    static const char *const units[] = {"", "KB", "MB", "GB"};
    size_t unit = 0;

    for (; most >= 1024 && most % 1024 == 0 && unit < 3; unit++)
        most /= 1024;
    return arena_printf(arena, "it is larger than %zu%s", most,
                        unit > 0 ? units[unit] : " octets");
}

/* NULL, or what is wrong with it; room_r: for the whole of it, as far as its size is known, and one
 * octet more, which stays free. */
static const char *
file_look(struct arena *arena, int descriptor, enum file_kind kind, size_t most, size_t *room_r)
{
    struct stat about;

    *room_r = most < FIRST_ROOM ? most + 1 : FIRST_ROOM;
    if (fstat(descriptor, &about) < 0)
        return system_error(errno);
    if (S_ISDIR(about.st_mode))
        return "it is a directory";
    if (!S_ISREG(about.st_mode))
        return kind == FILE_PLAIN ? "it is no plain file" : NULL;
    if ((uint64_t)about.st_size > most)
        return file_too_large(arena, most);
    if (about.st_size >= FIRST_ROOM)
        *room_r = (size_t)about.st_size + 1;
    return NULL;
}

/* Fills the room; less is the end of the file, -1 with errno. */
static ssize_t
file_fill(int descriptor, char *at, size_t room)
{
    size_t len = 0;

    while (len < room) {
        ssize_t got = read(descriptor, at + len, room - len);

        if (got == 0)
            break;
        if (got < 0 && errno != EINTR)
            return -1;
        if (got > 0)
            len += (size_t)got;
    }
    return (ssize_t)len;
}

/* Reads on behind what is there already; NULL, or the reason. */
static const char *
file_read_on(int descriptor, char *at, size_t room, size_t *len)
{
    ssize_t got = file_fill(descriptor, at + *len, room - *len);

    if (got < 0)
        return system_error(errno);
    *len += (size_t)got;
    return NULL;
}

const char *
file_read_open(struct arena *arena, int descriptor, enum file_kind kind, size_t most,
               struct slice *text_r)
{
    size_t room, len = 0;
    const char *reason = file_look(arena, descriptor, kind, most, &room);
    char *text, *larger;

    *text_r = SLICE("");
    if (reason)
        return reason;
    text = arena_alloc(arena, room);
    while ((reason = file_read_on(descriptor, text, room, &len)) == NULL && len == room) {
        if (room > most)
            return file_too_large(arena, most);
        room = room > most / 2 ? most + 1 : 2 * room;
        larger = arena_alloc(arena, room);
        memcpy(larger, text, len);
        text = larger;
    }
    if (reason == NULL)
        *text_r = (struct slice){text, len};
    return reason;
}

const char *
file_read(struct arena *arena, const char *path, enum file_kind kind, size_t most,
          struct slice *text_r)
{
    int descriptor = file_open(path, kind);
    const char *reason;

    *text_r = SLICE("");
    if (descriptor < 0)
        return system_error(errno);
    reason = file_read_open(arena, descriptor, kind, most, text_r);
    close(descriptor);
    return reason;
}
