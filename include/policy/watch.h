/* Who is told what becomes of rules and lookups, so that it can be counted. He is called in the
 * middle of a walk, from any thread, and must be quick. */
#ifndef POSTERN_POLICY_WATCH_H
#define POSTERN_POLICY_WATCH_H

#include "policy/policy.h"
#include "policy/settings.h"
#include "policy/truth.h"

struct policy_watch {
    void *context;

    /* A rule (policy_rule()) was decided for a connection, a message or a recipient. */
    void (*decided)(void *context, size_t rule, enum truth truth);

    /* A table of the policy (policy_table_at()) was asked, or a test's in its place. */
    void (*looked_up)(void *context, const struct table *table, enum table_result result,
                      int64_t ns);

    /* A limit was passed: max-message-steps, regex-match-limit. */
    void (*reached)(void *context, enum setting_id limit);

    /* Of so many rules that are asked the time of one is taken: the first in a walk behind so many
     * that first_sample() says. */
    unsigned sample_each;
    unsigned (*first_sample)(void *context);
    void (*took)(void *context, size_t rule, int64_t ns);
};

/* Before anybody walks under the policy, which must not outlive it. */
void policy_set_watch(struct policy *policy, const struct policy_watch *watch);

#endif
