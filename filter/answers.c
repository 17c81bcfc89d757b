/* From what a walk found to an answer and what is logged of it, and what mode audit withholds. */
#include "count/tally.h"
#include "dialogue_steps_inside.h"
#include "modes.h"
#include "remember.h"

const struct refusal refusal_no_transaction = {
    451, "4.3.0", "this can't be handled just now; please try again later",
    "a command without MAIL before it", LOG_LEVEL_WARNING, NULL};
const struct refusal refusal_no_memory = {
    451, "4.3.0", "this transaction is too large to be checked just now; please try again later",
    "max-transaction-memory is reached", LOG_LEVEL_WARNING, "max-transaction-memory"};

static const struct transaction *
known_transaction(const struct dialogue *dialogue)
{
    return dialogue->open ? dialogue->transaction : NULL;
}

static void
write_log(struct dialogue *dialogue, enum log_level level, const struct audit_entry *entry)
{
    const char *line;

    if (dialogue->played)
        return;
    if (entry->is_verdict)
        tally_verdict(entry->rule, entry->stage, entry->verb, entry->withheld);
    line = audit_line(dialogue->scratch, dialogue->settings, &dialogue->session,
                      known_transaction(dialogue), entry);
    dialogue->log(dialogue->context, level, line);
    if (entry->is_verdict || entry->quarantines)
        remember_verdict(dialogue, entry, line);
}

/* What refuses a message after DATA refuses it for all its recipients. */
static bool
answers_all(enum stage stage)
{
    return stage > STAGE_RCPT && stage != STAGE_UNKNOWN;
}

static bool
withholds(const struct dialogue *dialogue)
{
    return dialogue->mode == MODE_AUDIT;
}

static void
log_event(struct dialogue *dialogue, enum stage stage, const struct event *event)
{
    struct audit_entry entry = {
        .verb = action_name(event->action),
        .is_verdict = event->kind != EVENT_LOG && event->kind != EVENT_ERROR &&
                      ending_verdict(action_row(event->action)->ending) != VERDICT_NONE,
        .withheld = event->kind == EVENT_AUDIT || event->after ||
                    (event->kind == EVENT_OFF && withholds(dialogue)),
        .stage = stage,
        .text = event->text ? event->text : "",
        .rule = event->rule,
        .after = event->after,
        .recipient = event->recipient,
        .for_all = event->reply && event->after == NULL && answers_all(stage),
    };
    enum log_level level = LOG_LEVEL_INFO;

    if (event->reply) {
        entry.reason = entry.text;
        entry.text = audit_reply_text(dialogue->scratch, event->reply);
        entry.is_reply = true;
        level = entry.reason[0] ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO;
    }
    if (event->kind == EVENT_LOG)
        entry.verb = "log";
    if (event->kind == EVENT_ERROR) {
        entry.verb = "error";
        entry.reason = entry.text;
        entry.text = "";
        level = LOG_LEVEL_WARNING;
    }
    write_log(dialogue, level, &entry);
}

/* Does a rule of the message take all its recipients off at once? */
static bool
discards_all(const struct dialogue *dialogue)
{
    const struct finding *finding = &dialogue->finding;
    size_t off = 0;

    if (finding->verdict != VERDICT_DISCARD || finding->recipient)
        return false;
    for (const struct event *event = dialogue->events; event; event = event->next)
        off += event->kind == EVENT_OFF && strcmp(event->rule, finding->rule) == 0;
    return off == dialogue->transaction->recipient_count;
}

/* A discard is logged once: for each recipient who is taken off, or, where that is the same for all
 * of them (by_finding), by the finding. What stands behind a verdict is logged where that was
 * withheld. */
static bool
is_logged(const struct dialogue *dialogue, const struct event *event, bool by_finding)
{
    bool accepts = event->kind == EVENT_AUDIT && event->action == ACTION_ACCEPT;

    if (event->kind == EVENT_OFF && (by_finding || event->recipient == NULL))
        return false;
    if (event->after == NULL)
        return true;
    return withholds(dialogue) &&
           (!accepts || dialogue->settings->value[SET_LOG_ACCEPT].number != 0);
}

/* The stage's events, those behind its verdict or the others. */
static void
log_events(struct dialogue *dialogue, enum stage stage, bool behind)
{
    bool by_finding = discards_all(dialogue);

    for (const struct event *event = dialogue->events; event; event = event->next) {
        if ((event->after != NULL) != behind || !is_logged(dialogue, event, by_finding))
            continue;
        log_event(dialogue, stage, event);
        dialogue->discard_logged |= event->kind == EVENT_OFF && event->action == ACTION_DISCARD;
    }
}

