/* Mode audit held against mode enforce, and what it tells of rules behind a verdict against what
 * the model says of them. Rules that look at who was let in are left out where everybody was
 * refused: who that would have been is a question without an answer. */
#include "walk_trial.h"

/* --- as in mode enforce --- */

static bool
same_said(struct said a, struct said b)
{
    return a.ending == b.ending && strcmp(a.rule ? a.rule : "", b.rule ? b.rule : "") == 0;
}

/* Before MAIL nothing can be discarded, whatever is said. */
static bool
same_at(const struct played *audited, const struct played *enforced, enum stage stage)
{
    if (stage > enforced->over)
        return enforced->over < STAGE_MAIL || audited->stage[stage].ending == END_NONE;
    if (stage < STAGE_MAIL && enforced->stage[stage].ending == END_DISCARD)
        return true;
    return same_said(audited->stage[stage], enforced->stage[stage]);
}

static bool
same_verdicts(struct trial *trial, const struct played *enforced)
{
    const struct played *audited = trial->played;

    for (enum stage stage = STAGE_CONNECT; stage <= STAGE_BODY; stage++) {
        if (same_at(audited, enforced, stage))
            continue;
        trial->what = arena_printf(trial->arena, "%s: %s is found in mode audit, %s in enforce",
                                   stage_name(stage),
                                   model_ending_name(audited->stage[stage].ending),
                                   model_ending_name(enforced->stage[stage].ending));
        return false;
    }
    for (unsigned i = 0; enforced->over >= STAGE_RCPT && i < trial->mail->recipients; i++) {
        if (same_said(audited->rcpt[i], enforced->rcpt[i]) &&
            audited->let_in[i] == enforced->let_in[i])
            continue;
        trial->what = arena_printf(trial->arena, "rcpt %u: %s in mode audit, %s in enforce", i,
                                   model_ending_name(audited->rcpt[i].ending),
                                   model_ending_name(enforced->rcpt[i].ending));
        return false;
    }
    return audited->over == enforced->over;
}

static bool
same_changes(struct trial *trial, const struct played *enforced)
{
    const struct played *audited = trial->played;
    bool same = audited->changes == enforced->changes;

    for (unsigned i = 0; same && i < enforced->changes; i++) {
        const struct seen_change *a = &audited->change[i], *e = &enforced->change[i];

        same = a->kind == e->kind && a->recipient == e->recipient &&
               strcmp(a->rule, e->rule) == 0 && slice_equal(a->name, e->name) &&
               slice_equal(a->value, e->value);
    }
    if (!same)
        trial->what = "other changes than in mode enforce";
    return same;
}

/* What is logged of rules that aren't only watched, and not from behind a verdict. */
static const struct seen_event *
next_event(const struct trial *trial, const struct played *played, unsigned *at)
{
    while (*at < played->events) {
        const struct seen_event *event = &played->event[(*at)++];
        const struct model_rule *rule = trial_rule(trial, event->rule);

        if (event->after == NULL && !(rule && rule->audit))
            return event;
    }
    return NULL;
}

static bool
same_log(struct trial *trial, const struct played *enforced)
{
    unsigned a = 0, e = 0;
    const struct seen_event *audited, *other;

    do {
        audited = next_event(trial, trial->played, &a);
        other = next_event(trial, enforced, &e);
        if (!audited && !other)
            return true;
    } while (audited && other && audited->kind == other->kind &&
             strcmp(audited->rule, other->rule) == 0 && strcmp(audited->text, other->text) == 0 &&
             audited->recipient == other->recipient);
    trial->what = arena_printf(trial->arena, "in mode audit %s logs, in enforce %s",
                               audited ? audited->rule : "nobody", other ? other->rule : "nobody");
    return false;
}

/* --- behind a verdict --- */

/* Behind a message that was decided, everybody counts as let in. */
static struct view
view_behind(const struct trial *trial, unsigned recipient)
{
    struct view view = trial_view(trial, STAGE_BODY, (int)recipient);

    for (unsigned i = 0; trial->played->over <= STAGE_RCPT && i < trial->mail->recipients; i++)
        view.let_in[i] = true;
    return view;
}

static bool
is_unclear(const struct trial *trial, const struct model_rule *rule)
{
    return trial->played->over <= STAGE_RCPT && model_reads_others(trial->policy, rule);
}

