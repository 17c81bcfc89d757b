/* Files that are read whole. Why one can't be is told behind its name: "No such file or directory",
 * "it is a directory", "it is larger than 16MB". */
#ifndef POSTERN_BASE_FILE_H
#define POSTERN_BASE_FILE_H

#include "base/arena.h"

enum file_kind {
    FILE_PLAIN, /* it has to be one: nobody waits for what a pipe or a terminal may bring */
    FILE_ANY,   /* standard input by its name, too */
};

/* For reading alone; -1 with errno. */
int file_open(const char *path, enum file_kind kind);

/* What is in an open file from where it stands, followed by a NUL that isn't counted. NULL, or why
 * it can't be had; more than `most` octets are never taken. It isn't closed, so that whoever is
 * under a guard can do that outside. */
const char *file_read_open(struct arena *arena, int descriptor, enum file_kind kind, size_t most,
                           struct slice *text_r);

/* The same of a file by its name. */
const char *file_read(struct arena *arena, const char *path, enum file_kind kind, size_t most,
                      struct slice *text_r);

#endif
