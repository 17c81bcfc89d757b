/* A played transaction for programs: one JSON document, as doc/explain.schema.json describes it. */
#include <stdio.h>

#include "explain_inside.h"
#include "policy/json.h"

static void
write_member(FILE *to, const char *name, const char *value)
{
    fprintf(to, ",\"%s\":", name);
    json_write_string(to, slice_of(value));
}

static void
write_reply(FILE *to, const struct reply *reply)
{
    write_member(to, "code", reply->code);
    write_member(to, "enhanced", reply->enhanced);
    fputs(",\"text\":[", to);
    for (size_t i = 0; i < reply->lines; i++) {
        fputs(i ? "," : "", to);
        json_write_string(to, slice_of(reply->line[i]));
    }
    putc(']', to);
}

static void
write_member_or_null(FILE *to, const char *name, const char *value)
{
    if (value)
        write_member(to, name, value);
    else
        fprintf(to, ",\"%s\":null", name);
}

static void
write_recipients(FILE *to, const char *name, const struct shown_recipient *first)
{
    fprintf(to, ",\"%s\":[", name);
    for (const struct shown_recipient *r = first; r; r = r->next) {
        fputs(r != first ? "," : "", to);
        json_write_string(to, slice_of(r->argument));
    }
    putc(']', to);
}

static void
write_answer(FILE *to, const struct shown_answer *answer)
{
    fputs(",\"answer\":{\"verdict\":", to);
    json_write_string(to, slice_of(answer->verdict ? verdict_name(answer->verdict) : "none"));
    if (answer->rule)
        write_member(to, "rule", answer->rule);
    if (answer->recipient)
        write_member(to, "recipient", answer->recipient);
    if (answer->struck)
        write_recipients(to, "strikes", answer->struck);
    if (answer->reply)
        write_reply(to, answer->reply);
    if (answer->reason && answer->reason[0])
        write_member(to, "reason", answer->reason);
    putc('}', to);
}

static void
write_edit(FILE *to, const struct edit *edit)
{
    static const char *const names[] = {
        [EDIT_DELETE_HEADER] = "remove-header",
        [EDIT_CHANGE_HEADER] = "change-header",
        [EDIT_INSERT_HEADER] = "add-header",
        [EDIT_APPEND_HEADER] = "append-header",
        [EDIT_BODY] = "convert-body",
        [EDIT_SENDER] = "set-sender",
        [EDIT_ADD_RECIPIENT] = "add-recipient",
        [EDIT_DELETE_RECIPIENT] = "remove-recipient",
        [EDIT_QUARANTINE] = "quarantine",
    };

    fputs("{\"change\":", to);
    json_write_string(to, slice_of(names[edit->kind]));
    if (edit->name)
        write_member(to, "name", edit->name);
    if (edit->kind == EDIT_DELETE_HEADER || edit->kind == EDIT_CHANGE_HEADER)
        fprintf(to, ",\"index\":%u", edit->index);
    if (edit->value)
        write_member(to, "value", edit->value);
    write_member(to, "rule", edit->rule);
    putc('}', to);
}

static void
write_fact(FILE *to, const struct explained_fact *fact)
{
    static const char *const states[] = {
        [READ_KNOWN] = "known", [READ_LATER] = "later", [READ_ERROR] = "error"};

    fputs("{\"name\":", to);
    json_write_string(to, slice_of(fact->name));
    write_member(to, "state", states[fact->state]);
    if (fact->state == READ_LATER)
        write_member(to, "stage", stage_name(fact->stage));
    if (fact->state == READ_ERROR)
        write_member(to, "reason", fact->reason);
    fputs(fact->state == READ_KNOWN ? ",\"values\":[" : "", to);
    for (size_t i = 0; i < fact->values; i++) {
        fputs(i ? "," : "", to);
        if (fact->value[i].absent)
            fputs("null", to);
        else
            json_write_string(to, fact->value[i].text);
    }
    fputs(fact->state == READ_KNOWN ? "]" : "", to);
    fputs(fact->cut ? ",\"cut\":true}" : "}", to);
}

