/* `postern test --through`: tests are played through a living MTA that has Postern for its milter,
 * and no message of theirs is taken. */
#ifndef POSTERN_FILTER_THROUGH_THROUGH_H
#define POSTERN_FILTER_THROUGH_THROUGH_H

#include "differ.h"
#include "play/play.h"

/* A run. */
struct through {
    struct through_options options;
    struct policy *policy;
    const char *open; /* what it does with mail without Postern's answer, and so no message is sent;
                         or NULL */
};

/* NULL: the milter serves this policy; or why nothing can be played. */
const char *through_ask(struct arena *arena, const struct through *through);

/* BROKEN: there is no session. */
enum through_path { THROUGH_IN_PATH, THROUGH_NOT_IN_PATH, THROUGH_UNKNOWN, THROUGH_BROKEN };

/* Begins this test as far as its nonce: is Postern asked there? reason_r: of any but IN_PATH. Notes
 * whether messages may be sent; the text of that lives in the arena. */
enum through_path through_prove(struct arena *arena, struct through *through,
                                const struct test *test, const char **reason_r);

struct through_result {
    bool failed;
    const char *fatal; /* nothing more may be played: why; or NULL */
    const char *skip;  /* it couldn't be played as it is written: why; or NULL */
    struct differences differences;
    const struct play_failure *failures;
};

void through_test(struct arena *arena, const struct through *through, const struct test *test,
                  struct through_result *result_r);

#endif