static void
log_finding(struct dialogue *dialogue, enum stage stage, const struct finding *finding,
            const struct recipient *recipient)
{
    const char *reason = finding->reason ? finding->reason : "";
    struct audit_entry entry = {
        .verb = mode_verb(dialogue->mode, finding->verdict),
        .is_verdict = true,
        .withheld = withholds(dialogue),
        .stage = stage,
        .text = finding->verdict == VERDICT_DISCARD ? reason : "",
        .rule = finding->rule,
        .recipient = recipient ? recipient : finding->recipient,
        .for_all = answers_all(stage),
    };

    if (finding->reply) {
        entry.text = audit_reply_text(dialogue->scratch, finding->reply);
        entry.is_reply = true;
        entry.reason = reason;
    }
    write_log(dialogue, entry.reason && entry.reason[0] ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO,
              &entry);
}

const char *
answer_after(const struct dialogue *dialogue)
{
    if (!withholds(dialogue))
        return NULL;
    if (dialogue->walk)
        return walk_decided_by(dialogue->walk);
    return dialogue->lost_after;
}

/* A verdict for the whole message is repeated as long as the MTA goes on, and nothing more is
 * looked at; in mode audit, unless that can't be done, what is behind it. */
static struct answer
answer_settle(struct dialogue *dialogue, struct answer answer)
{
    if (dialogue->walk)
        walk_decide(dialogue->walk, answer.finding ? answer.finding->rule : "-");
    answer = mode_answer(dialogue->mode, answer);
    dialogue->decided = !withholds(dialogue) || dialogue->failure.code;
    dialogue->settled = answer;
    dialogue->settled.finding = NULL;
    return answer;
}

static bool
is_for_message(const struct dialogue *dialogue, enum stage stage)
{
    return dialogue->open && stage != STAGE_RCPT && stage != STAGE_UNKNOWN;
}

static void
log_refusal(struct dialogue *dialogue, enum stage stage, const struct recipient *recipient,
            const struct refusal *refusal, const struct answer *answer)
{
    struct audit_entry entry = {.verb = mode_verb(dialogue->mode, answer->verdict),
                                .is_verdict = true,
                                .withheld = withholds(dialogue),
                                .stage = stage,
                                .text = audit_reply_text(dialogue->scratch, answer->reply),
                                .is_reply = true,
                                .after = answer_after(dialogue),
                                .reason = refusal->reason,
                                .recipient = recipient};

    if (refusal->bound)
        tally_bound(refusal->bound);
    write_log(dialogue, refusal->level, &entry);
}

static struct answer
make_refusal(const struct dialogue *dialogue, struct arena *arena, const struct refusal *refusal)
{
    struct slice text = slice_of(refusal->text);
    struct reply *reply = ARENA_NEW(arena, struct reply);

    reply_build(arena, refusal->code, refusal->enhanced, &text, 1, reply);
    return (struct answer){.verdict = refusal->code >= 500 ? VERDICT_REJECT : VERDICT_TEMPFAIL,
                           .reply = mode_reply(dialogue->mode, arena, reply)};
}

struct answer
answer_refusal(struct dialogue *dialogue, enum stage stage, const struct recipient *recipient,
               const struct refusal *refusal)
{
    bool for_message = is_for_message(dialogue, stage);
    struct answer answer = make_refusal(
        dialogue, for_message ? dialogue->transaction->arena : dialogue->scratch, refusal);

    log_refusal(dialogue, stage, recipient, refusal, &answer);
    return for_message ? answer_settle(dialogue, answer) : mode_answer(dialogue->mode, answer);
}

void
answer_withheld(struct dialogue *dialogue, enum stage stage, const struct refusal *refusal)
{
    struct answer answer = make_refusal(dialogue, dialogue->scratch, refusal);

    log_refusal(dialogue, stage, NULL, refusal, &answer);
    walk_decide(dialogue->walk, "-");
}

struct answer
answer_failed_rule(struct dialogue *dialogue, const char *rule, const char *reason)
{
    struct arena *arena = dialogue->transaction->arena;
    struct slice text = SLICE("the message can't be handled just now; please try again later");
    struct reply *reply = ARENA_NEW(arena, struct reply);
    struct finding *finding = &dialogue->finding;

    reply_build(arena, 451, "4.3.0", &text, 1, reply);
    *finding = (struct finding){
        .verdict = VERDICT_TEMPFAIL, .rule = rule, .reply = reply, .reason = reason};
    log_finding(dialogue, STAGE_BODY, finding, NULL);
    return answer_settle(
        dialogue, (struct answer){.verdict = VERDICT_TEMPFAIL, .reply = reply, .finding = finding});
}