static bool
holds_for(const struct trial *trial, const struct model_rule *rule, unsigned recipient,
          unsigned truths)
{
    struct view view = view_behind(trial, recipient);

    return (truths & 1u << model_truth(&view, rule)) != 0;
}

static bool
holds_for_any(const struct trial *trial, const struct model_rule *rule, int recipient,
              unsigned truths)
{
    for (unsigned i = 0; i < trial->mail->recipients; i++)
        if ((recipient == NOBODY || recipient == (int)i) && holds_for(trial, rule, i, truths))
            return true;
    return false;
}

static bool
has_decided(const struct model_rule *rule)
{
    return !rule->audit && !rule->disabled &&
           (model_ending(rule) != END_NONE || model_error_is_tempfail(rule));
}

static bool
is_true(struct trial *trial, const struct seen_event *event)
{
    const struct model_rule *rule = trial_rule(trial, event->rule);
    const struct model_rule *after = trial_rule(trial, event->after);
    bool defers = rule && model_error_is_tempfail(rule);
    unsigned truths = event->kind == EVENT_ERROR ? 0 : 1u << IS_TRUE;

    if (defers == (event->kind == EVENT_AUDIT))
        truths |= 1u << IS_ERROR;
    if (rule && after && !rule->audit && !rule->disabled && has_decided(after) &&
        (is_unclear(trial, rule) || holds_for_any(trial, rule, event->recipient, truths)) &&
        (is_unclear(trial, after) ||
         holds_for_any(trial, after, NOBODY, 1u << IS_TRUE | 1u << IS_ERROR)))
        return true;
    trial->what = arena_printf(trial->arena, "%s is told of behind %s (recipient %d, kind %u)",
                               event->rule, event->after, event->recipient, event->kind);
    return false;
}

static bool
is_told_twice(const struct trial *trial, const struct seen_event *event)
{
    const struct model_rule *rule = trial_rule(trial, event->rule);
    bool of_recipient = model_reads_recipient(trial->policy, rule);
    unsigned times = 0;

    for (unsigned i = 0; i < trial->played->events; i++) {
        const struct seen_event *other = &trial->played->event[i];

        times += other->after && strcmp(other->rule, event->rule) == 0 &&
                 (!of_recipient || other->recipient == event->recipient);
    }
    return times > (rule->actions ? rule->actions : 1);
}

static bool
is_named(struct said said, const struct model_rule *rule)
{
    return said.rule && strcmp(said.rule, rule->name) == 0;
}

/* What it tells of it did: for this recipient, or, a rule of the message, for somebody. Only at
 * RCPT may one of these be behind a verdict for one recipient, and decide for another. */
static bool
is_done_too(const struct trial *trial, const struct seen_event *event)
{
    const struct model_rule *rule = trial_rule(trial, event->rule);
    const struct played *played = trial->played;
    bool done = false;

    if (model_reads_recipient(trial->policy, rule))
        return event->recipient != NOBODY && is_named(played->rcpt[event->recipient], rule);
    for (enum stage stage = STAGE_MAIL; event->recipient == NOBODY && stage <= STAGE_BODY; stage++)
        done = done || is_named(played->stage[stage], rule);
    for (unsigned i = 0; i < played->changes; i++)
        done = done || strcmp(played->change[i].rule, rule->name) == 0;
    return done && (event->recipient == NOBODY || model_ending(rule) == END_NONE);
}

/* What it wants for this recipient it would have done before anybody could know of a verdict. */
static bool
holds_before_any_verdict(const struct trial *trial, const struct model_rule *rule, int recipient)
{
    for (enum stage stage = STAGE_RCPT; stage < STAGE_BODY; stage++) {
        struct view view = trial_view(trial, stage, recipient);

        if (model_certain(&view).ending != END_NONE)
            return false;
        if (model_truth(&view, rule) == IS_TRUE)
            return true;
    }
    return false;
}

/* A rule without verdict that stands before what decided, and holds, has nothing to tell but what
 * it logs. An accept and a recipient's removal undo nothing. */
