/* What an accepted message leaves behind: recipients, changes, log lines; and what audit rules say.
 */
#include "walk_trial.h"

#include <stdlib.h>

static bool
takes_off(enum model_ending ending)
{
    return ending == END_DISCARD || ending == END_REMOVE;
}

/* --- recipients left, and changes, of accepted messages --- */

static enum model_ending
naive_ending(const struct trial *trial, unsigned recipient, unsigned *rule_r,
             bool passed_r[MAX_RULES])
{
    struct view view = trial_view(trial, STAGE_BODY, (int)recipient);

    return model_naive(&view, rule_r, passed_r);
}

bool
recipients_are_right(struct trial *trial)
{
    const struct played *played = trial->played;
    bool passed[MAX_RULES];
    unsigned rule;

    for (unsigned i = 0; i < trial->mail->recipients; i++) {
        unsigned events = 0, changes = 0, expected;

        if (!played->let_in[i])
            continue;
        expected = takes_off(naive_ending(trial, i, &rule, passed)) ||
                   (played->off[i] && trial_endings(trial, (int)i) & 1u << END_DISCARD);
        for (unsigned j = 0; j < played->events; j++)
            events += played->event[j].kind == EVENT_OFF && (played->event[j].recipient == (int)i ||
                                                             played->event[j].recipient == NOBODY);
        for (unsigned j = 0; j < played->changes; j++)
            changes += (played->change[j].kind == ACTION_REMOVE_RECIPIENT ||
                        played->change[j].kind == ACTION_DISCARD) &&
                       played->change[j].recipient == (int)i;
        if (played->off[i] == expected && events == expected && changes == expected)
            continue;
        trial->what = arena_printf(trial->arena,
                                   "recipient %u: off %u, events %u, changes %u; each should be %u",
                                   i, played->off[i], events, changes, expected);
        return false;
    }
    return true;
}

struct expected_change {
    const struct model_rule *rule;
    const struct model_action *action;
    const char *name, *value;
    int recipient; /* DOWNGRADE: whom it is for; else any */
};

struct expected {
    struct expected_change at[MAX_EXPECTED];
    unsigned count;
};

static bool
is_change(const struct model_action *action)
{
    static const bool changes[ACTIONS] = {
        [ACTION_QUARANTINE] = true,    [ACTION_ADD_HEADER] = true, [ACTION_REPLACE_HEADER] = true,
        [ACTION_REMOVE_HEADER] = true, [ACTION_SET_SENDER] = true, [ACTION_ADD_RECIPIENT] = true,
        [ACTION_DOWNGRADE] = true,
    };

    return changes[action->kind];
}

static bool
same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Once, whoever asks; add-recipient once for each different address, whichever rule asks; downgrade
 * for each who asks. */
static void
expect_change(struct expected *expected, struct expected_change change)
{
    for (unsigned i = 0; i < expected->count; i++) {
        const struct expected_change *other = &expected->at[i];

        if (change.action->kind == ACTION_DOWNGRADE)
            break;
        if (change.action->kind == ACTION_ADD_RECIPIENT
                ? other->action->kind == ACTION_ADD_RECIPIENT && same_text(other->name, change.name)
                : other->action == change.action)
            return;
    }
    if (expected->count == MAX_EXPECTED)
        abort();
    expected->at[expected->count++] = change;
}

static void
expect_action(const struct trial *trial, struct expected *expected, const struct model_rule *rule,
              const struct model_action *action, const bool asked[MAX_RECIPIENTS])
{
    for (unsigned i = 0; is_change(action) && i < trial->mail->recipients; i++) {
        struct view view = trial_view(trial, STAGE_BODY, (int)i);
        const char *text =
            asked[i] && action->text.before ? model_render(&view, &action->text) : NULL;

        if (asked[i])
            expect_change(expected,
                          (struct expected_change){rule, action, action->name ? action->name : text,
                                                   action->name ? text : NULL, (int)i});
    }
}

