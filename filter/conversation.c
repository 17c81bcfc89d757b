/* Between the dialogue and an engine: what the MTA is asked for, which macros come with a command,
 * and what an answer means to an MTA at each stage. Knows nothing of how words go over the wire. */
#include "conversation_inside.h"

#include <stdatomic.h>

#include "base/clock.h"
#include "count/tally.h"
#include "lacks.h"
#include "serial.h"

enum { BEYOND_TOLD_EACH_MS = 60 * 1000 };

static const struct reply reply_beyond = {
    .code = "451",
    .enhanced = "4.3.2",
    .line = {"too many sessions are open just now; please try again later"},
    .lines = 1,
};

/* Where nothing can be asked of a dialogue: there is no conversation, or no memory for the command,
 * nor for a line of the log; or there are too many sessions. Mode audit withholds this too, but
 * never for a test that is played. */
static struct said
said_without(const struct conversation *conversation)
{
    if (conversation && played_is_on(conversation->played))
        return (struct said){.word = WORD_TEMPFAIL};
    if (conversation && conversation->withholds)
        return (struct said){.word = WORD_GO_ON};
    if (conversation && conversation->beyond)
        return (struct said){.word = WORD_TEMPFAIL, .reply = &reply_beyond};
    return (struct said){.word = WORD_TEMPFAIL};
}

static void
conversation_log(void *context, enum log_level level, const char *line)
{
    (void)context;
    log_write_made(level, line);
}

static void
scratch_make(void *of)
{
    struct conversation *conversation = of;

    conversation->scratch = arena_new_child(conversation->arena, SIZE_MAX);
}

void
conversation_free(struct conversation **conversation)
{
    struct conversation *freed = *conversation;
    struct dialogue *dialogue = freed ? freed->dialogue : NULL;
    struct arena *own = freed && dialogue == NULL ? freed->arena : NULL;

    if (freed)
        witness_end(freed->seen);
    if (dialogue)
        tally_session_ended();
    dialogue_free(&dialogue);
    arena_free(&own);
    *conversation = NULL;
}

struct conversing {
    struct dialogue *dialogue;
    struct conversation *conversation;
};

static void
conversation_make(void *of)
{
    struct conversing *conversing = of;
    struct arena *arena = dialogue_arena(conversing->dialogue);

    conversing->conversation = ARENA_NEW(arena, struct conversation);
    conversing->conversation->arena = arena;
    scratch_make(conversing->conversation);
}

/* It lives where its dialogue does. */
struct conversation *
conversation_new(struct policy *policy, conversation_macro *macro, void *engine)
{
    struct dialogue *dialogue = dialogue_new(policy, conversation_log, NULL);
    struct conversing conversing = {.dialogue = dialogue};
    struct conversation *conversation;

    if (dialogue == NULL)
        return NULL;
    if (!arena_guard(dialogue_arena(dialogue), conversation_make, &conversing)) {
        dialogue_free(&dialogue);
        return NULL;
    }
    conversation = conversing.conversation;
    conversation->dialogue = dialogue;
    conversation->macro = macro;
    conversation->engine = engine;
    conversation->needs = policy_needs(policy);
    conversation->withholds = settings_mode(policy_settings(policy)) == MODE_AUDIT;
    dialogue_set_numbers(dialogue, serial_next);
    conversation->seen = witness_begin();
    tally_session_began();
    return conversation;
}

/* Once a minute at most. */
static void
beyond_tell(bool withholds)
{
    static atomic_llong next_ms;
    long long next = next_ms, now = clock_ms();

    if (now >= next && atomic_compare_exchange_strong(&next_ms, &next, now + BEYOND_TOLD_EACH_MS))
        log_write(LOG_LEVEL_WARNING, "max-sessions is reached: more %s",
                  withholds ? "would be told to come later, and no rule looks at them"
                            : "are told to come later");
}

struct conversation *
conversation_new_beyond(struct policy *policy)
{
    struct arena *arena =
        arena_new_counted(SIZE_MAX, sizeof(struct conversation) + sizeof(struct terms));
    struct conversation *conversation = arena ? ARENA_NEW(arena, struct conversation) : NULL;

    if (conversation == NULL)
        return NULL;
    conversation->arena = arena;
    conversation->beyond = true;
    conversation->terms = ARENA_NEW(arena, struct terms);
    tally_bound("max-sessions");
    conversation->withholds = settings_mode(policy_settings(policy)) == MODE_AUDIT;
    beyond_tell(conversation->withholds);
    return conversation;
}

