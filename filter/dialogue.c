/* The order of an SMTP session: when records begin and end, what each command adds to them, and
 * which stage of the policy is walked then. */
#include "base/pool.h"
#include "count/tally.h"
#include "dialogue_steps_inside.h"

/* What an ordinary message takes, and what is told of an ordinary client. */
enum { MAIL_NEEDS = 256 * 1024, CLIENT_NEEDS = 352 };

static const struct refusal no_memory_at_all = {
    451, "4.3.0", "there is no memory left just now; please try again later",
    "max-memory is reached", LOG_LEVEL_WARNING, "max-memory"};
static const struct refusal too_many_recipients = {
    452, "4.5.3", "too many recipients", "max-recipients is reached", LOG_LEVEL_INFO,
    "max-recipients"};

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

/* Guarded: the arenas below the dialogue's own. */
static void
make_arenas(void *of)
{
    struct dialogue *dialogue = of;
    size_t memory = memory_of(dialogue->policy);

    dialogue->greeting = arena_new_child(dialogue->own, memory);
    dialogue->transaction.arena = arena_new_child(dialogue->own, memory);
    dialogue->scratch = arena_new_child(dialogue->own, memory);
    dialogue->session.arena = dialogue->scratch;
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
    if (!arena_guard(own, make_arenas, dialogue))
        dialogue_free(&dialogue);
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
    policy_unref(&(*dialogue)->policy);
    arena_free(&own);
    *dialogue = NULL;
}

static void
end_transaction(struct dialogue *dialogue)
{
    struct arena *arena = dialogue->transaction.arena;

    arena_give_back(arena);
    dialogue->transaction = (struct transaction){.arena = arena};
    dialogue->pending = (struct macros){0};
    dialogue->settled = (struct answer){0};
    dialogue->failure = (struct refusal){0};
    dialogue->open = dialogue->over = dialogue->decided = dialogue->accept_logged = false;
    dialogue->in_content = dialogue->header_full = false;
    dialogue->discard_logged = false;
    dialogue->lost_after[0] = '\0';
    dialogue->passed = NULL;
    dialogue->walk = NULL;
    dialogue->spool = NULL;
    dialogue->downgrade = NULL;
}

void
dialogue_forget(struct dialogue *dialogue)
{
    if (!dialogue->over)
        return;
    dialogue_begin_call(dialogue);
    arena_give_back(dialogue->scratch);
}

/* Its queue ID is told by macros that won't come again; its own is kept. */
void
dialogue_lose(struct dialogue *dialogue, enum stage stage)
{
    bool in_content = dialogue->in_content, any_left = pool_has(MAIL_NEEDS);
    struct transaction *transaction = &dialogue->transaction;
    char id[ID_SIZE];
    char after[sizeof dialogue->lost_after];

    memcpy(id, transaction->id, sizeof id);
    snprintf(after, sizeof after, "%s", answer_after(dialogue) ? answer_after(dialogue) : "");
    arena_reset(dialogue->scratch);
    dialogue->events = NULL;
    dialogue->last_walk = NULL;
    dialogue->last_recipient = NULL;
    dialogue->finding = (struct finding){0};
    end_transaction(dialogue);
    dialogue->lost_session = dialogue->lost_session || stage <= STAGE_HELO;
    dialogue->failure = any_left ? refusal_no_memory : no_memory_at_all;
    transaction->session = &dialogue->session;
    transaction->recipients_end = &transaction->recipients;
    transaction->refused_end = &transaction->refused;
    transaction->header_end = &transaction->header;
    dialogue->open = stage >= STAGE_MAIL && stage != STAGE_UNKNOWN;
    dialogue->in_content = in_content;
    if (dialogue->open)
        memcpy(transaction->id, id, sizeof id);
    memcpy(dialogue->lost_after, after, sizeof after);
}

void
dialogue_begin_call(struct dialogue *dialogue)
{
    arena_reset(dialogue->scratch);
    dialogue->events = NULL;
    dialogue->last_walk = NULL;
    dialogue->last_recipient = NULL;
    dialogue->finding = (struct finding){0};
    if (dialogue->over)
        end_transaction(dialogue);
}

static void
note_queue_id(struct dialogue *dialogue, const struct macros *macros)
{
    macros_find(macros, SLICE("i"), &dialogue->transaction.queue_id);
}

void
dialogue_step_macro(struct dialogue *dialogue, enum stage stage, struct slice name,
                    struct slice value)
{
    struct transaction *transaction = &dialogue->transaction;
    bool begins = stage == STAGE_HELO || stage == STAGE_MAIL;

    if (stage == STAGE_CONNECT) {
        macros_set(dialogue->own, &dialogue->connect_macros, name, value);
        return;
    }
    if (dialogue->over || (begins && dialogue->open))
        end_transaction(dialogue);
    if (begins || stage == STAGE_RCPT || !dialogue->open) {
        macros_set(transaction->arena, &dialogue->pending, name, value);
        return;
    }
    macros_set(transaction->arena, &transaction->macros, name, value);
    note_queue_id(dialogue, &transaction->macros);
}