/* Who asks: everybody let in whose mail isn't discarded, up to where his walk ended. */
static void
expect_changes(const struct trial *trial, struct expected *expected)
{
    bool asked[MAX_RULES][MAX_RECIPIENTS] = {{false}};

    for (unsigned i = 0; i < trial->mail->recipients; i++) {
        bool passed[MAX_RULES] = {false};
        unsigned rule;
        bool asks =
            trial->played->let_in[i] && naive_ending(trial, i, &rule, passed) != END_DISCARD;

        for (unsigned r = 0; r < trial->policy->rules; r++)
            asked[r][i] =
                asks && passed[r] &&
                !(trial->played->off[i] && trial_endings(trial, (int)i) & 1u << END_DISCARD);
    }
    for (unsigned r = 0; r < trial->policy->rules; r++)
        for (unsigned a = 0; a < trial->policy->rule[r].actions; a++)
            expect_action(trial, expected, &trial->policy->rule[r],
                          &trial->policy->rule[r].action[a], asked[r]);
}

static bool
change_fits(const struct seen_change *seen, const struct expected_change *expected)
{
    if (seen->kind == ACTION_DOWNGRADE && expected->action->kind == ACTION_DOWNGRADE)
        return strcmp(seen->rule, expected->rule->name) == 0 &&
               seen->recipient == expected->recipient &&
               seen->utf8 == (strcmp(expected->action->name, "utf8") == 0);
    return seen->kind == expected->action->kind && strcmp(seen->rule, expected->rule->name) == 0 &&
           slice_equal(seen->name, slice_of(expected->name ? expected->name : "")) &&
           slice_equal(seen->value, slice_of(expected->value ? expected->value : ""));
}

bool
changes_are_right(struct trial *trial)
{
    struct expected expected = {.count = 0};
    unsigned next = 0;

    expect_changes(trial, &expected);
    for (unsigned i = 0; i < trial->played->changes; i++) {
        const struct seen_change *seen = &trial->played->change[i];

        if (seen->kind == ACTION_REMOVE_RECIPIENT || seen->kind == ACTION_DISCARD)
            continue;
        if (next == expected.count || !change_fits(seen, &expected.at[next])) {
            trial->what =
                arena_printf(trial->arena, "change %u: %s by %s (%.*s: %.*s), expected %s", next,
                             action_name(seen->kind), seen->rule, (int)seen->name.len,
                             seen->name.at, (int)seen->value.len, seen->value.at,
                             next < expected.count ? expected.at[next].rule->name : "no more");
            return false;
        }
        next++;
    }
    if (next < expected.count)
        trial->what = arena_printf(trial->arena, "change %u: none, expected that of %s", next,
                                   expected.at[next].rule->name);
    return next == expected.count;
}

/* --- the log --- */

/* The action of this kind, or NULL. */
static const struct model_action *
action_of(const struct model_rule *rule, enum action_kind kind)
{
    for (unsigned i = 0; i < rule->actions; i++)
        if (rule->action[i].kind == kind)
            return &rule->action[i];
    return NULL;
}

/* Does the rule act for this recipient, unless a rule without verdict before it can't be decided?
 */
static bool
may_act(const struct trial *trial, const struct model_rule *rule, int recipient)
{
    struct view view = trial_view(trial, STAGE_BODY, recipient);

    for (const struct model_rule *before = trial->policy->rule; before < rule; before++) {
        enum truth4 truth =
            before->audit || before->disabled ? IS_FALSE : model_truth(&view, before);

        if (model_ending(before) != END_NONE && truth != IS_FALSE)
            return false;
    }
    return model_truth(&view, rule) == IS_TRUE;
}

static bool
log_fits(const struct trial *trial, const struct seen_event *event, const struct model_rule *rule)
{
    const struct model_action *action = rule ? action_of(rule, ACTION_LOG) : NULL;

    for (unsigned i = 0; action && i < trial->mail->recipients; i++) {
        struct view view = trial_view(trial, STAGE_BODY, (int)i);

        if ((event->recipient == NOBODY || event->recipient == (int)i) &&
            may_act(trial, rule, (int)i) &&
            strcmp(event->text, model_render(&view, &action->text)) == 0)
            return true;
    }
    return false;
}

static unsigned
times_logged(const struct trial *trial, const struct model_rule *rule, int recipient)
{
    unsigned times = 0;

    for (unsigned i = 0; i < trial->played->events; i++) {
        const struct seen_event *event = &trial->played->event[i];

        times +=
            event->kind == EVENT_LOG && strcmp(event->rule, rule->name) == 0 &&
            (recipient == NOBODY || event->recipient == NOBODY || event->recipient == recipient);
    }
    return times;
}

