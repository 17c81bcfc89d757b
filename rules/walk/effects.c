/* Replies, texts and events of rules that hold. */
#include "effects.h"

void
effects_add_event(struct walk *walk, struct event event)
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

const struct reply *
effects_undecided_reply(struct walk *walk)
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

/* The reply of a rule's `reject` or `tempfail`. */
static const struct reply *
reply_of(struct walk *walk, const struct track *track, const struct rule *rule)
{
    const struct action *action = rule->verdict_action;
    struct eval eval = track_eval_texts(walk, track, rule);
    struct reply *reply = ARENA_NEW(walk->arena, struct reply);
    struct slice line[REPLY_MAX_LINES];
    size_t lines = 0;
    int code = (int)action->code;
    const char *enhanced = arena_string(walk->arena, action->enhanced);

    for (const struct text *text = action->text; text && lines < REPLY_MAX_LINES; text = text->next)
        line[lines++] = eval_text(&eval, rule, text);
    fill_in(walk, rule, line, &lines, &code, &enhanced);
    reply_build(walk->arena, code, enhanced, line, lines, reply);
    return reply;
}

static const char *
action_text(struct walk *walk, const struct track *track, const struct rule *rule,
            const struct action *action)
{
    struct eval eval = track_eval_texts(walk, track, rule);

    return arena_string(walk->arena, eval_action_text(&eval, rule, action));
}

static bool
replies(enum ending ending)
{
    return ending == ENDING_REJECT || ending == ENDING_TEMPFAIL;
}

struct event
effects_event(struct walk *walk, const struct track *track, const struct rule *rule,
              const struct action *action, enum event_kind kind)
{
    struct event event = {.kind = kind,
                          .rule = rule->label,
                          .action = action->kind,
                          .text = "",
                          .recipient = rule->reads_recipient ? track->recipient : NULL};

    if (replies(action_row(action->kind)->ending))
        event.reply = reply_of(walk, track, rule);
    else
        event.text = action_text(walk, track, rule, action);
    return event;
}

static void
add_error_event(struct walk *walk, const struct track *track, const struct rule *rule,
                const char *reason)
{
    effects_add_event(walk,
                   (struct event){.kind = EVENT_ERROR,
                                  .rule = rule->label,
                                  .text = reason,
                                  .recipient = rule->reads_recipient ? track->recipient : NULL});
}

void
effects_watch(struct walk *walk, const struct track *track, const struct rule *rule,
              enum truth truth, const char *reason)
{
    if (!has_its_say(walk, rule))
        return;
    if (truth == TRUTH_ERROR) {
        add_error_event(walk, track, rule, reason);
        return;
    }
    for (const struct action *action = rule->actions; action; action = action->next)
        effects_add_event(walk, effects_event(walk, track, rule, action, EVENT_AUDIT));
}

void
effects_act(struct walk *walk, struct track *track, const struct rule *rule)
{
    bits_add(track->acted, rule->number);
    if (!has_its_say(walk, rule))
        return;
    for (const struct action *action = rule->actions; action; action = action->next)
        if (action->kind == ACTION_LOG)
            effects_add_event(walk, effects_event(walk, track, rule, action, EVENT_LOG));
}

void
effects_undecided(struct walk *walk, const struct track *track, const struct rule *rule,
                  const char *reason)
{
    if (has_its_say(walk, rule))
        add_error_event(walk, track, rule, reason);
}

static void
track_take_off(struct walk *walk, struct track *track, const struct rule *rule)
{
    track->off = true;
    effects_add_event(walk, (struct event){.kind = EVENT_OFF,
                                        .rule = rule->label,
                                        .action = track->ending == ENDING_DISCARD
                                                      ? ACTION_DISCARD
                                                      : ACTION_REMOVE_RECIPIENT,
                                        .text = track->reason,
                                        .recipient = track->recipient});
}

void
effects_end(struct walk *walk, struct track *track, const struct rule *rule, enum ending ending,
            const char *error)
{
    track->ended = true;
    track->rule = rule;
    track->ending = ending;
    track->reason = error ? error : "";
    if (error) {
        track->reply = effects_undecided_reply(walk);
        return;
    }
    if (replies(ending))
        track->reply = reply_of(walk, track, rule);
    if (ending == ENDING_DISCARD)
        track->reason = action_text(walk, track, rule, rule->verdict_action);
    effects_act(walk, track, rule);
    if (ending == ENDING_DISCARD || rule->changes & CHANGES_LEAVE_OUT)
        track_take_off(walk, track, rule);
}
