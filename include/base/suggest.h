/* What a misspelt word may have been meant to be. Offer every candidate, then ask for the words of
 * the message. */
#ifndef POSTERN_BASE_SUGGEST_H
#define POSTERN_BASE_SUGGEST_H

#include "base/arena.h"

struct suggestion {
    struct slice word;
    struct slice best; /* empty: none is near */
    unsigned distance;
};

/* For this word nothing is near as yet; then each candidate is compared. */
struct suggestion suggest_for(struct slice word);
void suggest_offer(struct suggestion *suggestion, struct slice candidate);

/* "; did you mean "rule"?", or "" where no candidate is near. */
const char *suggest_text(struct arena *arena, const struct suggestion *suggestion);

#endif
