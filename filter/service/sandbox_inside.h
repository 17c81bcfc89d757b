/* The two halves of the sandbox: which files may be opened, and which system calls made. */
#ifndef POSTERN_FILTER_SERVICE_SANDBOX_INSIDE_H
#define POSTERN_FILTER_SERVICE_SANDBOX_INSIDE_H

#include "sandbox.h"

/* A directory with all below it, or a file. */
struct sandbox_place {
    const char *path;
    bool writes; /* files may also be made, written and taken away there */
    struct sandbox_place *next;
};

/* Only there may files be opened; by this thread and those that it starts. NULL, or why that can't
 * be held. version_r: of Landlock in this kernel. */
const char *sandbox_landlock(struct arena *arena, const struct sandbox_place *first,
                             int *version_r);

struct sandbox_calls {
    bool makes_files;   /* that weren't there before */
    bool changes_files; /* and writes to those that were */
    bool connects;      /* to sockets of this machine */
};

/* Only the system calls that are needed may be made, by all threads. NULL, or why that can't be
 * held. */
const char *sandbox_seccomp(struct arena *arena, const struct sandbox_calls *calls,
                            struct sandbox_report *report);

#endif
