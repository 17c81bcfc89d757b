/* The law of the language: one pass over the open rules in file order. The numbers are those of the
 * sentences in postern.conf(5), "What decides". */
#include "pass.h"

#include "base/clock.h"
#include "effects.h"

struct pass {
    struct walk *walk;
    struct track *track;
    struct eval eval;
    size_t first[ENDINGS]; /* before these no open rule ends a track so */
    size_t again;          /* the first true rule that stays open */
    enum ending held;      /* what the last rule would have brought */
    bool stopped;
};

/* May a rule that is still open hold back what a rule behind it brings? */
static bool
holds_back(enum stage stage, enum ending open, enum ending brought)
{
    if (brought == ENDING_ACCEPT || brought == ENDING_REMOVE)
        return true; /* (14) */
    if (open == ENDING_NONE)
        return false; /* (12) */
    if (stage == STAGE_RCPT && open == ENDING_REJECT && brought == ENDING_TEMPFAIL)
        return false; /* (13) */
    return open != brought; /* (6) (10) (11) */
}

/* The first open rule that ends a track so; `end` where there is none before that. Watched ones are
 * in no such set (16). What stands before a rule stays as it is for the rest of a pass. */
static size_t
first_open(struct pass *pass, enum ending ending, size_t end)
{
    const uint64_t *so = pass->walk->policy->sets.ending[ending];
    size_t *first = &pass->first[ending];

    if (*first < end)
        *first = bits_next_both(pass->track->open, so, *first, end);
    return *first < end ? *first : end;
}

/* The first open rule for which this one must wait with what it brings, or NULL. */
static const struct rule *
holder_of(struct pass *pass, const struct rule *rule, enum ending brought)
{
    size_t holder = rule->number;

    for (enum ending open = ENDING_NONE; open < ENDINGS; open++)
        if (holds_back(pass->walk->stage, open, brought)) {
            size_t first = first_open(pass, open, rule->number);

            holder = first < holder ? first : holder;
        }
    return holder < rule->number ? pass->walk->policy->rules[holder] : NULL;
}

static enum outcome
judge_rule(struct pass *pass, struct observed *seen)
{
    if (seen->truth == TRUTH_FALSE)
        return OUTCOME_FALSE; /* (1) */
    if (seen->truth == TRUTH_LATER)
        return OUTCOME_OPEN; /* (2) */
    if (seen->rule->audit)
        return OUTCOME_AUDIT; /* (15) */
    if (seen->truth == TRUTH_ERROR && seen->ending == ENDING_NONE)
        return OUTCOME_UNDECIDED; /* (8) */
    seen->by = holder_of(pass, seen->rule, seen->ending);
    if (seen->ending == ENDING_NONE)
        return seen->by ? OUTCOME_WAITS : OUTCOME_ACTS; /* (5) */
    return seen->by ? OUTCOME_HELD : OUTCOME_DECIDES; /* (3) (4) (7) */
}

/* Lets the outcome take effect. */
static void
apply_outcome(struct pass *pass, const struct observed *seen)
{
    struct walk *walk = pass->walk;
    struct track *track = pass->track;
    bool stays = false;

    switch (seen->outcome) {
    case OUTCOME_FALSE:
        break;
    case OUTCOME_OPEN:
        if (walk->stage == STAGE_UNKNOWN)
            break; /* (17) */
        track_waits(walk, seen->rule);
        return;
    case OUTCOME_UNDECIDED:
        effects_undecided(walk, track, seen->rule, seen->reason);
        break;
    case OUTCOME_AUDIT:
        effects_watch(walk, track, seen->rule, seen->truth, seen->reason);
        break;
    case OUTCOME_ACTS:
        effects_act(walk, track, seen->rule);
        break;
    case OUTCOME_HELD:
        pass->stopped = true;
        pass->held = seen->ending;
        stays = true;
        break;
    case OUTCOME_WAITS:
        stays = true;
        break;
    case OUTCOME_DECIDES:
        effects_end(walk, track, seen->rule, seen->ending,
                    seen->truth == TRUTH_ERROR ? seen->reason : NULL);
        break;
    }
    if (stays && seen->rule->number < pass->again)
        pass->again = seen->rule->number;
    if (stays)
        return;
    track_tell(walk, seen->rule, seen->truth);
    track_close(walk, track, seen->rule, seen->outcome == OUTCOME_FALSE);
}

