/* All that is counted as text: for Prometheus (its text format, version 0.0.4), and about rules as
 * a table for people. */
#ifndef POSTERN_FILTER_STATUS_EXPOSITION_H
#define POSTERN_FILTER_STATUS_EXPOSITION_H

#include "policy/policy.h"

/* Who tells of it. */
struct exposition_about {
    const char *version;
    const char *path; /* of the policy */
    const struct policy *policy;
};

/* Series that are zero are left out. */
struct slice exposition_metrics(struct arena *arena, const struct exposition_about *about);

/* How often each rule was true and false, when it was so last, what it takes; and which never were.
 */
struct slice exposition_rules(struct arena *arena, const struct exposition_about *about);

/* "0123456789abcdef": what tells the policy from others. */
const char *exposition_hash(struct arena *arena, const struct policy *policy);

#endif
