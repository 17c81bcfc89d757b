/* The table of next hops as text: who is asked, under which key his line stands, what it says. */
#ifndef POSTERN_FILTER_NEXT_HOP_TABLE_H
#define POSTERN_FILTER_NEXT_HOP_TABLE_H

#include "base/buffer.h"
#include "mail/ehlo.h"

struct next_hop {
    const char *host; /* as it is to be connected to */
    const char *port;
    struct slice key; /* what rcpt.host is where an MTA is told the same */

    bool asked;
    struct ehlo offers; /* if it was asked */
    const char *reason; /* otherwise; printable */
};

/* HOST, HOST:PORT, [HOST]:PORT, an address in place of HOST, in brackets with or without "IPv6:".
 * False where it is none of these. */
bool next_hop_parse(struct arena *arena, const char *text, struct next_hop *hop_r);

/* The line of a hop, or a comment with the reason. */
void next_hop_print(struct buffer *to, const struct next_hop *hop);

/* Writes the table again, a texthash file: the line of a hop that was asked is exchanged where it
 * stands, with words that are not about 8BITMIME and SMTPUTF8 kept, or added at the end. All else
 * stays: comments, lines of other hosts, and of those that could not be asked. Returns how many of
 * the latter have no line. */
size_t next_hops_merge(struct arena *arena, struct slice table, const struct next_hop *hops,
                       size_t count, struct buffer *to);

#endif
