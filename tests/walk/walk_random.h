/* Random policies and transactions, the same ones for the same seed. */
#ifndef POSTERN_TESTS_WALK_WALK_RANDOM_H
#define POSTERN_TESTS_WALK_WALK_RANDOM_H

#include "walk_model.h"

struct random {
    uint64_t state;
};

struct model_policy *random_policy(struct arena *arena, struct random *random);
struct model_mail *random_mail(struct arena *arena, struct random *random);

#endif
