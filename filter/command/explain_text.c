/* A played transaction for people: stage by stage, rule by rule, and what the client would see. */
#include <stdio.h>

#include "explain_inside.h"

static const char *
edit_text(struct arena *arena, const struct edit *edit)
{
    switch (edit->kind) {
    case EDIT_DELETE_HEADER:
        return arena_printf(arena, "remove header field %s (number %u)", edit->name, edit->index);
    case EDIT_CHANGE_HEADER:
        return arena_printf(arena, "change header field %s (number %u) to: %s", edit->name,
                            edit->index, edit->value);
    case EDIT_APPEND_HEADER:
        return arena_printf(arena, "append header field %s: %s", edit->name, edit->value);
    case EDIT_BODY:
        return arena_printf(arena, "convert the body: %s", edit->value);
    case EDIT_INSERT_HEADER:
        return arena_printf(arena, "add header field %s: %s", edit->name, edit->value);
    case EDIT_SENDER:
        return arena_printf(arena, "set the sender to %s", edit->value);
    case EDIT_ADD_RECIPIENT:
        return arena_printf(arena, "add recipient %s", edit->value);
    case EDIT_DELETE_RECIPIENT:
        return arena_printf(arena, "remove recipient %s", edit->value);
    case EDIT_QUARANTINE:
        return arena_printf(arena, "quarantine: %s", edit->value);
    }
    return "";
}

static const char *
answer_text(struct arena *arena, const struct shown_stage *stage)
{
    enum verdict verdict = stage->answer.verdict;

    if (stage->answer.reply)
        return reply_text(arena, stage->answer.reply);
    if (verdict == VERDICT_DISCARD)
        return stage->stage == STAGE_RCPT ? "accepted, and this recipient is taken off at the end"
                                          : "accepted, and the message is discarded";
    if (verdict == VERDICT_ACCEPT)
        return stage->stage == STAGE_RCPT ? "accepted for this recipient" : "accepted";
    if (stage->stage == STAGE_BODY)
        return "accepted, since no rule objects";
    return stage->stage == STAGE_UNKNOWN ? "left to the MTA" : "go on: no verdict yet";
}

/* Replies of several lines stand below each other. */
static void
print_answer(struct show *show, const struct shown_stage *stage)
{
    struct slice rest = slice_of(answer_text(show->arena, stage)), line;
    const char *before = "  => ";

    while (slice_word(&rest, "\n", &line)) {
        fprintf(show->to, "%s%.*s", before, (int)line.len, line.at);
        before = "\n     ";
    }
    if (stage->answer.rule)
        fprintf(show->to, "   (rule %s)", stage->answer.rule);
    putc('\n', show->to);
}

static void
print_edits(struct show *show, const struct edit *edits)
{
    for (const struct edit *edit = edits; edit; edit = edit->next) {
        fputs("     ", show->to);
        explain_escaped(show, edit_text(show->arena, edit));
        fprintf(show->to, "   (rule %s)\n", edit->rule);
    }
}

static void
print_command(struct show *show, const struct shown_stage *stage)
{
    fprintf(show->to, "%s%s\n", stage->command, stage->by_default ? "   (by default)" : "");
}

/* The part of the condition that settled it, and what was found. */
static void
print_reason(struct show *show, const struct shown_stage *stage)
{
    const struct explained *rule = explain_rule(stage);

    if (rule && rule->reason)
        fprintf(show->to, "     since it can't be decided: %s\n", rule->reason);
    if (rule == NULL || rule->decided == NULL || rule->truth == TRUTH_ERROR)
        return;
    fprintf(show->to, "     since %s%s  ", rule->decided_truth == TRUTH_FALSE ? "not " : "",
            rule->decided);
    explain_facts(show, rule);
    putc('\n', show->to);
}

static void
print_struck(struct show *show, const struct shown_answer *answer)
{
    if (answer->struck == NULL)
        return;
    fputs("     brought by ", show->to);
    explain_escaped(show, answer->recipient);
    fputs("; it strikes others too: ", show->to);
    explain_recipients(show, answer->struck);
    putc('\n', show->to);
}

static bool
is_said(const struct shown_stage *stage)
{
    return stage->answer.verdict != VERDICT_NONE || stage->stage == STAGE_BODY;
}

/* What was said, before how it came about. */
static void
print_said(struct show *show, const struct play_result *result)
{
    enum { MOST = 5 };
    unsigned shown = 0, more = 0;

    for (const struct shown_stage *stage = show->stages; stage; stage = stage->next) {
        if (!is_said(stage))
            continue;
        if (shown == MOST && stage->next) {
            more++;
            continue;
        }
        print_command(show, stage);
        print_answer(show, stage);
        print_reason(show, stage);
        print_struck(show, &stage->answer);
        shown++;
    }
    if (more > 0)
        fprintf(show->to, "(%u more answers stand below)\n", more);
    if (result->over)
        fprintf(show->to, "The client can't go on: %s.\n", result->over);
    putc('\n', show->to);
}

static bool
stage_is_too_early(const struct show *show, enum stage stage)
{
    return stage != STAGE_UNKNOWN &&
           stage < settings_earliest_verdict(policy_settings(show->policy));
}

static void
print_stage(struct show *show, const struct shown_stage *stage, bool behind_early)
{
    bool early = stage_is_too_early(show, stage->stage);

    if (behind_early && !early)
        fprintf(show->to, "  (rules are walked from %s on: earliest-verdict)\n",
                stage_name(settings_earliest_verdict(policy_settings(show->policy))));
    if (show->all && !early)
        putc('\n', show->to);
    print_command(show, stage);
    if (stage->stage == STAGE_MAIL)
        show->numbers = 0;
    if (!early)
        explain_walks(show, stage);
    if (!early || is_said(stage))
        print_answer(show, stage);
    print_edits(show, stage->edits);
}

/* What was played is mode enforce. */
static void
print_mode(struct show *show)
{
    static const char *const lines[] = {
        [MODE_ENFORCE] = "The milter would be in mode enforce, and do the same.",
        [MODE_SOFT] = "The milter would be in mode soft, and say each 5xx as 4xx.",
        [MODE_AUDIT] = "The milter would be in mode audit, and do nothing of this but log it.",
    };

    fprintf(show->to, "\n%s\n", lines[settings_mode(policy_settings(show->policy))]);
}

void
show_text(struct show *show, const struct play_result *result)
{
    bool behind_early = false;

    print_said(show, result);
    for (const struct shown_stage *stage = show->stages; stage; stage = stage->next) {
        print_stage(show, stage, behind_early);
        behind_early = stage_is_too_early(show, stage->stage);
    }
    if (result->log)
        fputs("\nThe log would say:\n", show->to);
    for (const struct play_line *line = result->log; line; line = line->next)
        fprintf(show->to, "  %s\n", line->text);
    print_mode(show);
}
