/* One pass over open rules in file order: false closes a rule, later holds back what is behind it,
 * true acts. This is the law of the language (postern.conf(5), "What decides"). */
#include "pass.h"

enum {
    ENDINGS = VERDICTS + 1,
    OFF = VERDICTS
}; /* remove-recipient ends a track as a verdict does */

/* The first open rules seen in this pass: what stands behind them may have to wait. */
struct pass {
    enum stage stage;
    const struct rule *with[ENDINGS]; /* by how they may end the track */
    const struct rule *any;
    bool stopped;
};

struct track *
track_new(struct walk *walk, const struct recipient *recipient)
{
    struct track *track = ARENA_NEW(walk->arena, struct track);
    size_t count = walk->policy->rule_count;

    track->recipient = recipient;
    track->open = ARENA_ARRAY(walk->arena, count, const struct rule *);
    track->open_count = count;
    for (size_t i = 0; i < count; i++)
        track->open[i] = walk->policy->rules[i];
    if (recipient)
        track->store = store_new(walk->arena, walk->policy, SCOPE_RECIPIENT);
    return track;
}

struct track *
track_copy(struct walk *walk, const struct track *of, const struct recipient *recipient)
{
    struct track *track = ARENA_NEW(walk->arena, struct track);

    *track = *of;
    track->recipient = recipient;
    track->open = ARENA_ARRAY(walk->arena, of->open_count, const struct rule *);
    for (size_t i = 0; i < of->open_count; i++)
        track->open[i] = of->open[i];
    track->store = store_new(walk->arena, walk->policy, SCOPE_RECIPIENT);
    return track;
}

struct track *
track_of(struct walk *walk, struct recipient *recipient)
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
        .stage = walk->stage,
        .moment = {&walk->policy->settings, walk->session, walk->transaction, track->recipient,
                   walk->arena},
        .store = {walk->store, track->store},
        .replacements = walk->replacements,
    };
}

void
walk_add_event(struct walk *walk, struct event event)
{
    struct event *added;

    if (walk->quiet)
        return;
    added = ARENA_NEW(walk->arena, struct event);
    *added = event;
    *walk->events_end = added;
    walk->events_end = &added->next;
}

/* What a rule of the message has to say is said once, whichever recipient brought it up. */
static bool
has_its_say(struct walk *walk, const struct rule *rule)
{
    if (rule->reads_recipient)
        return true;
    if (walk->quiet || walk->said[rule->number])
        return false;
    return walk->said[rule->number] = true;
}

static enum truth
rule_truth(struct walk *walk, struct eval *eval, const struct rule *rule)
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

/* What must not be left out because nobody could decide it. */
static bool
protects(enum action_kind kind)
{
    switch (kind) {
    case ACTION_ACCEPT:
    case ACTION_REJECT:
    case ACTION_TEMPFAIL:
    case ACTION_DISCARD:
    case ACTION_QUARANTINE:
    case ACTION_REPLACE_HEADER:
    case ACTION_REMOVE_HEADER:
    case ACTION_ADD_RECIPIENT:
    case ACTION_REMOVE_RECIPIENT:
    case ACTION_DOWNGRADE:
        return true;
    case ACTION_LOG:
    case ACTION_ADD_HEADER:
    case ACTION_SET_SENDER:
    case ACTIONS:
        break;
    }
    return false;
}

/* A rule that can't be decided must not let mail through that it might refuse, hold, clean, convert
 * or send elsewhere. */
static bool
error_defers(const struct rule *rule)
{
    for (const struct action *action = rule->actions; action; action = action->next)
        if (protects(action->kind))
            return true;
    return false;
}

enum verdict
track_verdict_of(const struct rule *rule, enum truth truth)
{
    if (truth != TRUTH_ERROR)
        return rule->verdict;
    return error_defers(rule) ? VERDICT_TEMPFAIL : VERDICT_NONE;
}

const struct reply *
track_undecided_reply(struct walk *walk)
{
    struct reply *reply = ARENA_NEW(walk->arena, struct reply);
    struct slice text = SLICE("this can't be decided just now; please try again later");

    reply_build(walk->arena, 451, "4.3.0", &text, 1, reply);
    return reply;
}

/* What a rule doesn't say: its class of codes, and its name as the reason. */
static void
fill_in(struct walk *walk, const struct rule *rule, struct slice *line, size_t *lines, int *code,
        const char **enhanced)
{
    bool reject = rule->verdict == VERDICT_REJECT;

    if (*code == 0)
        *code = reject ? 550 : 451;
    if (**enhanced == '\0')
        *enhanced = reject ? "5.7.1" : "4.7.1";
    if (*lines > 0)
        return;
    line[(*lines)++] =
        slice_of(arena_printf(walk->arena, "%s by local policy (%.*s)",
                              reject ? "refused" : "deferred", (int)rule->name.len, rule->name.at));
}

