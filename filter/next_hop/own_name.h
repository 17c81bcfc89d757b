/* How this machine calls itself to a server. */
#ifndef POSTERN_FILTER_OWN_NAME_H
#define POSTERN_FILTER_OWN_NAME_H

#include "base/arena.h"

/* The argument of EHLO (RFC 5321 section 4.1.4): the host name, where it is one with a domain, else
 * the address literal of this end of the connection. */
const char *own_name(struct arena *arena, int socket);

#endif
