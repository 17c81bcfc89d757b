/* A transaction that `postern test --through` plays through a living MTA, as its conversation knows
 * it. It is proven by a nonce, as the local part of its first recipient, who is refused with the
 * agreed text. From then on nothing may be said that lets the MTA take the message, whatever fails:
 * its end is refused, with the verdict as the text. */
#ifndef POSTERN_FILTER_PLAYED_H
#define POSTERN_FILTER_PLAYED_H

#include "count/nonces.h"
#include "filter/dialogue.h"

struct played {
    bool is_on; /* from the nonce to the end of the transaction, as far as that is known */
    char answer[NONCE_ANSWER_SIZE];
    char text[128];
    struct reply reply;
};

/* The nonce that a recipient is, or stands in his address behind a "+". */
enum nonce_kind played_nonce(const struct slice *argument, size_t count, struct nonce *nonce_r);

bool played_is_on(const struct played *played);

/* Whether it is on by this nonce. */
bool played_is_by(const struct played *played, const struct nonce *nonce);

/* Where the transaction has only begun, it is a test's from now on, and its answer the agreed text;
 * false: it is none, and goes on as if there were no nonce. NULL is made, where the dialogue's own
 * memory is. */
bool played_begin(struct played **played, struct dialogue *dialogue, const struct nonce *nonce,
                  struct answer *answer_r);

/* NULL is none. */
void played_end(struct played *played);

/* The answer to the end of the message: a refusal of the policy as it is, else one of ours. */
struct answer played_refuse(struct played *played, const struct answer *answer,
                            const struct edit *edits);

#endif
