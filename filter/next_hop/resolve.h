/* Finds the addresses of a host, within a bounded time. */
#ifndef POSTERN_FILTER_RESOLVE_H
#define POSTERN_FILTER_RESOLVE_H

#include <netdb.h>
#include <stdint.h>

/* NULL, and a list for freeaddrinfo(); or the reason, a constant, where there are none by `end`, as
 * clock_ms() has it. */
const char *resolve_host(const char *host, const char *port, int64_t end,
                         struct addrinfo **found_r);

#endif
