/* Who is at the other end of a connection, for the log. */
#ifndef POSTERN_FILTER_NATIVE_PEER_H
#define POSTERN_FILTER_NATIVE_PEER_H

#include "mail/ip.h"

/* Its address, "local" of a unix socket, or "unknown"; either constant, or written into text. */
const char *peer_text(int descriptor, char text[IP_TEXT_SIZE]);

/* Does it begin with letters, as in "EHLO" and "GET ", where an MTA says how long its first packet
 * is? */
bool peer_speaks_text(struct slice octets);

#endif
