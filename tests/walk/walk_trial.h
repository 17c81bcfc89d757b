/* What the parts of the comparison share. */
#ifndef POSTERN_TESTS_WALK_WALK_TRIAL_H
#define POSTERN_TESTS_WALK_WALK_TRIAL_H

#include "walk_compare.h"

struct trial {
    struct arena *arena;
    const struct model_policy *policy;
    const struct model_mail *mail;
    const struct played *played;
    struct view view; /* the end of everything, nobody in particular */
    const char *what;
};

struct view trial_view(const struct trial *trial, enum stage stage, int recipient);

/* Endings of a recipient's walk that the law allows: bits. */
unsigned trial_endings(const struct trial *trial, int recipient);

/* NULL for none of this name. */
const struct model_rule *trial_rule(const struct trial *trial, const char *name);

/* Each false with trial->what set. */
bool recipients_are_right(struct trial *trial);
bool changes_are_right(struct trial *trial);
bool log_is_right(struct trial *trial);
bool watching_is_right(struct trial *trial);

#endif
