/* The door of a dialogue: every word of the MTA comes in through it, and every answer leaves. What
 * runs out of memory behind it, from whatever depth, ends here: the transaction gives back what it
 * took, and is answered 4xx. */
#include "dialogue_steps_inside.h"

#include <stdio.h>

#include "count/tally.h"
#include "remember.h"

struct call {
    struct dialogue *dialogue;
    void (*step)(void *of);
    enum stage stage;
    const struct slice *argument; /* of a command, or the text of another call */
    size_t count;
    const struct ip *ip;
    unsigned port;
    const struct edit *edit;
    const struct edit **edits_r;
    struct answer answer;
};

/* There is no memory even for saying so. */
static const struct reply reply_without_memory = {
    .code = "451",
    .enhanced = "4.3.0",
    .line = {"there is no memory left just now; please try again later"},
    .lines = 1,
};

static void
call_refuse(void *of)
{
    struct call *call = of;

    dialogue_wake(call->dialogue);
    call->answer = answer_refusal(call->dialogue, call->stage, NULL, &call->dialogue->failure);
}

static struct answer
call_lost(struct call *call)
{
    struct dialogue *dialogue = call->dialogue;
    char line[128];

    dialogue_lose(dialogue, call->stage);
    dialogue->over = call->edits_r != NULL;
    if (arena_guard(dialogue->own, call_refuse, call))
        return call->answer;
    snprintf(line, sizeof line,
             "NOQUEUE: a message is deferred, and there is no memory to say more; rule=- id=%s",
             dialogue->open ? dialogue->id : dialogue->session.id);
    dialogue->log(dialogue->context, LOG_LEVEL_WARNING, line);
    if (dialogue->mode == MODE_AUDIT)
        return (struct answer){0};
    return (struct answer){.verdict = VERDICT_TEMPFAIL, .reply = &reply_without_memory};
}

static void
call_run(void *of)
{
    struct call *call = of;

    dialogue_wake(call->dialogue);
    call->step(call);
}

static struct answer
call_pass(struct call *call, void (*step)(void *of))
{
    call->step = step;
    return arena_guard(call->dialogue->own, call_run, call) ? call->answer : call_lost(call);
}

/* The MTA waits for the answer. */
static struct answer
call_answer(struct call *call, void (*step)(void *of))
{
    int64_t began_ns = tally_clock();
    struct answer answer = call_pass(call, step);

    tally_stage(call->stage, began_ns);
    if (call->dialogue->played)
        remember_played(call->dialogue, call->stage, &answer);
    return answer;
}

static void
call_macro(void *of)
{
    struct call *call = of;

    dialogue_step_macro(call->dialogue, call->stage, call->argument[0], call->argument[1]);
}

void
dialogue_macro(struct dialogue *dialogue, enum stage stage, struct slice name, struct slice value)
{
    struct slice macro[] = {name, value};
    struct call call = {
        .dialogue = dialogue, .step = call_macro, .stage = stage, .argument = macro};

    if (!arena_guard(dialogue->own, call_run, &call))
        dialogue_lose(dialogue, stage);
}

static void
call_connect(void *of)
{
    struct call *call = of;

    call->answer = dialogue_step_connect(call->dialogue, *call->argument, call->ip, call->port);
}

struct answer
dialogue_connect(struct dialogue *dialogue, struct slice host, const struct ip *ip, unsigned port)
{
    struct call call = {
        .dialogue = dialogue, .stage = STAGE_CONNECT, .argument = &host, .ip = ip, .port = port};

    return call_answer(&call, call_connect);
}

static void
call_helo(void *of)
{
    struct call *call = of;

    call->answer = dialogue_step_helo(call->dialogue, *call->argument);
}

struct answer
dialogue_helo(struct dialogue *dialogue, struct slice argument)
{
    struct call call = {.dialogue = dialogue, .stage = STAGE_HELO, .argument = &argument};

    return call_answer(&call, call_helo);
}

static void
call_mail(void *of)
{
    struct call *call = of;

    call->answer = dialogue_step_mail(call->dialogue, call->argument, call->count);
}

struct answer
dialogue_mail(struct dialogue *dialogue, const struct slice *argument, size_t count)
{
    struct call call = {
        .dialogue = dialogue, .stage = STAGE_MAIL, .argument = argument, .count = count};

    dialogue_number_transaction(dialogue);
    return call_answer(&call, call_mail);
}