const struct reply *
track_reply(struct walk *walk, const struct track *track, const struct rule *rule)
{
    const struct action *action = rule->verdict_action;
    struct eval eval = track_eval(walk, track);
    struct reply *reply = ARENA_NEW(walk->arena, struct reply);
    struct slice line[REPLY_MAX_LINES];
    size_t lines = 0;
    int code = (int)action->code;
    const char *enhanced = arena_string(walk->arena, action->enhanced);

    if (rule->condition)
        eval_bind_witnesses(&eval, rule->condition);
    for (const struct text *text = action->text; text && lines < REPLY_MAX_LINES; text = text->next)
        line[lines++] = eval_text(&eval, rule, text);
    fill_in(walk, rule, line, &lines, &code, &enhanced);
    reply_build(walk->arena, code, enhanced, line, lines, reply);
    return reply;
}

static const char *
text_of(struct walk *walk, const struct track *track, const struct rule *rule,
        const struct action *action)
{
    struct eval eval = track_eval(walk, track);

    if (rule->condition)
        eval_bind_witnesses(&eval, rule->condition);
    return arena_string(walk->arena, eval_action_text(&eval, rule, action));
}

struct event
track_event(struct walk *walk, const struct track *track, const struct rule *rule,
            const struct action *action, enum event_kind kind)
{
    struct event event = {.kind = kind,
                          .rule = arena_string(walk->arena, rule->name),
                          .action = action->kind,
                          .text = "",
                          .recipient = rule->reads_recipient ? track->recipient : NULL};

    if (action->kind == ACTION_REJECT || action->kind == ACTION_TEMPFAIL)
        event.reply = track_reply(walk, track, rule);
    else
        event.text = text_of(walk, track, rule, action);
    return event;
}

static void
add_error_event(struct walk *walk, const struct track *track, const struct rule *rule,
                const char *reason)
{
    walk_add_event(walk,
                   (struct event){.kind = EVENT_ERROR,
                                  .rule = arena_string(walk->arena, rule->name),
                                  .text = reason,
                                  .recipient = rule->reads_recipient ? track->recipient : NULL});
}

void
track_watch(struct walk *walk, const struct track *track, const struct rule *rule,
            enum truth truth, const char *reason)
{
    if (!has_its_say(walk, rule))
        return;
    if (truth == TRUTH_ERROR) {
        add_error_event(walk, track, rule, reason);
        return;
    }
    for (const struct action *action = rule->actions; action; action = action->next)
        walk_add_event(walk, track_event(walk, track, rule, action, EVENT_AUDIT));
}

static void
act(struct walk *walk, struct track *track, const struct rule *rule)
{
    struct acted *acted = ARENA_NEW(walk->arena, struct acted);

    *acted = (struct acted){rule, track->acted};
    track->acted = acted;
    if (!has_its_say(walk, rule))
        return;
    for (const struct action *action = rule->actions; action; action = action->next)
        if (action->kind == ACTION_LOG)
            walk_add_event(walk, track_event(walk, track, rule, action, EVENT_LOG));
}

static void
report_error(struct walk *walk, const struct track *track, const struct rule *rule,
             const char *reason)
{
    if (has_its_say(walk, rule))
        add_error_event(walk, track, rule, reason);
}

static void
take_off(struct walk *walk, struct track *track, const struct rule *rule)
{
    track->off = true;
    walk_add_event(walk, (struct event){.kind = EVENT_OFF,
                                        .rule = arena_string(walk->arena, rule->name),
                                        .action = rule->verdict == VERDICT_DISCARD
                                                      ? ACTION_DISCARD
                                                      : ACTION_REMOVE_RECIPIENT,
                                        .text = track->reason,
                                        .recipient = track->recipient});
}

static void
end(struct walk *walk, struct track *track, const struct rule *rule, enum verdict verdict,
    const char *error)
{
    track->ended = true;
    track->rule = rule;
    track->verdict = verdict;
    track->reason = error ? error : "";
    if (error)
        track->reply = track_undecided_reply(walk);
    else if (verdict == VERDICT_REJECT || verdict == VERDICT_TEMPFAIL)
        track->reply = track_reply(walk, track, rule);
    else if (verdict == VERDICT_DISCARD)
        track->reason = text_of(walk, track, rule, rule->verdict_action);
    if (!error)
        act(walk, track, rule);
    if (verdict == VERDICT_DISCARD || (rule->takes_off && !error))
        take_off(walk, track, rule);
}

/* At RCPT a tempfail is one recipient's alone; after DATA it would be everybody's, and would send
 * on to another MX what might be refused for good. */
static bool
holds_back(enum stage stage, int open, enum verdict verdict)
{
    if (stage == STAGE_RCPT && open == VERDICT_REJECT && verdict == VERDICT_TEMPFAIL)
        return false;
    return open != (int)verdict;
}

/* The open rule that must be decided before this verdict may be spoken. */
static const struct rule *
holder_of(const struct pass *pass, enum verdict verdict)
{
    if (verdict == VERDICT_ACCEPT || verdict == VERDICT_NONE)
        return pass->any;
    for (int open = VERDICT_ACCEPT; open < ENDINGS; open++)
        if (pass->with[open] && holds_back(pass->stage, open, verdict))
            return pass->with[open];
    return NULL;
}

