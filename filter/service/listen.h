/* The socket that MTAs connect to, by its name in the policy: "inet:PORT@HOST", "inet6:PORT@HOST",
 * "unix:/PATH". */
#ifndef POSTERN_FILTER_SERVICE_LISTEN_H
#define POSTERN_FILTER_SERVICE_LISTEN_H

#include <sys/types.h>

#include "base/arena.h"

struct listening {
    int descriptor;
    int lock;         /* held as long as the path is ours, or -1 */
    const char *path; /* of a unix socket that was made here, or NULL */
    const char *name; /* as a policy names it */
    bool made;        /* here, and so to be closed for all at the end */
};

/* Who may connect to a unix socket. */
struct listen_access {
    mode_t mode;
    gid_t group;         /* (gid_t)-1: the one that it is made with */
    gid_t otherwise;     /* where it may not be given to that one */
    uid_t owner;         /* of a folder that is made for it */
    const char *install; /* such an owner and group as install(1) is told of them */
};

/* False, and a reason, when nothing can listen there. The folder of a unix socket is made by root.
 * The name must live as long. */
bool listen_open(struct arena *arena, const char *name, const struct listen_access *may,
                 struct listening *listening_r, const char **reason_r);

/* Gives up the socket: its path, and this descriptor. */
void listen_close(struct listening *listening);

/* Whoever has a copy of the descriptor accepts nobody any more, and who connects is refused. */
void listen_end(const struct listening *listening);

#endif
