/* The user and group that the process serves as. */
#ifndef POSTERN_FILTER_PRIVILEGES_H
#define POSTERN_FILTER_PRIVILEGES_H

#include <sys/types.h>

#include "base/arena.h"

struct identity {
    const char *user; /* NULL: the process stays who it is */
    uid_t uid;
    gid_t gid; /* (gid_t)-1: none is set */
};

/* Finds the names; an empty one isn't set. NULL, or what is wrong with them. */
const char *identity_find(struct arena *arena, const char *user, const char *group,
                          struct identity *identity_r);

/* Where the process is root, and a user is set. NULL, or why it isn't done. */
const char *privileges_drop(struct arena *arena, const struct identity *identity);

#endif
