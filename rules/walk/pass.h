/* One pass over the open rules: the law of the language. */
#ifndef POSTERN_RULES_WALK_PASS_H
#define POSTERN_RULES_WALK_PASS_H

#include "policy/explain.h"
#include "track.h"

/* What became of one rule in a pass over a track; for `explain`. */
struct observed {
    const struct rule *rule;
    enum outcome outcome;
    enum truth truth;
    enum ending ending;    /* that it brings, or would */
    const struct rule *by; /* WAITS, HELD: behind which open rule */
    const char *reason;    /* of an error */
};

/* One pass over the open rules, until a verdict ends the track or, held back, suspends it. */
void pass_walk(struct walk *walk, struct track *track);

#endif
