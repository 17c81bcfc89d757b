/* What a dialogue takes, when it gives that back, and where its transactions end. */
#include "base/pool.h"
#include "dialogue_steps_inside.h"

/* What an ordinary message takes; what is told of an ordinary client, and what speaks for him. */
enum { MAIL_NEEDS = 256 * 1024, CLIENT_NEEDS = 512 };

const struct refusal refusal_no_memory_at_all = {
    451, "4.3.0", "there is no memory left just now; please try again later",
    "max-memory is reached", LOG_LEVEL_WARNING, "max-memory"};

static size_t
memory_of(const struct policy *policy)
{
    return (size_t)policy_settings(policy)->value[SET_MAX_TRANSACTION_MEMORY].number;
}

static void
draw_id(struct dialogue *dialogue, char id_r[ID_SIZE])
{
    uint64_t number =
        dialogue->next_number ? dialogue->next_number(dialogue->context) : dialogue->counted++;

    record_write_id(number, id_r);
}

void
dialogue_number_transaction(struct dialogue *dialogue)
{
    draw_id(dialogue, dialogue->id);
}

bool
dialogue_has_room(void)
{
    return pool_has(MAIL_NEEDS);
}

struct arena *
dialogue_new_child(struct dialogue *dialogue)
{
    return arena_new_child(dialogue->own, memory_of(dialogue->policy));
}

/* One that was lost before it had any memory is known by its number. */
static void
clear_transaction(struct dialogue *dialogue, struct arena *arena)
{
    struct transaction *transaction = dialogue->transaction;

    *transaction = (struct transaction){.arena = arena, .session = &dialogue->session};
    transaction->recipients_end = &transaction->recipients;
    transaction->refused_end = &transaction->refused;
    transaction->header_end = &transaction->header;
    if (dialogue->open)
        memcpy(transaction->id, dialogue->id, sizeof transaction->id);
}

void
dialogue_wake(struct dialogue *dialogue)
{
    if (dialogue->scratch == NULL)
        dialogue->scratch = dialogue_new_child(dialogue);
    dialogue->session.arena = dialogue->scratch;
    if (dialogue->transaction == NULL) {
        dialogue->transaction =
            arena_resize(dialogue->own, NULL, 0, sizeof *dialogue->transaction);
        *dialogue->transaction = (struct transaction){0};
    }
    if (dialogue->transaction->arena == NULL)
        clear_transaction(dialogue, dialogue_new_child(dialogue));
}

/* Gives back what is needed while something is asked. There is no transaction. */
static void
dialogue_rest(struct dialogue *dialogue)
{
    struct transaction *transaction = dialogue->transaction;

    arena_free(&dialogue->scratch);
    if (transaction)
        arena_free(&transaction->arena);
    arena_resize(dialogue->own, transaction, transaction ? sizeof *transaction : 0, 0);
    dialogue->transaction = NULL;
}

struct arena *
dialogue_arena(const struct dialogue *dialogue)
{
    return dialogue->own;
}

struct dialogue *
dialogue_new(struct policy *policy, dialogue_log *log, void *context)
{
    struct arena *own =
        arena_new_counted(memory_of(policy), sizeof(struct dialogue) + CLIENT_NEEDS);
    struct dialogue *dialogue = own ? ARENA_NEW(own, struct dialogue) : NULL;

    if (dialogue == NULL)
        return NULL;
    dialogue->policy = policy_ref(policy);
    dialogue->settings = policy_settings(policy);
    dialogue->needs = policy_needs(policy);
    dialogue->log = log;
    dialogue->context = context;
    dialogue->mode = settings_mode(dialogue->settings);
    dialogue->own = own;
    dialogue->session.time = time(NULL);
    draw_id(dialogue, dialogue->session.id);
    return dialogue;
}

void
dialogue_set_numbers(struct dialogue *dialogue, uint64_t (*next)(void *context))
{
    dialogue->next_number = next;
    draw_id(dialogue, dialogue->session.id);
}

void
dialogue_free(struct dialogue **dialogue)
{
    struct arena *own;

    if (*dialogue == NULL)
        return;
    own = (*dialogue)->own;
    dialogue_rest(*dialogue);
    arena_resize(own, (*dialogue)->helo, (*dialogue)->helo_room, 0);
    policy_unref(&(*dialogue)->policy);
    arena_free(&own);
    *dialogue = NULL;
}

/* Tables and time of a test are those of its transaction. */
static void
end_played(struct dialogue *dialogue)
{
    if (!dialogue->played)
        return;
    dialogue->played = false;
    dialogue->replacements = NULL;
    dialogue->mode = settings_mode(dialogue->settings);
}

void
dialogue_end_transaction(struct dialogue *dialogue)
{
    struct transaction *transaction = dialogue->transaction;

    if (transaction && transaction->arena)
        arena_give_back(transaction->arena);
    dialogue->pending = (struct macros){0};
    dialogue->settled = (struct answer){0};
    dialogue->failure = (struct refusal){0};
    dialogue->open = dialogue->over = dialogue->decided = dialogue->accept_logged = false;
    dialogue->in_content = dialogue->header_full = false;
    dialogue->discard_logged = false;
    dialogue->lost_after = NULL;
    dialogue->passed = NULL;
    end_played(dialogue);
    dialogue->walk = NULL;
    dialogue->spool = NULL;
    dialogue->remembered_body = NULL;
    dialogue->command = SLICE("");
    dialogue->downgrade = NULL;
    if (transaction)
        clear_transaction(dialogue, transaction->arena);
}

static void
forget_call(struct dialogue *dialogue)
{
    if (dialogue->scratch)
        arena_reset(dialogue->scratch);
    dialogue->events = NULL;
    dialogue->last_walk = NULL;
    dialogue->last_recipient = NULL;
    dialogue->finding = (struct finding){0};
}

void
dialogue_forget(struct dialogue *dialogue)
{
    if (!dialogue->over)
        return;
    dialogue_begin_call(dialogue);
    dialogue_rest(dialogue);
}

/* Its queue ID is told by macros that won't come again; its own is kept. */
void
dialogue_lose(struct dialogue *dialogue, enum stage stage)
{
    bool in_content = dialogue->in_content, any_left = dialogue_has_room();
    const char *after = answer_after(dialogue);

    forget_call(dialogue);
    dialogue_end_transaction(dialogue);
    dialogue->lost_session = dialogue->lost_session || stage <= STAGE_HELO;
    dialogue->failure = any_left ? refusal_no_memory : refusal_no_memory_at_all;
    dialogue->open = stage >= STAGE_MAIL && stage != STAGE_UNKNOWN;
    dialogue->in_content = in_content;
    if (dialogue->open && dialogue->transaction)
        memcpy(dialogue->transaction->id, dialogue->id, sizeof dialogue->id);
    dialogue->lost_after = after;
}

void
dialogue_begin_call(struct dialogue *dialogue)
{
    forget_call(dialogue);
    if (dialogue->over)
        dialogue_end_transaction(dialogue);
}

void
dialogue_abort(struct dialogue *dialogue)
{
    dialogue_begin_call(dialogue);
    dialogue_end_transaction(dialogue);
    dialogue_rest(dialogue);
}
