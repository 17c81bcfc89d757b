/* What an MTA says on one connection, packet by packet: told to a conversation as far as the order
 * of the protocol allows, and answered. As with libmilter, what comes out of order ends an open
 * transaction and is ignored; but RCPT, DATA and the end of a message are answered 4xx, since the
 * MTA and its client would wait for long. */
#ifndef POSTERN_FILTER_NATIVE_SPEAKER_H
#define POSTERN_FILTER_NATIVE_SPEAKER_H

#include <stdatomic.h>

#include "policy/policy.h"
#include "speech.h"

struct speaker;

/* Connections whose MTA has negotiated. */
struct speaker_count {
    atomic_size_t open, total;
};

/* A connection under this policy, of which the reference becomes the speaker's; NULL where there is
 * no memory, and then it is given up. descriptor: asked
 * who the peer is, for the log. It lives in the arena until speaker_end(). */
struct speaker *speaker_begin(struct arena *arena, struct policy *policy, int descriptor,
                              struct speaker_count *count);
void speaker_end(struct speaker *speaker);

/* As the loop wants it of a speech. */
size_t speaker_take(struct speaker *speaker, struct slice octets, struct outflow *to);

#endif