static bool
stands_before(const struct trial *trial, const struct seen_event *event)
{
    const struct model_rule *rule = trial_rule(trial, event->rule);
    const struct model_rule *after = trial_rule(trial, event->after);
    int recipient = trial->mail->recipients == 1 ? 0 : event->recipient;
    struct view view;
    struct certainty certain;

    if (recipient == NOBODY || model_ending(rule) != END_NONE || rule > after ||
        is_unclear(trial, rule) || event->action == ACTION_LOG)
        return false;
    view = trial_view(trial, STAGE_BODY, recipient);
    certain = model_certain(&view);
    return (certain.ending == END_REJECT || certain.ending == END_TEMPFAIL ||
            certain.ending == END_DISCARD) &&
           &trial->policy->rule[certain.rule] == after &&
           holds_for(trial, rule, (unsigned)recipient, 1u << IS_TRUE) &&
           !holds_before_any_verdict(trial, rule, recipient);
}

static bool
what_is_told_is_true(struct trial *trial)
{
    for (unsigned i = 0; i < trial->played->events; i++) {
        const struct seen_event *event = &trial->played->event[i];

        if (event->after == NULL)
            continue;
        if (!is_true(trial, event))
            return false;
        if (is_told_twice(trial, event) || is_done_too(trial, event) ||
            stands_before(trial, event)) {
            trial->what = arena_printf(trial->arena, "%s is told of in vain behind %s", event->rule,
                                       event->after);
            return false;
        }
    }
    return true;
}

/* A recipient's walk that ends in accept has no line of its own. */
static bool
has_accepted(const struct trial *trial, const struct model_rule *rule, unsigned recipient)
{
    struct view view = trial_view(trial, STAGE_BODY, (int)recipient);
    struct certainty certain = model_certain(&view);

    return certain.ending == END_ACCEPT && &trial->policy->rule[certain.rule] == rule;
}

static bool
is_told_for(const struct trial *trial, const struct model_rule *rule, unsigned recipient, bool any)
{
    const struct played *played = trial->played;

    if (is_named(played->rcpt[recipient], rule) || has_accepted(trial, rule, recipient))
        return true;
    for (unsigned i = 0; i < played->events; i++) {
        const struct seen_event *event = &played->event[i];

        if (strcmp(event->rule, rule->name) == 0 &&
            (any || event->recipient == NOBODY || event->recipient == (int)recipient))
            return true;
    }
    return false;
}

/* What is said before RCPT is said for all, be it by a rule whose texts read the recipient. */
static bool
is_told(const struct trial *trial, const struct model_rule *rule, unsigned recipient)
{
    bool any = !model_reads_recipient(trial->policy, rule);

    for (enum stage stage = STAGE_CONNECT; stage <= STAGE_BODY; stage++)
        if (is_named(trial->played->stage[stage], rule) &&
            (any || stage < STAGE_RCPT || stage <= trial->played->over))
            return true;
    for (unsigned i = 0; i < trial->mail->recipients; i++)
        if ((any || i == recipient) && is_told_for(trial, rule, i, any))
            return true;
    return false;
}

static bool
all_is_told(struct trial *trial)
{
    for (unsigned r = 0; r < trial->policy->rules; r++) {
        const struct model_rule *rule = &trial->policy->rule[r];
        unsigned truths = model_ending(rule) != END_NONE ? 1u << IS_TRUE : 0;

        if (model_error_is_tempfail(rule))
            truths |= 1u << IS_ERROR;
        if (rule->audit || rule->disabled || is_unclear(trial, rule))
            continue;
        for (unsigned i = 0; i < trial->mail->recipients; i++) {
            if (!holds_for(trial, rule, i, truths) || is_told(trial, rule, i))
                continue;
            trial->what =
                arena_printf(trial->arena, "%s holds for recipient %u, and nobody is told",
                             rule->name, i);
            return false;
        }
    }
    return true;
}

enum disagreement
compare_audit(struct arena *arena, const struct model_policy *policy, const struct model_mail *mail,
              const struct played *enforced, const struct played *audited, const char **what_r)
{
    struct trial trial = {.arena = arena, .policy = policy, .mail = mail, .played = audited};
    enum disagreement found = AGREES;

    trial.view = (struct view){
        .arena = arena, .policy = policy, .mail = mail, .stage = STAGE_BODY, .recipient = NOBODY};
    memcpy(trial.view.let_in, audited->let_in, sizeof trial.view.let_in);
    if (!same_verdicts(&trial, enforced) ||
        (enforced->over >= STAGE_MAIL && !same_log(&trial, enforced)) ||
        (enforced->over == STAGES && !same_changes(&trial, enforced)))
        found = WRONG_IN_AUDIT;
    else if (!what_is_told_is_true(&trial) || !all_is_told(&trial))
        found = WRONG_BEHIND;
    *what_r = trial.what;
    return found;
}
