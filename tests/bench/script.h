/* A session of mail as the packets that an MTA sends for it, under the terms of one filter. */
#ifndef POSTERN_TESTS_SCRIPT_H
#define POSTERN_TESTS_SCRIPT_H

#include "policy/policy.h"

#include "wire.h"

/* What is sent in one go, up to where an answer is awaited. */
struct move {
    struct slice octets;
    char awaits; /* the letter of the command that is answered */
};

struct message {
    size_t first;
    size_t end; /* behind it; its last move is the end of the message */
    unsigned recipients;
};

struct script {
    struct move *move;
    size_t moves;
    struct message *message;
    size_t messages;
};

/* From a test's lines: connect, tls, auth, macro, helo, mail, rcpt, message; others say nothing to
 * a milter. Macros and packets are those of Postfix, as far as the terms want them. */
struct script *script_make(struct arena *arena, const struct test *test, const struct terms *terms);

#endif