/* Reject or tempfail. */
static struct answer
answer_refuse(struct dialogue *dialogue, enum stage stage, const struct recipient *recipient)
{
    const struct finding *finding = &dialogue->finding;
    struct answer answer = {
        .verdict = finding->verdict, .reply = finding->reply, .finding = finding};

    log_finding(dialogue, stage, finding, recipient);
    return is_for_message(dialogue, stage) ? answer_settle(dialogue, answer)
                                           : mode_answer(dialogue->mode, answer);
}

/* One recipient who is discarded is let in, and taken off at the end; the log has that from the
 * event. Where nobody is left all have had their lines, and one of them says "discard" unless rules
 * only removed them. */
static struct answer
discard(struct dialogue *dialogue, enum stage stage)
{
    struct answer answer = {.finding = &dialogue->finding};

    if (!is_for_message(dialogue, stage))
        return answer;
    if (!dialogue->discard_logged)
        log_finding(dialogue, stage, &dialogue->finding, NULL);
    answer.verdict = VERDICT_DISCARD;
    return answer_settle(dialogue, answer);
}

static bool
can_change(const struct dialogue *dialogue)
{
    if (actions_change(dialogue->needs->actions) & ~(unsigned)CHANGES_LEAVE_OUT)
        return true;
    for (const struct recipient *r = dialogue->transaction->recipients; r; r = r->next)
        if (walk_recipient_is_off(r))
            return true;
    return false;
}

static void
log_accept(struct dialogue *dialogue, enum stage stage)
{
    struct finding finding = dialogue->finding;

    if (dialogue->accept_logged)
        return;
    finding.verdict = VERDICT_ACCEPT;
    if (dialogue->settings->value[SET_LOG_ACCEPT].number != 0)
        log_finding(dialogue, stage, &finding, NULL);
    else if (!dialogue->played)
        tally_verdict(finding.rule, stage, verdict_name(VERDICT_ACCEPT), withholds(dialogue));
    dialogue->accept_logged = true;
}

/* At RCPT it is for one recipient, and an MTA would take it for the whole message. A change that
 * can't be made may yet undo it, so that the log waits for the end. */
static struct answer
accept(struct dialogue *dialogue, enum stage stage)
{
    struct answer answer = {.finding = &dialogue->finding};

    if (!is_for_message(dialogue, stage))
        return answer;
    answer.verdict = VERDICT_ACCEPT;
    answer.nothing_more = !can_change(dialogue);
    if (answer.nothing_more)
        log_accept(dialogue, stage);
    return answer.nothing_more ? answer_settle(dialogue, answer)
                               : mode_answer(dialogue->mode, answer);
}

/* Before MAIL only a refusal means something; the transaction's own walk comes to all else again,
 * and logs it where queue id and sender are known. */
static struct answer
judge_connection(struct dialogue *dialogue, enum stage stage)
{
    const struct finding *finding = &dialogue->finding;
    struct answer answer = {
        .verdict = finding->verdict, .reply = finding->reply, .finding = finding};

    if (finding->verdict != VERDICT_REJECT && finding->verdict != VERDICT_TEMPFAIL)
        return (struct answer){.finding = finding};
    if (!dialogue->connection_logged) {
        log_events(dialogue, stage, false);
        log_finding(dialogue, stage, finding, NULL);
        log_events(dialogue, stage, true);
        dialogue->connection_logged = withholds(dialogue);
    }
    return mode_answer(dialogue->mode, answer);
}

static struct answer
answer_judge(struct dialogue *dialogue, enum stage stage, const struct recipient *recipient)
{
    switch (dialogue->finding.verdict) {
    case VERDICT_REJECT:
    case VERDICT_TEMPFAIL:
        return answer_refuse(dialogue, stage, recipient);
    case VERDICT_DISCARD:
        return discard(dialogue, stage);
    case VERDICT_ACCEPT:
        return accept(dialogue, stage);
    case VERDICT_NONE:
    case VERDICTS:
        break;
    }
    return (struct answer){.finding = &dialogue->finding};
}

struct answer
answer_stage(struct dialogue *dialogue, struct walk *walk, enum stage stage,
             struct recipient *recipient)
{
    struct answer answer;

    dialogue->last_walk = walk;
    dialogue->finding = walk_stage(walk, stage, recipient);
    dialogue->finding.reply = mode_reply(
        dialogue->mode, dialogue->open ? dialogue->transaction->arena : dialogue->scratch,
        dialogue->finding.reply);
    dialogue->events = walk_events(walk);
    if (stage == STAGE_CONNECT || stage == STAGE_HELO)
        return judge_connection(dialogue, stage);
    log_events(dialogue, stage, false);
    answer = answer_judge(dialogue, stage, recipient);
    log_events(dialogue, stage, true);
    return answer;
}

