/* What became of the last line that was played, and whether that is what was expected. */
#ifndef POSTERN_FILTER_PLAY_OUTCOME_H
#define POSTERN_FILTER_PLAY_OUTCOME_H

#include "filter/dialogue.h"
#include "message.h"
#include "policy/scenario.h"

struct play_recipient {
    struct slice argument;
    struct play_recipient *next;
};

/* Valid until the next line is played. */
struct outcome {
    const char *over; /* the client couldn't send the line: why */
    bool is_message;
    enum verdict verdict;
    const struct reply *reply;
    const char *rule;   /* NULL: none */
    const char *reason; /* a discard's text */
    const struct edit *edits;
    const struct event **event; /* of the line and of what was filled in before it */
    size_t events;
    bool in_audit; /* the policy says `set mode audit`: the milter would withhold all of this */
    struct slice sender;
    const struct play_recipient *recipients; /* that were let in */
    const struct header_field *header;         /* of the message as it was sent */
    enum local_case local_case;
};

/* NULL: as expected; else "expected ..., got ...". */
const char *outcome_check(struct arena *arena, const struct outcome *outcome,
                          const struct expectation *expect);

#endif
