/* Which rules fired while tests were played, and which parts of their conditions were true, and
 * which were false. */
#include "coverage.h"

#include "policy/explain.h"

enum was { WAS_TRUE = 1, WAS_FALSE = 2, WAS_BOTH = 3 };

struct coverage {
    struct arena *arena;
    const struct policy *policy;
    bool *fired;        /* by number of the rule */
    unsigned char *was; /* by number of the part */
};

/* So many of so many. */
struct share {
    size_t part, whole;
};

struct coverage *
coverage_new(struct arena *arena, const struct policy *policy)
{
    struct coverage *coverage = ARENA_NEW(arena, struct coverage);

    coverage->arena = arena;
    coverage->policy = policy;
    coverage->fired = ARENA_ARRAY(arena, policy_rules(policy), bool);
    coverage->was = ARENA_ARRAY(arena, policy_parts(policy) + 1, unsigned char);
    return coverage;
}

/* An error that defers fires nothing. */
static bool
fires(const struct explained *explained)
{
    switch (explained->outcome) {
    case OUTCOME_AUDIT:
    case OUTCOME_ACTS:
    case OUTCOME_DECIDES:
        return explained->truth == TRUTH_TRUE;
    case OUTCOME_FALSE:
    case OUTCOME_OPEN:
    case OUTCOME_UNDECIDED:
    case OUTCOME_WAITS:
    case OUTCOME_HELD:
        break;
    }
    return false;
}

static void
note_rule(void *context, const struct explained *explained)
{
    struct coverage *coverage = context;

    coverage->fired[explained->number] |= fires(explained);
    for (size_t i = 0; i < explained->parts; i++) {
        const struct explained_part *part = &explained->part[i];

        if (part->truth == TRUTH_TRUE)
            coverage->was[part->number] |= WAS_TRUE;
        if (part->truth == TRUTH_FALSE)
            coverage->was[part->number] |= WAS_FALSE;
    }
}

void
coverage_note(struct coverage *coverage, struct arena *arena, const struct played *played)
{
    if (played->walk == NULL)
        return;
    if (played->recipient || played->stage <= STAGE_RCPT || played->stage == STAGE_UNKNOWN) {
        walk_explain(played->walk, played->recipient, arena, note_rule, coverage);
        return;
    }
    for (const struct recipient *r = played->recipients; r; r = r->next)
        if (r == played->recipients || r->facts != played->recipients->facts)
            walk_explain(played->walk, r, arena, note_rule, coverage);
}

static unsigned
percent_of(struct share share)
{
    return share.whole ? (unsigned)(100 * share.part / share.whole) : 100;
}

static struct share
share_of_rules(const struct coverage *coverage)
{
    struct share share = {0, policy_rules(coverage->policy)};

    for (size_t i = 0; i < share.whole; i++)
        share.part += coverage->fired[i];
    return share;
}

static struct share
share_of_parts(const struct coverage *coverage)
{
    struct share share = {0, policy_parts(coverage->policy)};

    for (size_t i = 1; i <= share.whole; i++)
        share.part += coverage->was[i] == WAS_BOTH;
    return share;
}

static void
print_rules(const struct coverage *coverage)
{
    for (size_t i = 0; i < policy_rules(coverage->policy); i++) {
        struct policy_rule rule = policy_rule(coverage->policy, coverage->arena, i);

        if (!coverage->fired[i])
            printf("#   %s: %s never fires\n", diagnostics_place_text(coverage->arena, rule.place),
                   rule.name);
    }
}

static void
print_parts(const struct coverage *coverage)
{
    static const char *const never[] = {"asked", [WAS_TRUE] = "false", [WAS_FALSE] = "true"};

    for (size_t i = 1; i <= policy_parts(coverage->policy); i++) {
        struct policy_part part = policy_part(coverage->policy, coverage->arena, i);

        if (coverage->was[i] != WAS_BOTH)
            printf("#   %s: never %s: %s\n", diagnostics_place_text(coverage->arena, part.place),
                   never[coverage->was[i]], part.text);
    }
}

bool
coverage_print(const struct coverage *coverage, unsigned percent)
{
    struct share rules = share_of_rules(coverage), parts = share_of_parts(coverage);

    printf("# rules that fire: %zu of %zu (%u %%)\n", rules.part, rules.whole, percent_of(rules));
    print_rules(coverage);
    printf("# parts of conditions that are both true and false: %zu of %zu (%u %%)\n", parts.part,
           parts.whole, percent_of(parts));
    print_parts(coverage);
    return percent_of(rules) >= percent && percent_of(parts) >= percent;
}
