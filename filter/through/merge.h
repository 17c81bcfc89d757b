/* A test with what the living MTA told in the place of what is written, to be played once more
 * without it: so all that is expected is judged by what Postern was told. */
#ifndef POSTERN_FILTER_THROUGH_MERGE_H
#define POSTERN_FILTER_THROUGH_MERGE_H

#include "differ.h"

struct merged {
    const struct step *living;       /* all as it was told */
    const struct step *kept;         /* but what no client can show as it is written */
    struct differences *differences; /* given */
};

void merge_test(struct arena *arena, const struct through_options *options,
                const struct needs *needs, const struct step *steps, const struct turn *turns,
                struct merged *merged_r);

#endif
