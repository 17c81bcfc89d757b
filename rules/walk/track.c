/* Begins tracks, and asks what a rule comes to on one. */
#include "track.h"

static struct track *
track_make(struct walk *walk)
{
    struct track *track = ARENA_NEW(walk->arena, struct track);

    track->open = bits_new(walk->arena, walk->policy->rule_count);
    track->acted = bits_new(walk->arena, walk->policy->rule_count);
    return track;
}

struct track *
track_new(struct walk *walk, const struct recipient *recipient)
{
    struct track *track = track_make(walk);

    bits_copy(track->open, walk->policy->sets.all, walk->policy->rule_count);
    track->recipient = recipient;
    if (recipient)
        track->store = eval_store_new(walk->arena, walk->policy, SCOPE_RECIPIENT);
    return track;
}

struct track *
track_of_command(struct walk *walk)
{
    struct track *track = track_make(walk);

    bits_copy(track->open, walk->policy->sets.command, walk->policy->rule_count);
    return track;
}

static struct track *
track_copy(struct walk *walk, const struct track *of, const struct recipient *recipient)
{
    struct track *track = track_make(walk);
    uint64_t *open = track->open, *acted = track->acted;

    *track = *of;
    track->open = open;
    track->acted = acted;
    bits_copy(open, of->open, walk->policy->rule_count);
    bits_copy(acted, of->acted, walk->policy->rule_count);
    track->recipient = recipient;
    track->store = eval_store_new(walk->arena, walk->policy, SCOPE_RECIPIENT);
    return track;
}

struct track *
walk_track_of(struct walk *walk, struct recipient *recipient)
{
    if (!walk->policy->reads_recipient)
        recipient->facts = walk->message;
    else if (recipient->facts == NULL)
        recipient->facts = track_copy(walk, walk->message, recipient);
    return recipient->facts;
}

struct eval
track_eval(struct walk *walk, const struct track *track)
{
    return (struct eval){
        .policy = walk->policy,
        .arena = walk->arena,
        .meter = arena_meter(walk->arena),
        .stage = walk->stage,
        .moment = {&walk->policy->settings, walk->session, walk->transaction, track->recipient,
                   walk->arena},
        .store = {walk->store, track->store},
        .replacements = walk->replacements,
        .lookups = walk->quiet ? NULL : walk->lookups,
    };
}

struct eval
track_eval_texts(struct walk *walk, const struct track *track, const struct rule *rule)
{
    struct eval eval = track_eval(walk, track);

    if (rule->condition)
        eval_bind_witnesses(&eval, rule->condition);
    return eval;
}

static enum truth
rule_truth(const struct walk *walk, struct eval *eval, const struct rule *rule)
{
    enum truth truth = TRUTH_TRUE;

    eval->tables_wait = rule->has_at && walk->stage < rule->at;
    if (rule->condition)
        truth = eval_expr(eval, rule->condition);
    if (eval->tables_wait)
        return truth == TRUTH_FALSE ? TRUTH_FALSE : TRUTH_LATER;
    return truth == TRUTH_TRUE ? eval_texts_are_ready(eval, rule) : truth;
}

/* What a rule that reads recipients does without a verdict, it does for each of them. */
static bool
is_for_each(const struct track *track, const struct rule *rule)
{
    return rule->reads_recipient && rule->verdict == VERDICT_NONE && track->recipient == NULL;
}

enum truth
track_truth(struct walk *walk, const struct track *track, struct eval *eval,
            const struct rule *rule)
{
    enum truth truth = rule_truth(walk, eval, rule);

    return truth == TRUTH_TRUE && is_for_each(track, rule) ? TRUTH_LATER : truth;
}

/* A rule that can't be decided must not let mail through that it might refuse, hold, clean, convert
 * or send elsewhere. */
enum ending
track_ending(const struct rule *rule, enum truth truth)
{
    if (truth != TRUTH_ERROR)
        return rule->ending;
    return rule->error_defers ? ENDING_TEMPFAIL : ENDING_NONE;
}

void
track_close(struct walk *walk, struct track *track, const struct rule *rule, bool is_false)
{
    bits_take(track->open, rule->number);
    if (is_false && !rule->reads_recipient && !walk->quiet && walk->stage != STAGE_UNKNOWN)
        bits_take(walk->message->open, rule->number);
}

void
track_catch_up(struct walk *walk, struct track *track)
{
    if (walk->quiet || walk->stage == STAGE_UNKNOWN)
        return;
    for (size_t word = 0; word < bits_words(walk->policy->rule_count); word++)
        track->open[word] &= walk->message->open[word];
}

void
track_waits(struct walk *walk, const struct rule *rule)
{
    if (!rule->reads_recipient && !walk->quiet)
        bits_add(walk->later, rule->number);
}

static bool
have_common(const struct walk *walk, const uint64_t *a, const uint64_t *b)
{
    size_t count = walk->policy->rule_count;

    return bits_next_both(a, b, 0, count) < count;
}

bool
track_has_open(const struct walk *walk, const struct track *track, const uint64_t *rules)
{
    return have_common(walk, track->open, rules);
}

bool
track_has_acted(const struct walk *walk, const struct track *track, const uint64_t *rules)
{
    return have_common(walk, track->acted, rules);
}

bool
walk_is_spent(struct walk *walk, const struct rule *rule)
{
    if (walk->quiet)
        return walk->spent_by == rule;
    if (walk->spent_by == NULL && meter_over(arena_meter(walk->arena))) {
        walk->spent_by = rule;
        if (walk->watch)
            walk->watch->reached(walk->watch->context, SET_MAX_MESSAGE_STEPS);
    }
    return walk->spent_by != NULL;
}
