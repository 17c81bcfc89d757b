/* Mode audit: the walk behind a verdict, for the log. Whatever is found there decides nothing,
 * changes nothing, and takes steps of its own. */
#include "behind.h"

#include "effects.h"

struct behind {
    struct walk *walk;
    struct track *track;
    const struct recipient *recipient; /* or NULL */
    const char *after;
    bool others_go_on; /* somebody's walk may still come to a rule of the message by itself */
    bool has_looked_ahead;
};

static bool
refuses(const struct track *track)
{
    return track->ending == ENDING_REJECT || track->ending == ENDING_TEMPFAIL;
}

static void
report(const struct behind *behind, const struct rule *rule, struct event event)
{
    bool is_his = rule->reads_recipient || behind->walk->stage == STAGE_RCPT;

    event.rule = rule->label;
    event.after = behind->after;
    event.recipient = is_his ? behind->recipient : NULL;
    effects_add_event(behind->walk, event);
}

/* Where a verdict of this step undoes what the rule wants, its lines in the log stay. */
static void
report_rule(const struct behind *behind, const struct rule *rule, enum truth truth,
            const char *reason, bool is_undone)
{
    struct walk *walk = behind->walk;

    walk->spoken[rule->number] |= !rule->reads_recipient;
    if (truth == TRUTH_ERROR && !rule->error_defers) {
        report(behind, rule, (struct event){.kind = EVENT_ERROR, .text = reason});
        return;
    }
    if (truth == TRUTH_ERROR) {
        report(behind, rule, (struct event){.kind = EVENT_AUDIT,
                                            .action = ACTION_TEMPFAIL,
                                            .reply = effects_undecided_reply(walk),
                                            .text = reason});
        return;
    }
    for (const struct action *action = rule->actions; action; action = action->next)
        if (!is_undone || action->kind == ACTION_LOG)
            report(behind, rule, effects_event(walk, behind->track, rule, action, EVENT_AUDIT));
}

/* A rule of the message has its say once. */
static bool
had_its_say(const struct behind *behind, const struct rule *rule)
{
    const struct walk *walk = behind->walk;

    return !rule->reads_recipient && (walk->said[rule->number] || walk->spoken[rule->number]);
}

static bool
undoes(const struct rule *rule, enum truth truth)
{
    enum verdict verdict = ending_verdict(track_ending(rule, truth));

    return !rule->audit && verdict != VERDICT_NONE && verdict != VERDICT_ACCEPT;
}

/* What a rule without verdict wanted is undone by the verdict behind it, as ever: by one that was
 * given, or by one that was told of here before its time. */
static bool
stands_before(const struct behind *behind, const struct rule *rule, enum truth truth)
{
    const struct track *track = behind->track;

    if (ending_verdict(track_ending(rule, truth)) != VERDICT_NONE)
        return false;
    return (track->ended && rule->number < track->rule->number) ||
           (track_ending(rule, truth) == ENDING_NONE && track->told_of &&
            rule->number < track->told_of->number);
}

/* A rule of the message may yet speak or act for those who go on. At RCPT each verdict is one
 * recipient's, so that it needn't wait. */
static bool
must_wait(const struct behind *behind, const struct rule *rule)
{
    if (rule->reads_recipient || !behind->others_go_on)
        return false;
    return behind->walk->stage != STAGE_RCPT || rule->verdict == VERDICT_NONE;
}

/* True where no more is asked: the log says once why. */
static bool
is_spent(const struct behind *behind, const struct rule *rule)
{
    struct walk *walk = behind->walk;

    if (!walk->behind_is_spent && meter_over(&walk->behind)) {
        walk->behind_is_spent = true;
        report(behind, rule, (struct event){.kind = EVENT_ERROR, .text = eval_is_spent});
    }
    return walk->behind_is_spent;
}

static void
note_told_of(struct track *track, const struct rule *rule, enum truth truth)
{
    bool holds = truth == TRUTH_TRUE || truth == TRUTH_ERROR;

    if (holds && undoes(rule, truth) &&
        (track->told_of == NULL || track->told_of->number < rule->number))
        track->told_of = rule;
}

/* A verdict among the rules behind this one undoes what it wants, told of in this pass or before.
 */
static void
look_ahead(struct behind *behind, const struct rule *rule)
{
    const struct policy *policy = behind->walk->policy;
    const uint64_t *open = behind->track->open;
    struct eval eval = track_eval(behind->walk, behind->track);

    if (behind->has_looked_ahead)
        return;
    behind->has_looked_ahead = true;
    for (size_t i = rule->number + 1; i < policy->rule_count && !meter_over(&behind->walk->behind);
         i++) {
        const struct rule *next = policy->rules[i];

        if (bits_have(open, i) && (next->verdict != VERDICT_NONE || next->error_defers) &&
            !must_wait(behind, next))
            note_told_of(behind->track, next,
                         track_truth(behind->walk, behind->track, &eval, next));
    }
}