static void
add_macros(struct dialogue *dialogue, const struct macros *from)
{
    for (const struct macro *macro = from->first; macro; macro = macro->next)
        macros_set(dialogue->greeting, &dialogue->session.macros, macro->name, macro->value);
}

static struct walk *
begin_walk(struct dialogue *dialogue, struct transaction *transaction)
{
    struct walk *walk = walk_begin(dialogue->policy, &dialogue->session, transaction);

    for (const struct replacement *r = dialogue->replacements; r; r = r->next)
        walk_replace_table(walk, r->table, r->by);
    return walk;
}

static struct answer
walk_connection(struct dialogue *dialogue, enum stage stage)
{
    return answer_stage(dialogue, begin_walk(dialogue, NULL), stage, NULL);
}

static bool
is_loopback(const struct ip *ip)
{
    static const struct ip loopback[] = {{4, {127, 0, 0, 1}}, {6, {[15] = 1}}};

    return ip_equal(ip, &loopback[0]) || ip_equal(ip, &loopback[1]);
}

struct answer
dialogue_step_connect(struct dialogue *dialogue, struct slice host, const struct ip *ip,
                      unsigned port)
{
    struct session *session = &dialogue->session;

    dialogue_begin_call(dialogue);
    session->host = arena_copy(dialogue->own, host);
    session->has_ip = ip != NULL;
    if (ip)
        session->ip = *ip;
    session->local = ip == NULL || (port == 0 && is_loopback(ip));
    add_macros(dialogue, &dialogue->connect_macros);
    return walk_connection(dialogue, STAGE_CONNECT);
}

struct answer
dialogue_step_helo(struct dialogue *dialogue, struct slice argument)
{
    struct session *session = &dialogue->session;

    dialogue_begin_call(dialogue);
    if (dialogue->open)
        end_transaction(dialogue);
    arena_give_back(dialogue->greeting);
    session->macros = (struct macros){0};
    session->helo = SLICE("");
    add_macros(dialogue, &dialogue->connect_macros);
    add_macros(dialogue, &dialogue->pending);
    session->has_helo = true;
    session->helo = arena_copy(dialogue->greeting, argument);
    end_transaction(dialogue);
    return walk_connection(dialogue, STAGE_HELO);
}

static bool
may_speak(const struct dialogue *dialogue, enum stage stage)
{
    return stage == STAGE_BODY || dialogue->needs->verdict_stages >> stage & 1;
}

struct answer
dialogue_walk_message(struct dialogue *dialogue, enum stage stage)
{
    struct transaction *transaction = &dialogue->transaction;
    struct answer answer;

    if (dialogue->decided)
        return dialogue->settled;
    if (dialogue->failure.code && may_speak(dialogue, stage))
        return answer_refusal(dialogue, stage, NULL, &dialogue->failure);
    if (dialogue->failure.code)
        return (struct answer){0};
    if (dialogue->passed && !may_speak(dialogue, stage))
        return (struct answer){0};
    if (dialogue->passed)
        answer_withheld(dialogue, stage, dialogue->passed);
    dialogue->passed = NULL;
    answer = answer_stage(dialogue, dialogue->walk, stage, NULL);
    if (dialogue->decided || !arena_over(transaction->arena))
        return answer;
    dialogue->failure = refusal_no_memory;
    return may_speak(dialogue, stage) ? answer_refusal(dialogue, stage, NULL, &refusal_no_memory)
                                      : answer;
}

static struct slice *
copy_arguments(struct arena *arena, const struct slice *argument, size_t count)
{
    struct slice *copies = ARENA_ARRAY(arena, count + 1, struct slice);

    for (size_t i = 0; i < count; i++)
        copies[i] = arena_copy(arena, argument[i]);
    if (count == 0)
        copies[0] = SLICE("");
    return copies;
}

bool
dialogue_keeps_bodies(const struct needs *needs)
{
    return needs->flags & FACT_HOLDS_BODY || actions_change(needs->actions) & CHANGES_BODY;
}

static void
begin_transaction(struct dialogue *dialogue)
{
    struct transaction *transaction = &dialogue->transaction;

    tally_transaction();
    transaction->session = &dialogue->session;
    draw_id(dialogue, transaction->id);
    transaction->time = dialogue->has_time ? dialogue->time : time(NULL);
    transaction->recipients_end = &transaction->recipients;
    transaction->refused_end = &transaction->refused;
    transaction->header_end = &transaction->header;
    transaction->macros = dialogue->pending;
    dialogue->pending = (struct macros){0};
    note_queue_id(dialogue, &transaction->macros);
    dialogue->open = true;
    if (dialogue_keeps_bodies(dialogue->needs))
        dialogue->spool = spool_new(transaction->arena,
                                    (size_t)dialogue->settings->value[SET_MAX_BODY_MEMORY].number);
}

