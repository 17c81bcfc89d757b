/* A made-up MTA that tells a dialogue a session, and keeps what comes of it as text. */
#ifndef POSTERN_TESTS_TELLER_H
#define POSTERN_TESTS_TELLER_H

#include "filter/dialogue.h"

/* A policy, what the MTA tells (a line each), and what comes of it: log lines as "log ...", answers
 * other than "go on", edits, each a line. */
struct told {
    const char *why;
    const char *policy;
    const char *told;
    const char *came;
};

struct teller {
    struct arena *arena;
    struct dialogue *dialogue;
    struct buffer came;
    const struct edit *edits;
    bool quiet; /* log lines don't matter */
};

/* For dialogue_new(), with the teller as its context. */
void teller_keep_log(void *context, enum log_level level, const char *line);

/* Tells it, and checks that this came of it. */
void teller_run(const struct told *told);

#endif