/* Whoever is added, somebody may be added for. All else is done to the message. */
static const struct recipient *
noted_recipient(const struct edit_note *note)
{
    return note->change->kind == ACTION_ADD_RECIPIENT ? note->change->recipient : NULL;
}

static void
log_notes(struct dialogue *dialogue, const struct edit_note *notes)
{
    for (const struct edit_note *note = notes; note; note = note->next) {
        struct audit_entry entry = {
            .verb = note->failed ? "error" : action_name(note->change->kind),
            .withheld = withholds(dialogue),
            .stage = STAGE_BODY,
            .text = note->failed ? action_name(note->change->kind) : note->text,
            .rule = note->change->rule,
            .reason = note->failed ? note->text : NULL,
            .recipient = noted_recipient(note),
        };

        entry.quarantines = !note->failed && note->change->kind == ACTION_QUARANTINE;
        if (!note->failed && note->change->kind == ACTION_DOWNGRADE && !entry.withheld)
            tally_conversion(note->change->utf8);
        write_log(dialogue, note->failed || note->warns ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO,
                  &entry);
    }
}

bool
dialogue_holds_too_much(const struct dialogue *dialogue)
{
    return dialogue->transaction->body.size >
           (uint64_t)dialogue->settings->value[SET_MAX_BODY_HELD].number;
}

static void
refuse_size(struct edits *edits)
{
    tally_bound("max-body-held");
    edits->refused = true;
    edits->refusal = (struct convert_refusal){
        .code = 554, .enhanced = "5.6.5", .reason = "max-body-held is passed"};
}

/* What can't be converted now can never be. */
static struct answer
answer_unconvertible(struct dialogue *dialogue, const struct edits *edits)
{
    struct arena *arena = dialogue->transaction->arena;
    const struct convert_refusal *refusal = &edits->refusal;
    const char *begin = edits->refused_for
                            ? edits->refused_for
                            : "a next hop needs this message converted, which can't be done:";
    struct slice text[] = {slice_of(begin), slice_of(refusal->reason)};
    struct reply *reply = ARENA_NEW(arena, struct reply);
    struct finding *finding = &dialogue->finding;

    reply_build(arena, refusal->code, refusal->enhanced, text, 2, reply);
    *finding = (struct finding){.verdict = VERDICT_REJECT,
                                .rule = edits->refused_by,
                                .reply = mode_reply(dialogue->mode, arena, reply)};
    log_finding(dialogue, STAGE_BODY, finding, NULL);
    return answer_settle(
        dialogue,
        (struct answer){.verdict = VERDICT_REJECT, .reply = finding->reply, .finding = finding});
}

struct answer
answer_accepted(struct dialogue *dialogue, struct answer answer, const struct edit **edits_r)
{
    struct edits edits;

    edits_make(dialogue->transaction->arena, dialogue->transaction,
               settings_local_case(dialogue->settings), walk_changes(dialogue->walk), &edits);
    if (arena_over(dialogue->transaction->arena))
        return answer_refusal(dialogue, STAGE_BODY, NULL, &refusal_no_memory);
    if (walk_spent_by(dialogue->walk))
        return answer_failed_rule(dialogue, walk_spent_by(dialogue->walk),
                                  "max-message-steps is reached");
    if (edits.fatal)
        return answer_failed_rule(dialogue, edits.fatal->change->rule, edits.fatal->text);
    if (!edits.refused && edits.downgrade && dialogue_holds_too_much(dialogue))
        refuse_size(&edits);
    if (edits.refused)
        return answer_unconvertible(dialogue, &edits);
    dialogue->downgrade = edits.downgrade;
    log_notes(dialogue, edits.notes);
    log_accept(dialogue, STAGE_BODY);
    *edits_r = withholds(dialogue) ? NULL : edits.first;
    return answer;
}

struct answer
dialogue_step_edit_failed(struct dialogue *dialogue, const struct edit *edit)
{
    static const char *const names[] = {
        [EDIT_DELETE_HEADER] = "remove a header field",
        [EDIT_CHANGE_HEADER] = "change a header field",
        [EDIT_INSERT_HEADER] = "add a header field",
        [EDIT_APPEND_HEADER] = "add a header field",
        [EDIT_BODY] = "replace the body",
        [EDIT_SENDER] = "set the sender",
        [EDIT_ADD_RECIPIENT] = "add a recipient",
        [EDIT_DELETE_RECIPIENT] = "remove a recipient",
        [EDIT_QUARANTINE] = "quarantine",
    };
    const char *reason =
        arena_printf(dialogue->transaction->arena, "the MTA doesn't %s", names[edit->kind]);

    return answer_failed_rule(dialogue, edit->rule, reason);
}