static enum truth
timed_truth(struct pass *pass, const struct rule *rule)
{
    const struct policy_watch *watch = pass->walk->watch;
    int64_t began_ns = clock_ns();
    enum truth truth = track_truth(pass->walk, pass->track, &pass->eval, rule);

    watch->took(watch->context, rule->number, clock_ns() - began_ns);
    pass->walk->until_sample = watch->sample_each - 1;
    return truth;
}

static enum truth
pass_truth(struct pass *pass, const struct rule *rule)
{
    if (pass->walk->watch && pass->walk->until_sample-- == 0)
        return timed_truth(pass, rule);
    return track_truth(pass->walk, pass->track, &pass->eval, rule);
}

static void
step(struct pass *pass, const struct rule *rule)
{
    struct walk *walk = pass->walk;
    struct observed seen = {.rule = rule};

    pass->eval.reason = NULL;
    seen.truth = pass_truth(pass, rule);
    seen.ending = track_ending(rule, seen.truth);
    seen.reason = pass->eval.reason;
    if (walk_is_spent(walk, rule)) /* (9) */
        seen = (struct observed){rule, OUTCOME_DECIDES, TRUTH_ERROR, ENDING_TEMPFAIL, NULL,
                                 eval_is_spent};
    else
        seen.outcome = judge_rule(pass, &seen);
    if (walk->observer)
        walk->observer(walk->observer_context, &pass->eval, &seen);
    apply_outcome(pass, &seen);
    if (!pass->track->ended && walk_is_spent(walk, rule))
        effects_end(walk, pass->track, rule, ENDING_TEMPFAIL, eval_is_spent);
    pass->stopped |= pass->track->ended;
}

/* Rules that only wait for a fact are asked where one of theirs can be new, and nowhere else; those
 * of the message once. */
static uint64_t
due(const struct pass *pass, size_t word)
{
    const struct walk *walk = pass->walk;
    const struct track *track = pass->track;
    uint64_t due = bits_from(UINT64_MAX, word, track->again);

    for (enum stage stage = track->stage + 1; stage <= walk->stage; stage++)
        due |= walk->policy->sets.news[stage][word];
    return due & track->open[word] & ~(walk->quiet ? 0 : walk->later[word]);
}

/* Up to which rule. */
static size_t
walk_due(struct pass *pass)
{
    const struct policy *policy = pass->walk->policy;

    for (size_t word = 0; word < bits_words(policy->rule_count); word++)
        for (uint64_t left = due(pass, word); left; left &= left - 1) {
            size_t number = word * BITS_A_WORD + (size_t)__builtin_ctzll(left);

            step(pass, policy->rules[number]);
            if (pass->stopped)
                return number;
        }
    return policy->rule_count;
}

void
pass_walk(struct walk *walk, struct track *track)
{
    struct pass pass = {.walk = walk, .track = track, .again = walk->policy->rule_count};
    size_t end;

    if (track->ended)
        return;
    if (walk->spent_by && !walk->quiet) {
        effects_end(walk, track, walk->spent_by, ENDING_TEMPFAIL, eval_is_spent); /* (9) */
        return;
    }
    pass.eval = track_eval(walk, track);
    track_catch_up(walk, track);
    end = walk_due(&pass);
    track->may_reject =
        pass.held == ENDING_REJECT || first_open(&pass, ENDING_REJECT, end) < end;
    track->again = pass.again;
    track->stage = walk->stage;
}
