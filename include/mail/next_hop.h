/* Where mail goes next, as a transport is told it and as people write it: "host", "host:port",
 * "[host]", "[host]:port". The host is a name or an address; in brackets an IPv6 address may have
 * "IPv6:" before it (RFC 5321 section 4.1.3), without brackets it has no port. */
#ifndef POSTERN_MAIL_NEXT_HOP_H
#define POSTERN_MAIL_NEXT_HOP_H

#include "base/slice.h"

/* The host without brackets and without the dot that may end a name, as written otherwise; the
 * port's digits, or nothing. Both are parts of text, and what they say isn't judged: a host may be
 * empty, a port 0. False where brackets have no end, or have something behind them that is no port:
 * the host is read all the same. */
bool next_hop_read(struct slice text, struct slice *host_r, struct slice *port_r);

#endif
