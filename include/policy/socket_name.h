/* The name of a socket, as a policy sets it and as MTAs are told it. */
#ifndef POSTERN_POLICY_SOCKET_NAME_H
#define POSTERN_POLICY_SOCKET_NAME_H

#include "base/arena.h"

enum socket_kind { SOCKET_UNIX, SOCKET_INET, SOCKET_INET6 };

/* Slices of the name. */
struct socket_name {
    enum socket_kind kind;
    struct slice path; /* SOCKET_UNIX: absolute, and short enough for sockaddr_un */
    struct slice port; /* else: a number from 1 to 65535 */
    struct slice host; /* an address of the family, or a name; empty: all addresses */
};

/* Reads "unix:/PATH" (or "local:"), "inet:PORT", "inet:PORT@HOST" or the same of "inet6". NULL, or
 * what is wrong and what would be right. */
const char *socket_name_read(struct arena *arena, struct slice text, struct socket_name *name_r);

/* Whether it has an owner and a mode; a port is for every user of the machine. */
bool socket_name_is_unix(struct arena *arena, struct slice text);

#endif