static unsigned
log_actions(const struct model_rule *rule)
{
    unsigned count = 0;

    for (unsigned i = 0; i < rule->actions; i++)
        count += rule->action[i].kind == ACTION_LOG;
    return count;
}

/* A rule about the message logs once for it, one about recipients once for each whom it holds for,
 * or for all of them together while there is none yet. */
static bool
logged_as_often(struct trial *trial, const struct model_rule *rule, unsigned recipient)
{
    bool passed[MAX_RULES] = {false};
    bool of_recipient = model_reads_recipient(trial->policy, rule);
    enum model_ending ending = naive_ending(trial, recipient, &(unsigned){0}, passed);
    bool must = trial->played->over == STAGES && trial->played->let_in[recipient] &&
                ending != END_DISCARD && !trial->played->off[recipient] &&
                passed[rule - trial->policy->rule];
    unsigned times = times_logged(trial, rule, of_recipient ? (int)recipient : NOBODY);

    if (times <= log_actions(rule) && (!must || times == log_actions(rule)))
        return true;
    trial->what = arena_printf(trial->arena, "%s logs %u times", rule->name, times);
    return false;
}

bool
log_is_right(struct trial *trial)
{
    for (unsigned i = 0; i < trial->played->events; i++) {
        const struct seen_event *event = &trial->played->event[i];
        const struct model_rule *rule = trial_rule(trial, event->rule);

        if (event->kind != EVENT_LOG || (rule && log_actions(rule) > 1) ||
            log_fits(trial, event, rule))
            continue;
        trial->what = arena_printf(trial->arena, "%s logs \"%s\"", event->rule, event->text);
        return false;
    }
    for (unsigned r = 0; r < trial->policy->rules; r++)
        for (unsigned i = 0; i < trial->mail->recipients; i++)
            if (!trial->policy->rule[r].audit &&
                !logged_as_often(trial, &trial->policy->rule[r], i))
                return false;
    return true;
}

/* --- audit rules, and errors that only the log shows --- */

static bool
has_truth(const struct trial *trial, const struct model_rule *rule, int recipient, unsigned truths)
{
    for (unsigned i = 0; i < trial->mail->recipients; i++) {
        struct view view = trial_view(trial, STAGE_BODY, (int)i);

        if ((recipient == NOBODY || recipient == (int)i) &&
            (truths & 1u << model_truth(&view, rule)))
            return true;
    }
    return false;
}

static bool
is_watched(const struct trial *trial, const struct model_rule *rule)
{
    for (unsigned i = 0; i < trial->played->events; i++)
        if (trial->played->event[i].kind == EVENT_AUDIT &&
            strcmp(trial->played->event[i].rule, rule->name) == 0)
            return true;
    return false;
}

static bool
watch_fits(const struct trial *trial, const struct seen_event *event)
{
    const struct model_rule *rule = trial_rule(trial, event->rule);

    if (!rule || rule->disabled)
        return false;
    if (event->kind == EVENT_AUDIT)
        return rule->audit &&
               has_truth(trial, rule, event->recipient, 1u << IS_TRUE | 1u << IS_ERROR);
    if (event->kind == EVENT_ERROR)
        return has_truth(trial, rule, event->recipient, 1u << IS_ERROR) &&
               (rule->audit || !model_error_is_tempfail(rule));
    return !rule->audit;
}

bool
watching_is_right(struct trial *trial)
{
    for (unsigned i = 0; i < trial->played->events; i++) {
        if (watch_fits(trial, &trial->played->event[i]))
            continue;
        trial->what = arena_printf(trial->arena, "an event of kind %u by %s",
                                   trial->played->event[i].kind, trial->played->event[i].rule);
        return false;
    }
    for (unsigned i = 0; trial->played->over == STAGES && i < trial->mail->recipients; i++) {
        bool passed[MAX_RULES];
        bool all =
            trial->played->let_in[i] && naive_ending(trial, i, &(unsigned){0}, passed) == END_NONE;

        for (unsigned r = 0; all && r < trial->policy->rules; r++) {
            const struct model_rule *rule = &trial->policy->rule[r];

            if (!rule->audit || rule->disabled || is_watched(trial, rule) ||
                !has_truth(trial, rule, (int)i, 1u << IS_TRUE))
                continue;
            trial->what =
                arena_printf(trial->arena, "audit rule %s holds, and nobody is told", rule->name);
            return false;
        }
    }
    return true;
}