/* Tells the macros that came with a command of this stage. */
static void
macros_tell(struct conversation *conversation, enum stage stage)
{
    const char *const *lists[2];

    witness_enter(conversation->seen, stage);
    if (!negotiate_macros(conversation->needs, conversation->steps, stage, lists))
        return;
    for (size_t i = 0; i < 2; i++)
        for (const char *const *name = lists[i]; *name; name++) {
            const char *value = conversation->macro(conversation->engine, *name);

            if (value)
                dialogue_macro(conversation->dialogue, stage, slice_of(*name), slice_of(value));
            else if (conversation->by_smtp)
                lacks_tell_macro(stage, *name);
        }
}

/* False: there is none. */
static bool
conversation_is_there(const struct conversation *conversation)
{
    return conversation && !conversation->beyond;
}

/* False: there is no conversation, or no memory. */
static bool
command_wake(struct conversation *conversation)
{
    if (!conversation_is_there(conversation))
        return false;
    if (conversation->scratch == NULL)
        return arena_guard(conversation->arena, scratch_make, conversation);
    arena_reset(conversation->scratch);
    return true;
}

/* Once nothing in it is wanted any more: who rests takes little. */
static void
command_rest(struct conversation *conversation)
{
    arena_free(&conversation->scratch);
}

static bool
command_begin(struct conversation *conversation, enum stage stage)
{
    if (!command_wake(conversation))
        return false;
    macros_tell(conversation, stage);
    return true;
}

struct saying {
    struct arena *arena;
    const struct answer *answer;
    enum stage stage;
    struct said said;
};

static void
saying_make(void *of)
{
    struct saying *saying = of;

    saying->said = conversation_said(saying->arena, saying->answer, saying->stage);
}

/* Before its end a test that is played goes on, where a message would be taken. */
static bool
is_taken_early(const struct conversation *conversation, enum word word)
{
    return played_is_on(conversation->played) && (word == WORD_ACCEPT || word == WORD_DISCARD);
}

/* no_reply: the bit under which the MTA doesn't wait for an answer to this command. */
static struct said
answer_say(const struct conversation *conversation, enum stage stage, unsigned no_reply,
           struct answer answer)
{
    struct saying saying = {conversation->scratch, &answer, stage, said_without(conversation)};
    enum word word;

    if (conversation->steps & no_reply)
        saying.said = (struct said){.word = WORD_NOTHING};
    else
        arena_guard(conversation->arena, saying_make, &saying);
    if (is_taken_early(conversation, saying.said.word))
        saying.said = (struct said){.word = WORD_GO_ON};
    word = saying.said.word;
    witness_answered(conversation->seen, stage,
                     word == WORD_GO_ON || word == WORD_SKIP || word == WORD_NOTHING);
    return saying.said;
}

struct said
conversation_connect(struct conversation *conversation, struct slice host, const struct ip *ip,
                     unsigned port)
{
    if (!command_begin(conversation, STAGE_CONNECT))
        return said_without(conversation);
    witness_peer(conversation->seen, host, ip);
    conversation->by_smtp = ip && port != 0;
    return answer_say(conversation, STAGE_CONNECT, PROTOCOL_NR_CONN,
                      dialogue_connect(conversation->dialogue, host, ip, port));
}

struct said
conversation_helo(struct conversation *conversation, struct slice argument)
{
    if (!command_begin(conversation, STAGE_HELO))
        return said_without(conversation);
    played_end(conversation->played);
    return answer_say(conversation, STAGE_HELO, PROTOCOL_NR_HELO,
                      dialogue_helo(conversation->dialogue, argument));
}

struct room {
    struct arena *arena;
    size_t count;
    struct slice *words;
};

static void
room_make(void *of)
{
    struct room *room = of;

    room->words = ARENA_ARRAY(room->arena, room->count + 1, struct slice);
}

struct slice *
conversation_words(struct conversation *conversation, size_t count)
{
    struct room room = {.count = count};

    if (!command_wake(conversation))
        return NULL;
    room.arena = conversation->scratch;
    return arena_guard(conversation->arena, room_make, &room) ? room.words : NULL;
}

struct said
conversation_mail(struct conversation *conversation, const struct slice *argument, size_t count)
{
    if (!conversation_is_there(conversation) || argument == NULL)
        return said_without(conversation);
    witness_message(conversation->seen, true);
    played_end(conversation->played);
    macros_tell(conversation, STAGE_MAIL);
    return answer_say(conversation, STAGE_MAIL, PROTOCOL_NR_MAIL,
                      dialogue_mail(conversation->dialogue, argument, count));
}

