/* Nonces for `postern test --through`: each is given out once, to somebody who may ask, and tells
 * once, within a minute, that the transaction in which it comes back is a test's; who reads it in a
 * log has nothing of it. They are kept in memory that processes share, so that any generation knows
 * them. Writers wait for nobody, and a nonce that isn't whole is never found. */
#ifndef POSTERN_FILTER_COUNT_NONCES_H
#define POSTERN_FILTER_COUNT_NONCES_H

#include "base/slice.h"

/* NONCES: that may be valid at once; the oldest one gives way. */
enum { NONCES = 64, NONCE_VALID_MS = 60 * 1000, NONCE_WORD_SIZE = 40, NONCE_ANSWER_SIZE = 14 };

/* How a nonce begins, and how it begins where it asks what becomes of mail without an answer. */
#define NONCE_PROVES "postern-test-"
#define NONCE_FAILS "postern-fail-"

struct nonce {
    char word[NONCE_WORD_SIZE];     /* NONCE_PROVES and 26 digits of base 36, in small letters */
    char answer[NONCE_ANSWER_SIZE]; /* what only who knows the nonce can answer */
    char id[NONCE_ANSWER_SIZE];     /* of what is kept for it: 12 digits of base 36 */
};

enum nonce_kind { NONCE_NONE, NONCE_PROOF, NONCE_FAILURE };

/* Once, before processes and threads are that share them. False: there is no memory. */
bool nonces_make(void);

/* False: there is no memory for nonces, or there are no random numbers. */
bool nonces_give(int64_t now_ms, struct nonce *nonce_r);

/* Which nonce a text is, in any case; NONE where it is none, or too old, or a PROOF that was found
 * before. */
enum nonce_kind nonces_find(int64_t now_ms, struct slice text, struct nonce *nonce_r);

/* What was asked by its other beginning was done. */
void nonces_note_failure(const struct nonce *nonce);

/* Whether this nonce was found; with its other beginning, whether that was done. */
bool nonces_was_seen(struct slice text);

#endif