struct answer
dialogue_step_mail(struct dialogue *dialogue, const struct slice *argument, size_t count)
{
    struct transaction *transaction = &dialogue->transaction;
    struct slice *copies;

    dialogue_begin_call(dialogue);
    if (dialogue->open)
        end_transaction(dialogue);
    begin_transaction(dialogue);
    copies = copy_arguments(transaction->arena, argument, count);
    if (dialogue->lost_session || !pool_has(MAIL_NEEDS))
        dialogue->failure = no_memory_at_all;
    transaction->sender_argument = copies[0];
    address_parse_reverse_path(transaction->arena, copies[0], &transaction->sender);
    esmtp_parse_mail(transaction->arena, copies + 1, count > 0 ? count - 1 : 0,
                     &transaction->parameters);
    dialogue->walk = begin_walk(dialogue, transaction);
    return dialogue_walk_message(dialogue, STAGE_MAIL);
}

static struct recipient *
new_recipient(struct dialogue *dialogue, const struct slice *argument, size_t count)
{
    struct transaction *transaction = &dialogue->transaction;
    struct recipient *recipient = ARENA_NEW(transaction->arena, struct recipient);
    struct slice *copies = copy_arguments(transaction->arena, argument, count);

    recipient->argument = copies[0];
    address_parse_forward_path(transaction->arena, copies[0], &recipient->address);
    esmtp_parse_rcpt(transaction->arena, copies + 1, count > 0 ? count - 1 : 0,
                     &recipient->parameters);
    recipient->macros = dialogue->pending;
    recipient->number = ++transaction->offered_count;
    dialogue->pending = (struct macros){0};
    note_queue_id(dialogue, &recipient->macros);
    return recipient;
}

static bool
is_refused(const struct answer *answer)
{
    enum verdict verdict = answer->finding ? answer->finding->verdict : VERDICT_NONE;

    return verdict == VERDICT_REJECT || verdict == VERDICT_TEMPFAIL;
}

static void
add_refused(struct transaction *transaction, struct recipient *recipient)
{
    *transaction->refused_end = recipient;
    transaction->refused_end = &recipient->next;
}

/* Mode audit lets him in with the MTA, but goes on without him, as mode enforce would. */
static struct answer
offer_recipient(struct dialogue *dialogue, struct recipient *recipient)
{
    struct transaction *transaction = &dialogue->transaction;
    struct answer answer;

    dialogue->last_recipient = recipient;
    answer = answer_stage(dialogue, dialogue->walk, STAGE_RCPT, recipient);
    if (is_refused(&answer)) {
        add_refused(transaction, recipient);
        return answer;
    }
    if (arena_over(transaction->arena))
        return answer_refusal(dialogue, STAGE_RCPT, recipient, &refusal_no_memory);
    *transaction->recipients_end = recipient;
    transaction->recipients_end = &recipient->next;
    transaction->recipient_count++;
    return answer;
}

/* One who isn't walked, for the log. */
static const struct recipient *
named(struct dialogue *dialogue, const struct slice *argument, size_t count)
{
    struct recipient *recipient = ARENA_NEW(dialogue->scratch, struct recipient);

    address_parse_forward_path(dialogue->scratch, count > 0 ? argument[0] : SLICE(""),
                               &recipient->address);
    return recipient;
}

struct answer
dialogue_step_rcpt(struct dialogue *dialogue, const struct slice *argument, size_t count)
{
    struct transaction *transaction = &dialogue->transaction;
    size_t most = (size_t)dialogue->settings->value[SET_MAX_RECIPIENTS].number;

    dialogue_begin_call(dialogue);
    if (!dialogue->open || dialogue->in_content)
        return answer_refusal(dialogue, STAGE_RCPT, NULL, &refusal_no_transaction);
    if (dialogue->decided)
        return dialogue->settled;
    if (arena_over(transaction->arena) && dialogue->failure.code == 0)
        dialogue->failure = refusal_no_memory;
    if (dialogue->failure.code)
        return answer_refusal(dialogue, STAGE_RCPT, named(dialogue, argument, count),
                              &dialogue->failure);
    if (transaction->recipient_count >= most)
        return answer_refusal(dialogue, STAGE_RCPT, named(dialogue, argument, count),
                              &too_many_recipients);
    return offer_recipient(dialogue, new_recipient(dialogue, argument, count));
}

/* Walked in a copy, so that the message's own walk goes on undisturbed. */
struct answer
dialogue_step_unknown(struct dialogue *dialogue, struct slice command)
{
    struct transaction *transaction = &dialogue->transaction, *copy;

    dialogue_begin_call(dialogue);
    if (arena_over(transaction->arena))
        return answer_refusal(dialogue, STAGE_UNKNOWN, NULL, &refusal_no_memory);
    copy = ARENA_NEW(transaction->arena, struct transaction);
    *copy = *transaction;
    copy->session = &dialogue->session;
    copy->command = arena_copy(transaction->arena, command);
    if (!dialogue->open) {
        copy->time = dialogue->has_time ? dialogue->time : time(NULL);
        copy->macros = dialogue->pending;
        dialogue->over = true;
    }
    return answer_stage(dialogue, begin_walk(dialogue, copy), STAGE_UNKNOWN, NULL);
}

void
dialogue_abort(struct dialogue *dialogue)
{
    dialogue_begin_call(dialogue);
    arena_give_back(dialogue->scratch);
    end_transaction(dialogue);
}
