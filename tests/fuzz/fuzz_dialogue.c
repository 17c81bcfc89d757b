/* Any octets as a whole message with its envelope, under a policy that reads every fact and has
 * every action: however its body is cut, and whatever came before it on the connection, it leaves
 * the same trace, log and answers, and no memory.
 *
 * The input: an octet of flags; lines with the argument of HELO, the words of MAIL and those of
 * each RCPT ("!" before an unknown command), up to an empty one; the message. */
#include <stdlib.h>

#include "base/pool.h"
#include "conversation.h"
#include "filter/dialogue.h"
#include "play/message.h"
#include "policy/explain.h"

#include "printable.h"
#include "tight_policy.h"

enum { CEILING = 64 * 1024 * 1024, MOST_WORDS = 32 };

enum flags { NO_ADDRESS = 1, LOGIN = 2, AUDIT = 4, HEED = 8, TLS = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    unsigned flags;
    struct slice helo, mail, commands;
    struct play_message message;
};

struct told {
    struct arena *arena;
    struct dialogue *dialogue;
    FILE *to;      /* what was seen */
    uint64_t cuts; /* 0: the body comes in one piece */
    bool over;     /* it was refused, and the client heeds that */
};

static void
keep_log(void *context, enum log_level level, const char *line)
{
    struct told *told = context;

    fprintf(told->to, "log %d %s\n", (int)level, line);
    printable_or_abort(line);
}

static void
keep_octets(FILE *to, struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] >= 32 && s.at[i] < 127)
            fputc(s.at[i], to);
        else
            fprintf(to, "\\x%02X", (unsigned char)s.at[i]);
}

static void
keep_rule(void *context, const struct explained *explained)
{
    struct told *told = context;

    fprintf(told->to, "%s %s %s %s %s", explained->rule, truth_name(explained->truth),
            walk_outcome_name(explained->outcome), explained->behind ? explained->behind : "-",
            explained->decided ? explained->decided : "-");
    for (size_t i = 0; i < explained->facts; i++) {
        const struct explained_fact *fact = &explained->fact[i];

        fprintf(told->to, " %s %d", fact->name, (int)fact->state);
        for (size_t j = 0; j < fact->values; j++)
            keep_octets(told->to, fact->value[j].text);
    }
    fputc('\n', told->to);
}

static void
keep_answer(struct told *told, enum stage stage, struct answer answer)
{
    struct walk *walk = dialogue_walk(told->dialogue);

    fprintf(told->to, "%s %s %d%s\n", stage_name(stage), verdict_name(answer.verdict),
            (int)conversation_word(&answer, stage), answer.nothing_more ? " for good" : "");
    if (answer.reply)
        fprintf(told->to, "%s\n", reply_text(told->arena, answer.reply));
    if (answer.finding)
        fprintf(told->to, "by %s: %s\n", answer.finding->rule ? answer.finding->rule : "-",
                answer.finding->reason ? answer.finding->reason : "-");
    if (walk && (stage == STAGE_HEADER || stage == STAGE_BODY))
        walk_explain(walk, dialogue_recipient(told->dialogue), told->arena, keep_rule, told);
}

static void
heed(struct told *told, const struct input *input, enum verdict verdict)
{
    if (input->flags & HEED && verdict != VERDICT_NONE)
        told->over = true;
}

static bool
keep_piece(void *context, struct slice piece)
{
    struct told *told = context;

    keep_octets(told->to, piece);
    return true;
}

/* A line of a value that doesn't begin with white space would be a field of its own. */
static void
demand_one_field(const char *value)
{
    for (; *value; value++)
        if (*value == '\r' || (*value == '\n' && value[1] != ' ' && value[1] != '\t'))
            abort();
}

static void
keep_edits(struct told *told, const struct edit *edits)
{
    for (const struct edit *edit = edits; edit; edit = edit->next) {
        fprintf(told->to, "edit %d %s %u %s\n", (int)edit->kind, edit->name ? edit->name : "-",
                edit->index, edit->rule);
        if (edit->value)
            keep_octets(told->to, slice_of(edit->value));
        if (edit->value && edit->kind <= EDIT_APPEND_HEADER)
            demand_one_field(edit->value);
        if (edit->kind == EDIT_BODY)
            fprintf(told->to, "%d\n", dialogue_write_body(told->dialogue, keep_piece, told));
    }
}

static size_t
split_words(struct slice line, struct slice word[MOST_WORDS])
{
    size_t words = 0;

    while (words < MOST_WORDS && slice_word(&line, " ", &word[words]))
        words++;
    return words;
}

static void
tell_mail(struct told *told, const struct input *input)
{
    struct slice word[MOST_WORDS];
    size_t words = split_words(input->mail, word);
    struct answer answer;

    if (input->flags & LOGIN) {
        dialogue_macro(told->dialogue, STAGE_MAIL, SLICE("{auth_type}"), SLICE("PLAIN"));
        dialogue_macro(told->dialogue, STAGE_MAIL, SLICE("{auth_authen}"), SLICE("alice"));
    }
    answer = dialogue_mail(told->dialogue, word, words);
    keep_answer(told, STAGE_MAIL, answer);
    heed(told, input, answer.verdict);
}

static void
tell_command(struct told *told, struct slice line)
{
    struct slice word[MOST_WORDS];
    size_t words = split_words(line, word);

    if (line.len > 0 && line.at[0] == '!')
        keep_answer(told, STAGE_UNKNOWN, dialogue_unknown(told->dialogue, slice_from(line, 1)));
    else
        keep_answer(told, STAGE_RCPT, dialogue_rcpt(told->dialogue, word, words));
}