static struct said
conversation_nonce(struct conversation *conversation, enum nonce_kind kind,
                   const struct nonce *nonce, const struct slice *argument, size_t count)
{
    struct dialogue *dialogue = conversation->dialogue;
    struct answer answer;

    if (kind == NONCE_FAILURE && played_is_by(conversation->played, nonce)) {
        nonces_note_failure(nonce);
        return (struct said){.word = WORD_HANG_UP};
    }
    if (kind == NONCE_FAILURE || !played_begin(&conversation->played, dialogue, nonce, &answer))
        answer = dialogue_rcpt(dialogue, argument, count);
    return answer_say(conversation, STAGE_RCPT, 0, answer);
}

struct said
conversation_rcpt(struct conversation *conversation, const struct slice *argument, size_t count)
{
    enum nonce_kind kind;
    struct nonce nonce;

    if (!conversation_is_there(conversation) || argument == NULL)
        return said_without(conversation);
    witness_message(conversation->seen, true);
    macros_tell(conversation, STAGE_RCPT);
    kind = played_nonce(argument, count, &nonce);
    if (kind != NONCE_NONE)
        return conversation_nonce(conversation, kind, &nonce, argument, count);
    return answer_say(conversation, STAGE_RCPT, 0,
                      dialogue_rcpt(conversation->dialogue, argument, count));
}

struct said
conversation_data(struct conversation *conversation)
{
    if (!command_begin(conversation, STAGE_DATA))
        return said_without(conversation);
    return answer_say(conversation, STAGE_DATA, PROTOCOL_NR_DATA,
                      dialogue_data(conversation->dialogue));
}

/* Macros come at the end of the header. */
struct said
conversation_header(struct conversation *conversation, struct slice name, struct slice body)
{
    if (!command_wake(conversation))
        return said_without(conversation);
    witness_enter(conversation->seen, STAGE_HEADER);
    return answer_say(conversation, STAGE_HEADER, PROTOCOL_NR_HDR,
                      dialogue_header(conversation->dialogue, name, body));
}

struct said
conversation_header_end(struct conversation *conversation)
{
    if (!command_begin(conversation, STAGE_HEADER))
        return said_without(conversation);
    return answer_say(conversation, STAGE_HEADER, PROTOCOL_NR_EOH,
                      dialogue_header_end(conversation->dialogue));
}

struct said
conversation_body(struct conversation *conversation, struct slice piece)
{
    struct said said;

    if (!command_wake(conversation))
        return said_without(conversation);
    witness_enter(conversation->seen, STAGE_BODY);
    said = answer_say(conversation, STAGE_BODY, 0, dialogue_body(conversation->dialogue, piece));
    if (said.word == WORD_GO_ON && conversation->steps & PROTOCOL_SKIP &&
        dialogue_body_is_unneeded(conversation->dialogue))
        said.word = WORD_SKIP;
    return said;
}

/* The next change; behind the last the answer, with which all that the message took is given back.
 */
static struct said
end_go_on(struct conversation *conversation)
{
    struct said said = {.word = WORD_CHANGE, .change = conversation->change};

    if (conversation->change)
        return said;
    arena_give_back(conversation->scratch);
    said = answer_say(conversation, STAGE_BODY, 0, conversation->end);
    conversation->end = (struct answer){0};
    dialogue_forget(conversation->dialogue);
    witness_message(conversation->seen, false);
    if (said.reply == NULL)
        command_rest(conversation);
    return said;
}

struct said
conversation_end(struct conversation *conversation)
{
    if (!command_begin(conversation, STAGE_BODY))
        return said_without(conversation);
    conversation->end = dialogue_end(conversation->dialogue, &conversation->change);
    if (played_is_on(conversation->played)) {
        conversation->end =
            played_refuse(conversation->played, &conversation->end, conversation->change);
        conversation->change = NULL;
    }
    return end_go_on(conversation);
}

struct said
conversation_changed(struct conversation *conversation, bool made)
{
    const struct edit *change = conversation->change;

    conversation->change = made ? change->next : NULL;
    if (!made)
        conversation->end = dialogue_edit_failed(conversation->dialogue, change);
    return end_go_on(conversation);
}

bool
conversation_write_body(struct conversation *conversation, convert_sink *sink, void *context)
{
    return dialogue_write_body(conversation->dialogue, sink, context);
}

struct said
conversation_unknown(struct conversation *conversation, struct slice command)
{
    if (!command_begin(conversation, STAGE_UNKNOWN))
        return said_without(conversation);
    return answer_say(conversation, STAGE_UNKNOWN, PROTOCOL_NR_UNKN,
                      dialogue_unknown(conversation->dialogue, command));
}

void
conversation_abort(struct conversation *conversation)
{
    if (!conversation_is_there(conversation))
        return;
    command_rest(conversation);
    played_end(conversation->played);
    dialogue_abort(conversation->dialogue);
    witness_message(conversation->seen, false);
}
