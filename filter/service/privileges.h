/* The user and group that the process serves as. */
#ifndef POSTERN_FILTER_SERVICE_PRIVILEGES_H
#define POSTERN_FILTER_SERVICE_PRIVILEGES_H

#include <sys/types.h>

#include "base/arena.h"
#include "listen.h"

struct identity {
    const char *user; /* NULL: the process stays who it is */
    uid_t uid;
    gid_t gid; /* (gid_t)-1: none is set */
};

/* Finds the names; an empty one isn't set. NULL, or what is wrong with them. */
const char *privileges_find(struct arena *arena, const char *user, const char *group,
                            struct identity *identity_r);

/* Who is to serve: as above, but where root starts it and names no user, "postern" serves. */
const char *privileges_find_server(struct arena *arena, const char *user, const char *group,
                                   struct identity *identity_r);

/* Who may connect to a unix socket that is given to this group; empty: to Postfix's, where there is
 * one. NULL, or what is wrong with it. */
const char *privileges_find_access(struct arena *arena, const char *group,
                                   const struct identity *identity, struct listen_access *access_r);

/* Is the user of this group? Of names that the machine doesn't know nothing is told: yes. */
bool privileges_are_of_group(const char *user, const char *group);

/* Where the process is root, and user or group are set. NULL, or why it isn't done. */
const char *privileges_drop(struct arena *arena, const struct identity *identity);

#endif
