/* Says why, rule by rule: the pass over the rules is made once more, quietly, and each rule tells
 * what became of it and what made it so. */
#include "because.h"
#include "pass.h"

const char *
walk_outcome_name(enum outcome outcome)
{
    static const char *const names[] = {
        [OUTCOME_FALSE] = "false",         [OUTCOME_OPEN] = "open",
        [OUTCOME_UNDECIDED] = "undecided", [OUTCOME_AUDIT] = "audit",
        [OUTCOME_ACTS] = "acts",           [OUTCOME_WAITS] = "waits",
        [OUTCOME_HELD] = "held-back",      [OUTCOME_DECIDES] = "decides",
    };

    return names[outcome];
}

struct telling {
    explain_see *see;
    void *context;
};

static const char *
reason_of(struct arena *arena, const struct observed *seen)
{
    if (seen->truth != TRUTH_ERROR || seen->reason == NULL)
        return NULL;
    return arena_string(arena, slice_of(seen->reason));
}

static void
tell_rule(void *context, struct eval *eval, const struct observed *seen)
{
    const struct telling *telling = context;
    const struct rule *rule = seen->rule;
    struct explained explained = {
        .number = rule->number,
        .rule = rule->label,
        .truth = seen->truth,
        .outcome = seen->outcome,
        .verdict = ending_verdict(seen->ending),
        .takes_off = rule->changes & CHANGES_LEAVE_OUT,
        .behind = seen->by ? seen->by->label : NULL,
        .reason = reason_of(eval->arena, seen),
        .waits_at = seen->truth == TRUTH_LATER && rule->has_at && eval->stage < rule->at,
        .at = rule->at,
    };

    if (!explained.waits_at && seen->reason != eval_is_spent)
        because_of(eval, rule, &explained);
    telling->see(telling->context, &explained);
}

/* Looking for reasons takes more steps than the walk itself, but where it went out of steps it does
 * so again. */
static uint64_t
steps_of(const struct walk *walk)
{
    enum { TIMES = 16 };
    uint64_t most = arena_meter(walk->arena)->most;

    return walk->spent_by || most > UINT64_MAX / TIMES ? most : TIMES * most;
}

/* The same pass as the last stage's, over all rules, without effect, with steps of its own. What
 * it reads is kept in the stores of the walk. */
static void
replay(const struct walk *walk, const struct recipient *recipient, struct arena *arena,
       struct telling *telling)
{
    struct walk again = *walk;
    struct meter own = {.most = steps_of(walk)};
    unsigned given_up = walk->store->given_up;
    struct track *track;

    again.arena = arena;
    again.quiet = true;
    again.watch = NULL;
    again.observer = tell_rule;
    again.observer_context = telling;
    track = walk->stage == STAGE_UNKNOWN ? track_of_command(&again) : track_new(&again, recipient);
    if (recipient && recipient->facts && ((struct track *)recipient->facts)->store)
        track->store = ((struct track *)recipient->facts)->store;
    walk->store->given_up = 0;
    arena_set_meter(arena, &own);
    pass_walk(&again, track);
    arena_set_meter(arena, NULL);
    walk->store->given_up = given_up;
}

void
walk_explain(const struct walk *walk, const struct recipient *recipient, struct arena *arena,
             explain_see *see, void *context)
{
    struct telling telling = {see, context};

    if (walk->stage >= settings_earliest_verdict(&walk->policy->settings))
        replay(walk, recipient, arena, &telling);
}