static void
write_decided(FILE *to, const struct explained *rule)
{
    unsigned line, column;

    diagnostics_position(rule->decided_at, &line, &column);
    fputs(",\"decided\":{\"part\":", to);
    json_write_string(to, slice_of(rule->decided));
    write_member(to, "truth", truth_name(rule->decided_truth));
    write_member(to, "file", rule->decided_at.source->name);
    fprintf(to, ",\"line\":%u,\"column\":%u}", line, column);
}

static void
write_rule(FILE *to, const struct explained *rule)
{
    fputs("{\"rule\":", to);
    json_write_string(to, slice_of(rule->rule));
    write_member(to, "truth", truth_name(rule->truth));
    write_member(to, "outcome", walk_outcome_name(rule->outcome));
    if (rule->verdict != VERDICT_NONE)
        write_member(to, "verdict", verdict_name(rule->verdict));
    if (rule->behind)
        write_member(to, "behind", rule->behind);
    if (rule->waits_at)
        write_member(to, "at", stage_name(rule->at));
    if (rule->reason)
        write_member(to, "reason", rule->reason);
    if (rule->decided)
        write_decided(to, rule);
    fputs(",\"facts\":[", to);
    for (size_t i = 0; i < rule->facts; i++) {
        fputs(i ? "," : "", to);
        write_fact(to, &rule->fact[i]);
    }
    fputs("]}", to);
}

/* Rules there are none where it is too early for a verdict. */
static void
write_walk(FILE *to, const struct shown_walk *walk)
{
    fputs("{\"rules\":[", to);
    for (size_t i = 0; i < walk->rules; i++) {
        fputs(i ? "," : "", to);
        write_rule(to, &walk->rule[i]);
    }
    putc(']', to);
    write_recipients(to, "recipients", walk->recipients);
    putc('}', to);
}

static void
write_stage(FILE *to, const struct shown_stage *stage)
{
    fputs("\n{\"stage\":", to);
    json_write_string(to, slice_of(stage_name(stage->stage)));
    write_member(to, "command", stage->command);
    fprintf(to, ",\"default\":%s", stage->by_default ? "true" : "false");
    write_answer(to, &stage->answer);
    fputs(",\"changes\":[", to);
    for (const struct edit *edit = stage->edits; edit; edit = edit->next) {
        fputs(edit != stage->edits ? "," : "", to);
        write_edit(to, edit);
    }
    fputs("],\"walks\":[", to);
    for (const struct shown_walk *walk = stage->walks; walk; walk = walk->next) {
        fputs(walk != stage->walks ? "," : "", to);
        write_walk(to, walk);
    }
    fputs("]}", to);
}

static void
write_log(FILE *to, const struct play_result *result)
{
    fputs("\n],\"log\":[", to);
    for (const struct play_line *line = result->log; line; line = line->next) {
        fputs(line != result->log ? "," : "", to);
        json_write_string(to, slice_of(line->text));
    }
    putc(']', to);
    write_member_or_null(to, "over", result->over);
}

static const char *
mode_name(const struct show *show)
{
    return arena_string(show->arena, policy_settings(show->policy)->value[SET_MODE].text);
}

void
show_json(struct show *show, const struct play_result *result)
{
    const struct shown_stage *deciding = explain_deciding(show);

    fputs("{\"verdict\":", show->to);
    json_write_string(show->to, slice_of(explain_fate(deciding)));
    write_member_or_null(show->to, "stage", deciding ? stage_name(deciding->stage) : NULL);
    write_member_or_null(show->to, "rule", deciding ? deciding->answer.rule : NULL);
    fputs(",\"stages\":[", show->to);
    for (const struct shown_stage *stage = show->stages; stage; stage = stage->next) {
        fputs(stage != show->stages ? "," : "", show->to);
        write_stage(show->to, stage);
    }
    write_log(show->to, result);
    write_member(show->to, "mode", mode_name(show));
    fputs("}\n", show->to);
}
