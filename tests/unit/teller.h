/* A made-up MTA that tells a dialogue a session, and keeps what comes of it as text. */
#ifndef POSTERN_TESTS_TELLER_H
#define POSTERN_TESTS_TELLER_H

#include "filter/dialogue.h"

struct teller {
    struct arena *arena;
    struct dialogue *dialogue;
    struct buffer came;
    const struct edit *edits;
    bool quiet; /* log lines don't matter */
};

/* For dialogue_new(), with the teller as its context. */
void teller_keep_log(void *context, enum log_level level, const char *line);

/* Tells each dialogue of tests/unit/dialogues/NAME.dialogue, and checks what comes of it. In such a
 * file a dialogue is "== " with what it shows, a policy, and a session: behind "> " what the MTA
 * tells, where \xE9 is that octet, and on the lines below what comes of it: log lines as "log ...",
 * answers other than "go on", edits. Where log lines don't matter, it is told "quiet" first. */
void teller_run(const char *name);

#endif
