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
    WRONG_IN_AUDIT,
    WRONG_BEHIND,
    DISAGREEMENTS,
};

/* what_r: the difference, for people. */
enum disagreement compare(struct arena *arena, const struct model_policy *policy,
                          const struct model_mail *mail, const struct played *played,
                          const char **what_r);

/* What was played in mode audit: as in mode enforce up to where that ended, and behind each verdict
 * every rule that holds is told of, once. */
enum disagreement compare_audit(struct arena *arena, const struct model_policy *policy,
                                const struct model_mail *mail, const struct played *enforced,
                                const struct played *audited, const char **what_r);

#endif