static void
call_rcpt(void *of)
{
    struct call *call = of;

    call->answer = dialogue_step_rcpt(call->dialogue, call->argument, call->count);
}

struct answer
dialogue_rcpt(struct dialogue *dialogue, const struct slice *argument, size_t count)
{
    struct call call = {
        .dialogue = dialogue, .stage = STAGE_RCPT, .argument = argument, .count = count};

    return call_answer(&call, call_rcpt);
}

static void
call_data(void *of)
{
    struct call *call = of;

    call->answer = dialogue_step_data(call->dialogue);
}

struct answer
dialogue_data(struct dialogue *dialogue)
{
    struct call call = {.dialogue = dialogue, .stage = STAGE_DATA};

    return call_answer(&call, call_data);
}

static void
call_header(void *of)
{
    struct call *call = of;

    call->answer = dialogue_step_header(call->dialogue, call->argument[0], call->argument[1]);
}

struct answer
dialogue_header(struct dialogue *dialogue, struct slice name, struct slice body)
{
    struct slice field[] = {name, body};
    struct call call = {.dialogue = dialogue, .stage = STAGE_HEADER, .argument = field};

    return call_pass(&call, call_header);
}

static void
call_header_end(void *of)
{
    struct call *call = of;

    call->answer = dialogue_step_header_end(call->dialogue);
}

struct answer
dialogue_header_end(struct dialogue *dialogue)
{
    struct call call = {.dialogue = dialogue, .stage = STAGE_HEADER};

    return call_answer(&call, call_header_end);
}

static void
call_body(void *of)
{
    struct call *call = of;

    call->answer = dialogue_step_body(call->dialogue, *call->argument);
}

struct answer
dialogue_body(struct dialogue *dialogue, struct slice piece)
{
    struct call call = {.dialogue = dialogue, .stage = STAGE_BODY, .argument = &piece};

    return call_pass(&call, call_body);
}

static void
call_end(void *of)
{
    struct call *call = of;

    call->answer = dialogue_step_end(call->dialogue, call->edits_r);
}

struct answer
dialogue_end(struct dialogue *dialogue, const struct edit **edits_r)
{
    struct call call = {.dialogue = dialogue, .stage = STAGE_BODY, .edits_r = edits_r};
    struct answer answer = call_answer(&call, call_end);

    if (dialogue->failure.code)
        *edits_r = NULL;
    return answer;
}

static void
call_unknown(void *of)
{
    struct call *call = of;

    call->answer = dialogue_step_unknown(call->dialogue, *call->argument);
}

struct answer
dialogue_unknown(struct dialogue *dialogue, struct slice command)
{
    struct call call = {.dialogue = dialogue, .stage = STAGE_UNKNOWN, .argument = &command};

    return call_answer(&call, call_unknown);
}

static void
call_edit_failed(void *of)
{
    struct call *call = of;

    call->answer = dialogue_step_edit_failed(call->dialogue, call->edit);
}

struct answer
dialogue_edit_failed(struct dialogue *dialogue, const struct edit *edit)
{
    struct call call = {.dialogue = dialogue, .stage = STAGE_BODY, .edit = edit};

    return call_pass(&call, call_edit_failed);
}

static void
call_played(void *of)
{
    struct call *call = of;

    dialogue_step_played(call->dialogue, *call->argument);
}

/* One that was lost in the middle is none any more, and is answered 4xx. */
bool
dialogue_played(struct dialogue *dialogue, struct slice lines)
{
    struct call call = {.dialogue = dialogue, .stage = STAGE_MAIL, .argument = &lines};

    if (!dialogue->open || dialogue->over || dialogue->in_content || dialogue->failure.code ||
        dialogue->transaction->offered_count > 0)
        return false;
    call_answer(&call, call_played);
    return dialogue->played;
}

struct writing {
    struct dialogue *dialogue;
    convert_sink *sink;
    void *context;
    bool written;
};

static void
call_write_body(void *of)
{
    struct writing *writing = of;

    writing->written = dialogue_step_write_body(writing->dialogue, writing->sink, writing->context);
}

bool
dialogue_write_body(struct dialogue *dialogue, convert_sink *sink, void *context)
{
    struct writing writing = {dialogue, sink, context, false};

    return arena_guard(dialogue->own, call_write_body, &writing) && writing.written;
}
