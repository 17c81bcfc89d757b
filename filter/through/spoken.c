/* Compares answers of a play with replies that came through an MTA. */
#include "spoken.h"

#include "base/log.h"

void
spoken_begin(struct spoken *spoken, struct arena *arena)
{
    *spoken = (struct spoken){.arena = arena};
    spoken->end = &spoken->first;
}

static bool
spoken_quarantines(const struct edit *edit)
{
    while (edit && edit->kind != EDIT_QUARANTINE)
        edit = edit->next;
    return edit != NULL;
}

/* As the replies of an MTA are shown. */
static const char *
spoken_text(struct arena *arena, const char *line)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX);
    log_escape(text, slice_of(line));
    return buffer_slice(text).at;
}

void
spoken_watch(void *context, const struct played *played)
{
    struct spoken *spoken = context;
    struct spoken_answer *answer = ARENA_NEW(spoken->arena, struct spoken_answer);
    const struct reply *reply = played->answer.reply;

    answer->stage = played->stage;
    answer->verdict = played->answer.verdict;
    answer->quarantines = spoken_quarantines(played->edits);
    if (reply) {
        answer->code = arena_string(spoken->arena, slice_of(reply->code));
        answer->text = spoken_text(spoken->arena, reply->line[0]);
    }
    *spoken->end = answer;
    spoken->end = &answer->next;
}

/* Does a reply say that? An MTA may put words of its own between code and text; long lines are
 * compared in part. */
static bool
reply_says(const struct turn_reply *reply, const char *code, const char *text)
{
    enum { COMPARED = 160 };
    size_t len = strlen(text);
    int64_t number;

    return slice_number(slice_of(code), &number) && reply->code == number &&
           memmem(reply->text, strlen(reply->text), text, len < COMPARED ? len : COMPARED) != NULL;
}

bool
spoken_has(const struct spoken *spoken, const struct turn_reply *reply)
{
    for (const struct spoken_answer *answer = spoken->first; answer; answer = answer->next)
        if (answer->text && reply_says(reply, answer->code, answer->text))
            return true;
    return false;
}

/* What a message would have got that is refused for the test's sake alone, or NULL. */
static const char *
agreed_verdict(struct arena *arena, const struct turn *turn, const struct turn_reply *reply)
{
    const char *agreed = arena_printf(arena, "postern test %s: ", turn->nonce.answer);
    const char *at = strstr(reply->text, agreed);

    return at ? at + strlen(agreed) : NULL;
}

static bool
plays_take(const struct spoken *spoken, const char *verdict)
{
    for (const struct spoken_answer *answer = spoken->first; answer; answer = answer->next) {
        const char *said = answer->verdict == VERDICT_DISCARD ? "discard"
                           : answer->quarantines              ? "quarantine"
                                                              : "accept";
        bool may_end = answer->stage == STAGE_BODY || answer->verdict != VERDICT_NONE;

        if (may_end && answer->text == NULL && strcmp(said, verdict) == 0)
            return true;
    }
    return false;
}

/* said: "CODE ENHANCED TEXT" */
static bool
is_handed_on(struct arena *arena, const struct turn_reply *reply)
{
    struct slice rest = slice_of(reply->said), code, enhanced;

    return slice_word(&rest, " ", &code) && slice_word(&rest, " ", &enhanced) &&
           reply_says(reply, arena_string(arena, code), arena_string(arena, slice_trim(rest)));
}

static void
compare_reply(const struct spoken *spoken, const struct turn *turn, const struct turn_reply *reply,
              const char *what, struct spoken_result *result)
{
    struct arena *arena = spoken->arena;
    const char *verdict = agreed_verdict(arena, turn, reply);

    if (reply->code < 400 || result->problem)
        return;
    if (verdict && !plays_take(spoken, verdict))
        result->problem = arena_printf(
            arena, "the milter's verdict was %s, and by what it was told this policy has another",
            verdict);
    else if (verdict == NULL && reply->said == NULL)
        result->refused = arena_printf(
            arena, "the MTA refused %s itself, or another filter: \"%s\"", what, reply->text);
    else if (verdict == NULL && !is_handed_on(arena, reply))
        result->problem = arena_printf(arena, "Postern said \"%s\", and the client was told \"%s\"",
                                       reply->said, reply->text);
    else if (verdict == NULL && !spoken_has(spoken, reply))
        result->problem = arena_printf(
            arena, "the milter said \"%s\", and by what it was told this policy says it not",
            reply->said);
}

void
spoken_compare(const struct spoken *spoken, const struct turn *turns,
               struct spoken_result *result_r)
{
    *result_r = (struct spoken_result){0};
    for (const struct turn *turn = turns; turn; turn = turn->next) {
        for (const struct turn_reply *reply = turn->recipients; reply; reply = reply->next)
            compare_reply(spoken, turn, reply, "a recipient", result_r);
        if (turn->end)
            compare_reply(spoken, turn, turn->end, "the message", result_r);
    }
}
