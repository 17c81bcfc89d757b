/* A played transaction for people: stage by stage, rule by rule, and what the client would see. */
#include <stdio.h>

#include "explain.h"

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

static void
print_escaped(struct show *show, const char *text)
{
    struct buffer *shown = ARENA_NEW(show->arena, struct buffer);

    buffer_init(shown, show->arena, SIZE_MAX);
    log_escape(shown, slice_of(text));
    fputs(buffer_slice(shown).at, show->to);
}

const char *
show_answer(struct arena *arena, const struct played *played)
{
    const struct finding *finding = played->answer.finding;
    enum verdict verdict = finding ? finding->verdict : VERDICT_NONE;

    if (played->answer.reply)
        return reply_text(arena, played->answer.reply);
    if (verdict == VERDICT_DISCARD)
        return played->stage == STAGE_RCPT ? "accepted, and this recipient is taken off at the end"
                                           : "accepted, and the message is discarded";
    if (verdict == VERDICT_ACCEPT)
        return played->stage == STAGE_RCPT ? "accepted for this recipient" : "accepted";
    if (played->stage == STAGE_BODY)
        return "accepted, since no rule objects";
    return played->stage == STAGE_UNKNOWN ? "left to the MTA" : "go on: no verdict yet";
}

/* Replies of several lines stand below each other. */
static void
print_answer(struct show *show, const struct played *played)
{
    const struct finding *finding = played->answer.finding;
    struct slice rest = slice_of(show_answer(show->arena, played)), line;
    const char *before = "  => ";

    while (slice_word(&rest, "\n", &line)) {
        fprintf(show->to, "%s%.*s", before, (int)line.len, line.at);
        before = "\n     ";
    }
    if (finding && finding->rule)
        fprintf(show->to, "   (rule %s)", finding->rule);
    putc('\n', show->to);
}

static void
print_edits(struct show *show, const struct edit *edits)
{
    for (const struct edit *edit = edits; edit; edit = edit->next) {
        fputs("     ", show->to);
        print_escaped(show, edit_text(show->arena, edit));
        fprintf(show->to, "   (rule %s)\n", edit->rule);
    }
}

/* Where the rules of this recipient, or of the one before him, were shown last. */
static const char **
place_before(struct show *show, const struct recipient *recipient)
{
    size_t number = recipient ? recipient->number : 0, old = show->recipients;
    const char **grown;

    if (number >= old) {
        grown = ARENA_ARRAY(show->arena, 2 * number + 2, const char *);
        for (size_t i = 0; i < old; i++)
            grown[i] = show->before[i];
        show->before = grown;
        show->recipients = 2 * number + 2;
    }
    for (size_t i = number; i > 0 && show->before[number] == NULL; i--)
        show->before[number] = show->before[i - 1];
    return &show->before[number];
}

/* Behind the line in `text` that is the same as this one; NULL: there is none. */
static const char *
find_line(const char *text, const char *line, size_t len)
{
    while (*text) {
        size_t other = strcspn(text, "\n");

        if (other == len && memcmp(text, line, len) == 0)
            return text + other;
        text += other + (text[other] == '\n');
    }
    return NULL;
}

/* Rules that stand as they stood a stage before are counted only. Both texts are in file order. */
static void
print_news(struct show *show, const char *text, const char *before)
{
    unsigned same = 0;

    for (const char *line = text; *line;) {
        size_t len = strcspn(line, "\n");
        const char *found = find_line(before, line, len);

        if (found)
            same++;
        else
            fprintf(show->to, "%.*s\n", (int)len, line);
        before = found ? found : before;
        line += len + (line[len] == '\n');
    }
    if (same > 0)
        fprintf(show->to, "  (%u rule%s as before)\n", same, same == 1 ? "" : "s");
}

static void
print_rules(struct show *show, const struct played *played, const struct recipient *recipient,
            bool one_of_several)
{
    struct arena *arena = arena_new(SIZE_MAX);
    const char *text = show_rules(show, arena_alloc(arena, SHOW_LARGEST_RULES), played, recipient);
    const char **before = place_before(show, recipient);

    if (one_of_several) {
        fputs("  for ", show->to);
        print_escaped(show, arena_string(show->arena, recipient->argument));
        fputs(":\n", show->to);
    }
    print_news(show, text, show->all || *before == NULL ? "" : *before);
    *before = arena_string(show->arena, slice_of(text));
    arena_free(&arena);
}

static bool
is_too_early(const struct show *show, enum stage stage)
{
    return stage != STAGE_UNKNOWN &&
           stage < settings_earliest_verdict(policy_settings(show->policy));
}

void
show_stage(void *context, const struct played *played)
{
    struct show *show = context;
    bool early = is_too_early(show, played->stage);

    if (show->json) {
        show_stage_json(show, played);
        return;
    }
    if (show->was_early && !early)
        fprintf(show->to, "  (rules are walked from %s on: earliest-verdict)\n",
                stage_name(settings_earliest_verdict(policy_settings(show->policy))));
    if (show->stages++ > 0 && !(early && show->was_early))
        putc('\n', show->to);
    show->was_early = early;
    fprintf(show->to, "%s%s\n", played->command, played->by_default ? "   (by default)" : "");
    if (early)
        return;
    if (played->walk)
        show_each_recipient(show, played, print_rules);
    print_answer(show, played);
    print_edits(show, played->edits);
}

void
show_begin(struct show *show)
{
    if (show->json)
        fputs("{\"stages\":[", show->to);
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
show_end(struct show *show, const struct play_result *result)
{
    if (show->json) {
        show_end_json(show, result);
        return;
    }
    if (result->over)
        fprintf(show->to, "\nThe client can't go on: %s.\n", result->over);
    if (result->log)
        fputs("\nThe log would say:\n", show->to);
    for (const struct play_line *line = result->log; line; line = line->next)
        fprintf(show->to, "  %s\n", line->text);
    print_mode(show);
}