static struct slice
take_line(struct slice *rest)
{
    size_t end = slice_find(*rest, '\n');
    struct slice line = slice_first(*rest, end);

    *rest = slice_from(*rest, end + 1);
    return line;
}

static void
tell_envelope(struct told *told, const struct input *input)
{
    struct slice rest = input->commands;
    struct answer answer;

    tell_mail(told, input);
    while (rest.len > 0 && !told->over)
        tell_command(told, take_line(&rest));
    if (told->over)
        return;
    dialogue_macro(told->dialogue, STAGE_DATA, SLICE("i"), SLICE("4FUZZ"));
    answer = dialogue_data(told->dialogue);
    keep_answer(told, STAGE_DATA, answer);
    heed(told, input, answer.verdict);
}

static void
tell_header(struct told *told, const struct input *input)
{
    struct answer answer;

    for (const struct header_field *field = input->message.header; field && !told->over;
         field = field->next) {
        answer = dialogue_header(told->dialogue, field->name, field->body);
        heed(told, input, answer.verdict);
    }
    if (told->over)
        return;
    answer = dialogue_header_end(told->dialogue);
    keep_answer(told, STAGE_HEADER, answer);
    heed(told, input, answer.verdict);
}

/* The next piece, of up to as many octets as the state of the cuts says. */
static size_t
next_cut(struct told *told, size_t left)
{
    size_t most = told->cuts % 7 == 0 ? 256 : 1 + told->cuts % 5;

    if (told->cuts == 0)
        return left;
    told->cuts = told->cuts * 6364136223846793005u + 1442695040888963407u;
    return 1 + (size_t)(told->cuts >> 33) % most;
}

static void
tell_body(struct told *told, const struct input *input)
{
    struct slice rest = input->message.body;
    const struct edit *edits;
    struct answer answer;

    while (rest.len > 0 && !told->over && !dialogue_body_is_unneeded(told->dialogue)) {
        size_t cut = next_cut(told, rest.len);

        answer = dialogue_body(told->dialogue, slice_first(rest, cut));
        heed(told, input, answer.verdict);
        rest = slice_from(rest, cut);
    }
    if (told->over)
        return;
    answer = dialogue_end(told->dialogue, &edits);
    keep_answer(told, STAGE_BODY, answer);
    keep_edits(told, edits);
}

/* What one transaction left; the caller frees it. */
static char *
tell(struct told *told, const struct input *input, uint64_t cuts)
{
    size_t taken = pool_used();
    char *text;
    size_t size;

    told->to = open_memstream(&text, &size);
    told->cuts = cuts;
    told->over = false;
    tell_envelope(told, input);
    if (!told->over)
        tell_header(told, input);
    if (!told->over)
        tell_body(told, input);
    if (told->over)
        dialogue_abort(told->dialogue);
    dialogue_forget(told->dialogue);
    fclose(told->to);
    told->to = NULL;
    if (pool_used() > taken)
        abort();
    return text;
}

static void
tell_connection(struct told *told, const struct input *input)
{
    static const struct ip ip = {4, {192, 0, 2, 1}};
    bool local = input->flags & NO_ADDRESS;

    dialogue_set_time(told->dialogue, 1700000000);
    dialogue_connect(told->dialogue, SLICE("client.example"), local ? NULL : &ip, 50000);
    if (input->flags & TLS)
        dialogue_macro(told->dialogue, STAGE_HELO, SLICE("{tls_version}"), SLICE("TLSv1.3"));
    dialogue_helo(told->dialogue, input->helo);
}

/* The same for all of them, so that it tells none from another. */
static uint64_t
number_all(void *context)
{
    (void)context;
    return 1;
}

static void
tell_all(struct arena *arena, struct policy *policy, const struct input *input, uint64_t cuts)
{
    struct told told = {.arena = arena};
    char *whole, *cut;
    FILE *nowhere = fopen("/dev/null", "w");

    told.to = nowhere;
    told.dialogue = dialogue_new(policy, keep_log, &told);
    dialogue_set_numbers(told.dialogue, number_all);
    tell_connection(&told, input);
    whole = tell(&told, input, 0);
    told.to = nowhere;
    tell_mail(&told, input);
    tell_header(&told, input);
    dialogue_abort(told.dialogue);
    cut = tell(&told, input, cuts);
    if (strcmp(whole, cut) != 0) {
        fprintf(stderr, "whole:\n%s\nin pieces, behind one that was aborted:\n%s\n", whole, cut);
        abort();
    }
    free(cut);
    free(whole);
    dialogue_free(&told.dialogue);
    fclose(nowhere);
}

static void
read_input(struct arena *arena, const uint8_t *data, size_t size, struct input *input_r)
{
    struct slice rest = {(const char *)data + 1, size - 1};

    *input_r = (struct input){.flags = data[0]};
    input_r->helo = take_line(&rest);
    input_r->mail = take_line(&rest);
    input_r->commands = rest;
    while (rest.len > 0 && take_line(&rest).len > 0)
        continue;
    input_r->commands.len -= rest.len;
    if (input_r->commands.len > 0)
        input_r->commands.len--;
    play_message_split(arena, rest, &input_r->message);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct policy *enforces, *audits;
    struct arena *arena;
    struct input input;

    if (size == 0)
        return 0;
    if (enforces == NULL) {
        enforces = tight_policy_load("", 1);
        audits = tight_policy_load("set mode audit\n", 1);
    }
    arena = arena_new(CEILING);
    read_input(arena, data, size, &input);
    tell_all(arena, input.flags & AUDIT ? audits : enforces, &input,
             slice_hash((struct slice){(const char *)data, size}) | 1);
    arena_free(&arena);
    if (pool_used() > 0)
        abort();
    return 0;
}