static const struct rule *
first_that_ends(const struct pass *pass)
{
    const struct rule *first = NULL;

    for (int e = VERDICT_ACCEPT; e < ENDINGS; e++)
        if (pass->with[e] && (first == NULL || pass->with[e]->number < first->number))
            first = pass->with[e];
    return first;
}

static void
stay_open(struct pass *pass, const struct rule *rule)
{
    int ending = rule->takes_off && rule->verdict == VERDICT_NONE ? OFF : (int)rule->verdict;

    if (rule->audit)
        return;
    if (pass->any == NULL)
        pass->any = rule;
    if (ending != VERDICT_NONE && pass->with[ending] == NULL)
        pass->with[ending] = rule;
}

/* Sets seen->outcome; the effects of a rule that acts come after it is observed. */
static void
judge(const struct pass *pass, struct observed *seen)
{
    const struct rule *rule = seen->rule;
    bool ends = seen->verdict != VERDICT_NONE || (rule->takes_off && seen->truth == TRUTH_TRUE);

    if (seen->truth == TRUTH_FALSE)
        seen->outcome = OUTCOME_FALSE;
    else if (seen->truth == TRUTH_LATER)
        seen->outcome = OUTCOME_OPEN;
    else if (rule->audit)
        seen->outcome = OUTCOME_AUDIT;
    else if (ends) {
        seen->by = holder_of(pass, seen->verdict);
        seen->outcome = seen->by ? OUTCOME_HELD : OUTCOME_DECIDES;
    } else if (seen->truth == TRUTH_ERROR) {
        seen->outcome = OUTCOME_UNDECIDED;
    } else {
        seen->by = first_that_ends(pass);
        seen->outcome = seen->by ? OUTCOME_WAITS : OUTCOME_ACTS;
    }
}

/* Lets the outcome take effect; true when the rule stays open. */
static bool
apply(struct walk *walk, struct track *track, struct pass *pass, const struct observed *seen)
{
    switch (seen->outcome) {
    case OUTCOME_FALSE:
        return false;
    case OUTCOME_OPEN:
        if (walk->stage == STAGE_UNKNOWN) /* its answer is due now, and nothing more will come */
            return false;
        stay_open(pass, seen->rule);
        return true;
    case OUTCOME_UNDECIDED:
        report_error(walk, track, seen->rule, seen->reason);
        return false;
    case OUTCOME_AUDIT:
        track_watch(walk, track, seen->rule, seen->truth, seen->reason);
        return false;
    case OUTCOME_ACTS:
        act(walk, track, seen->rule);
        return false;
    case OUTCOME_WAITS:
        return true;
    case OUTCOME_HELD:
        pass->stopped = true;
        track->possible |= 1u << seen->verdict;
        return true;
    case OUTCOME_DECIDES:
        pass->stopped = true;
        end(walk, track, seen->rule, seen->verdict,
            seen->truth == TRUTH_ERROR ? seen->reason : NULL);
        return false;
    }
    return false;
}

bool
walk_is_spent(struct walk *walk, const struct rule *rule)
{
    if (walk->quiet)
        return walk->spent_by == rule;
    if (walk->spent_by == NULL && meter_over(arena_meter(walk->arena)))
        walk->spent_by = rule;
    return walk->spent_by != NULL;
}

/* Whatever the rule is for, those behind it can't be asked any more. */
static void
judge_spent(struct observed *seen)
{
    seen->truth = TRUTH_ERROR;
    seen->verdict = VERDICT_TEMPFAIL;
    seen->outcome = OUTCOME_DECIDES;
    seen->reason = eval_is_spent;
}

static bool
step(struct walk *walk, struct track *track, struct pass *pass, const struct rule *rule)
{
    struct eval eval = track_eval(walk, track);
    struct observed seen = {.rule = rule};
    bool stays;

    seen.truth = track_truth(walk, track, &eval, rule);
    seen.verdict = track_verdict_of(rule, seen.truth);
    seen.reason = eval.reason;
    if (walk_is_spent(walk, rule))
        judge_spent(&seen);
    else
        judge(pass, &seen);
    if (walk->observer)
        walk->observer(walk->observer_context, &eval, &seen);
    stays = apply(walk, track, pass, &seen);
    if (!track->ended && walk_is_spent(walk, rule))
        end(walk, track, rule, VERDICT_TEMPFAIL, eval_is_spent);
    pass->stopped |= track->ended;
    return stays;
}

void
track_walk(struct walk *walk, struct track *track)
{
    struct pass pass = {.stage = walk->stage};
    size_t kept = 0, i = 0;

    if (track->ended)
        return;
    if (walk->spent_by && !walk->quiet) {
        end(walk, track, walk->spent_by, VERDICT_TEMPFAIL, eval_is_spent);
        return;
    }
    track->possible = 0;
    while (i < track->open_count && !pass.stopped) {
        const struct rule *rule = track->open[i++];

        if (step(walk, track, &pass, rule))
            track->open[kept++] = rule;
    }
    while (i < track->open_count)
        track->open[kept++] = track->open[i++];
    track->open_count = kept;
    for (int v = VERDICT_ACCEPT; v < VERDICTS; v++)
        if (pass.with[v])
            track->possible |= 1u << v;
}