/* True when the rule stays open. */
static bool
step(struct behind *behind, const struct rule *rule)
{
    struct eval eval = track_eval(behind->walk, behind->track);
    enum truth truth;

    if (had_its_say(behind, rule)) {
        note_told_of(behind->track, rule, track_truth(behind->walk, behind->track, &eval, rule));
        return false;
    }
    if (behind->walk->behind_is_spent || must_wait(behind, rule))
        return true;
    truth = track_truth(behind->walk, behind->track, &eval, rule);
    if (is_spent(behind, rule) || truth == TRUTH_LATER)
        return true;
    track_tell(behind->walk, rule, truth);
    if (truth == TRUTH_FALSE)
        return false;
    if (rule->audit) {
        effects_watch(behind->walk, behind->track, rule, truth, eval.reason);
        return false;
    }
    if (!stands_before(behind, rule, truth)) {
        if (track_ending(rule, truth) == ENDING_NONE)
            look_ahead(behind, rule);
        report_rule(behind, rule, truth, eval.reason, stands_before(behind, rule, truth));
    }
    note_told_of(behind->track, rule, truth);
    return false;
}

static void
step_all(struct behind *behind)
{
    const struct policy *policy = behind->walk->policy;
    uint64_t *open = behind->track->open;

    for (size_t word = 0; word < bits_words(policy->rule_count); word++)
        for (uint64_t left = open[word]; left; left &= left - 1) {
            size_t number = word * BITS_A_WORD + (size_t)__builtin_ctzll(left);

            if (!step(behind, policy->rules[number]))
                bits_take(open, number);
        }
}

/* A verdict for one recipient's sake that another one's has forestalled. */
static void
report_ending(struct behind *behind)
{
    struct track *track = behind->track;
    const struct rule *rule = track->rule;
    bool is_told = track->reported || !refuses(track) ||
                   (!rule->reads_recipient && behind->walk->spoken[rule->number]);

    track->reported = true;
    if (is_told)
        return;
    behind->walk->spoken[rule->number] |= !rule->reads_recipient;
    behind->after = behind->walk->decided_by;
    report(behind, rule, (struct event){.kind = EVENT_AUDIT,
                                        .action = track->ending == ENDING_REJECT
                                                      ? ACTION_REJECT
                                                      : ACTION_TEMPFAIL,
                                        .reply = track->reply,
                                        .text = track->reason});
}

/* Undecided, or in wait for what others bring. */
static bool
goes_on_by_itself(const struct walk *walk, const struct track *track)
{
    return walk->decided_by == NULL &&
           (!track->ended || (refuses(track) && !track->reported));
}

static bool
others_go_on(const struct walk *walk)
{
    if (walk->decided_by || walk->message->ended || walk->stage >= STAGE_BODY)
        return false;
    if (walk->stage <= STAGE_RCPT)
        return true;
    for (const struct recipient *r = walk->transaction->recipients; r; r = r->next)
        if (goes_on_by_itself(walk, r->facts))
            return true;
    return false;
}

static void
go_behind(struct walk *walk, struct track *track, const struct recipient *recipient, bool others)
{
    struct behind behind = {
        .walk = walk, .track = track, .recipient = recipient, .others_go_on = others};
    struct meter *meter = arena_meter(walk->arena);

    if (goes_on_by_itself(walk, track) || walk->spent_by)
        return;
    walk->behind.most = meter->most;
    meter_resume(&walk->behind);
    arena_set_meter(walk->arena, &walk->behind);
    if (track->ended)
        report_ending(&behind);
    behind.after = track->ended ? track->rule->label : walk->decided_by;
    step_all(&behind);
    arena_set_meter(walk->arena, meter);
}

/* What this stage gave decides the message, or one recipient's mail. */
static void
note_speaker(struct walk *walk, const struct recipient *recipient)
{
    struct track *track = walk->speaker;

    if (track == NULL)
        return;
    track->reported = true;
    walk->spoken[track->rule->number] |= !track->rule->reads_recipient;
    if (recipient == NULL && track->ending != ENDING_ACCEPT)
        walk->decided_by = track->rule->label;
}

static void
all_behind(struct walk *walk, struct recipient *first, bool others)
{
    for (struct recipient *r = first; r; r = r->next)
        go_behind(walk, walk_track_of(walk, r), r, others);
}

void
walk_behind(struct walk *walk, struct recipient *recipient)
{
    bool others;

    note_speaker(walk, recipient);
    others = others_go_on(walk);
    if (recipient) {
        go_behind(walk, walk_track_of(walk, recipient), recipient, others);
    } else if (walk->stage < STAGE_RCPT) {
        go_behind(walk, walk->message, NULL, others);
    } else {
        all_behind(walk, walk->transaction->recipients, others);
        all_behind(walk, walk->transaction->refused, others);
    }
}

void
walk_behind_command(struct walk *walk, struct track *track)
{
    track->reported = track->ended;
    go_behind(walk, track, NULL, false);
}

void
walk_decide(struct walk *walk, const char *by)
{
    if (walk->goes_on && walk->decided_by == NULL)
        walk->decided_by = by;
}

const char *
walk_decided_by(const struct walk *walk)
{
    return walk->decided_by;
}

void
walk_go_on_with_refused(struct walk *walk)
{
    struct transaction *transaction = walk->transaction;
    const struct track *first = transaction->refused->facts;

    walk_decide(walk, first->rule->label);
    transaction->recipients = transaction->refused;
    transaction->recipients_end = transaction->refused_end;
    for (const struct recipient *r = transaction->recipients; r; r = r->next)
        transaction->recipient_count++;
    transaction->refused = NULL;
}
