/* A played transaction for programs: one JSON document. */
#include <stdio.h>

#include "explain.h"
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
write_answer(FILE *to, const struct played *played)
{
    const struct finding *finding = played->answer.finding;
    enum verdict verdict = played->answer.verdict;

    if (verdict == VERDICT_NONE && finding)
        verdict = finding->verdict;
    fputs(",\"answer\":{\"verdict\":", to);
    json_write_string(to, slice_of(verdict == VERDICT_NONE ? "none" : verdict_name(verdict)));
    if (finding && finding->rule)
        write_member(to, "rule", finding->rule);
    if (played->answer.reply)
        write_reply(to, played->answer.reply);
    if (finding && finding->reason && finding->reason[0])
        write_member(to, "reason", finding->reason);
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
write_rules(struct show *show, const struct played *played, const struct recipient *recipient,
            bool one_of_several)
{
    (void)one_of_several;
    if (show->walks++ > 0)
        putc(',', show->to);
    fputs("{\"recipient\":", show->to);
    if (recipient)
        json_write_string(show->to, recipient->argument);
    else
        fputs("null", show->to);
    fputs(",\"rules\":", show->to);
    walk_explain_json(played->walk, recipient, show->to);
    putc('}', show->to);
}

void
show_stage_json(struct show *show, const struct played *played)
{
    if (show->stages++ > 0)
        putc(',', show->to);
    fputs("\n{\"stage\":", show->to);
    json_write_string(show->to, slice_of(stage_name(played->stage)));
    write_member(show->to, "command", played->command);
    fprintf(show->to, ",\"default\":%s,\"walks\":[", played->by_default ? "true" : "false");
    show->walks = 0;
    if (played->walk)
        show_each_recipient(show, played, write_rules);
    putc(']', show->to);
    write_answer(show->to, played);
    fputs(",\"changes\":[", show->to);
    for (const struct edit *edit = played->edits; edit; edit = edit->next) {
        fputs(edit != played->edits ? "," : "", show->to);
        write_edit(show->to, edit);
    }
    fputs("]}", show->to);
}

void
show_end_json(struct show *show, const struct play_result *result)
{
    fputs("\n],\"log\":[", show->to);
    for (const struct play_line *line = result->log; line; line = line->next) {
        fputs(line != result->log ? "," : "", show->to);
        json_write_string(show->to, slice_of(line->text));
    }
    fputs("],\"over\":", show->to);
    if (result->over)
        json_write_string(show->to, slice_of(result->over));
    else
        fputs("null", show->to);
    write_member(show->to, "mode",
                 arena_string(show->arena, policy_settings(show->policy)->value[SET_MODE].text));
    fputs("}\n", show->to);
}
