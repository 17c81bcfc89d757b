/* Files that others read while they are replaced. */
#include "replace.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/system.h"
#include "write_all.h"

enum { MAX_FILE = 16 << 20 };

const char *
replace_read(struct arena *arena, const char *path, struct slice *text_r)
{
    int file = file_open(path, FILE_PLAIN);
    const char *reason;

    *text_r = SLICE("");
    if (file < 0)
        return errno == ENOENT ? NULL : system_error(errno);
    reason = file_read_open(arena, file, FILE_PLAIN, MAX_FILE, text_r);
    close(file);
    return reason;
}

/* Who may not give a file away has his own in its place; the group first, which may be his. */
static bool
fill(int file, const char *path, struct slice text)
{
    struct stat old;
    mode_t mode = 0644;

    if (stat(path, &old) == 0) {
        mode = old.st_mode & 07777;
        if (fchown(file, (uid_t)-1, old.st_gid) < 0 || fchown(file, old.st_uid, (gid_t)-1) < 0)
            mode &= 0777;
    }
    return fchmod(file, mode) == 0 && write_all(file, text) && fsync(file) == 0;
}

const char *
replace_write(struct arena *arena, const char *path, struct slice text)
{
    char target[PATH_MAX];
    const char *at = realpath(path, target) ? target : path;
    char *name = arena_printf(arena, "%s.XXXXXX", at);
    int file = mkostemp(name, O_CLOEXEC);
    const char *reason = NULL;

    if (file < 0)
        return system_error(errno);
    if (!fill(file, at, text) || rename(name, at) < 0) {
        reason = system_error(errno);
        unlink(name);
    }
    close(file);
    return reason;
}
