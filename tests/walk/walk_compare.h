/* What was played, held against what DESIGN says of it. */
#ifndef POSTERN_TESTS_WALK_WALK_COMPARE_H
#define POSTERN_TESTS_WALK_WALK_COMPARE_H

#include "walk_play.h"

enum disagreement {
    AGREES,
    NOT_LOADED,
    WRONG_VERDICT,
    WRONG_MOMENT,
    WRONG_REPLY,
    WRONG_RECIPIENTS,
    WRONG_CHANGES,
    WRONG_LOG,
    WRONG_AUDIT,
    DISAGREEMENTS,
};

/* what_r: the difference, for people. */
enum disagreement compare(struct arena *arena, const struct model_policy *policy,
                          const struct model_mail *mail, const struct played *played,
                          const char **what_r);

#endif
