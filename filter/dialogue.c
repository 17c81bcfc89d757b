/* The order of an SMTP session: when records begin and end, what each command adds to them, and
 * which stage of the policy is walked then. */
#include "count/tally.h"
#include "dialogue_steps_inside.h"
#include "remember.h"

static const struct refusal too_many_recipients = {
    452, "4.5.3", "too many recipients", "max-recipients is reached", LOG_LEVEL_INFO,
    "max-recipients"};

static void
note_queue_id(struct dialogue *dialogue, const struct macros *macros)
{
    macros_find(macros, SLICE("i"), &dialogue->transaction->queue_id);
}

void
dialogue_step_macro(struct dialogue *dialogue, enum stage stage, struct slice name,
                    struct slice value)
{
    struct transaction *transaction = dialogue->transaction;
    bool begins = stage == STAGE_HELO || stage == STAGE_MAIL;

    if (stage == STAGE_CONNECT) {
        macros_set(dialogue->own, &dialogue->connect_macros, name, value);
        return;
    }
    if (dialogue->over || (begins && dialogue->open))
        dialogue_end_transaction(dialogue);
    if (begins || stage == STAGE_RCPT || !dialogue->open) {
        macros_set(transaction->arena, &dialogue->pending, name, value);
        return;
    }
    macros_set(transaction->arena, &transaction->macros, name, value);
    note_queue_id(dialogue, &transaction->macros);
}

/* What HELO told stands before what the connection told, which is kept once. Few tell anything. */
static void
set_session_macros(struct dialogue *dialogue)
{
    struct session *session = &dialogue->session;
    struct macros greeting = {0};
    struct macro **end = &greeting.first;
    struct slice known;

    session->macros = dialogue->connect_macros;
    for (const struct macro *macro = dialogue->pending.first; macro; macro = macro->next) {
        if (macros_find(&session->macros, macro->name, &known) && slice_equal(known, macro->value))
            continue;
        if (dialogue->greeting == NULL)
            dialogue->greeting = dialogue_new_child(dialogue);
        macros_set(dialogue->greeting, &greeting, macro->name, macro->value);
    }
    while (*end)
        end = &(*end)->next;
    *end = session->macros.first;
    session->macros = greeting;
}

struct walk *
dialogue_begin_walk(struct dialogue *dialogue, struct transaction *transaction)
{
    struct walk *walk = walk_begin(dialogue->policy, &dialogue->session, transaction);

    if (remember_is_on(dialogue))
        walk_keep_lookups(walk);
    for (const struct replacement *r = dialogue->replacements; r; r = r->next)
        walk_replace_table(walk, r->table, r->by);
    return walk;
}

static struct answer
walk_connection(struct dialogue *dialogue, enum stage stage)
{
    return answer_stage(dialogue, dialogue_begin_walk(dialogue, NULL), stage, NULL);
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
    session->macros = dialogue->connect_macros;
    return walk_connection(dialogue, STAGE_CONNECT);
}

static struct slice
keep_helo(struct dialogue *dialogue, struct slice argument)
{
    size_t wanted = argument.len + 1;

    if (wanted > dialogue->helo_room) {
        dialogue->helo = arena_resize(dialogue->own, dialogue->helo, dialogue->helo_room, wanted);
        dialogue->helo_room = wanted;
    }
    if (argument.len > 0)
        memcpy(dialogue->helo, argument.at, argument.len);
    dialogue->helo[argument.len] = '\0';
    return (struct slice){dialogue->helo, argument.len};
}

struct answer
dialogue_step_helo(struct dialogue *dialogue, struct slice argument)
{
    struct session *session = &dialogue->session;

    dialogue_begin_call(dialogue);
    if (dialogue->open)
        dialogue_end_transaction(dialogue);
    session->macros = dialogue->connect_macros;
    arena_free(&dialogue->greeting);
    session->helo = SLICE("");
    set_session_macros(dialogue);
    session->has_helo = true;
    session->helo = keep_helo(dialogue, argument);
    dialogue_end_transaction(dialogue);
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
    struct transaction *transaction = dialogue->transaction;
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
    struct transaction *transaction = dialogue->transaction;

    tally_transaction();
    memcpy(transaction->id, dialogue->id, sizeof transaction->id);
    transaction->time = dialogue->has_time ? dialogue->time : time(NULL);
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
    struct transaction *transaction = dialogue->transaction;
    struct slice *copies;

    dialogue_begin_call(dialogue);
    if (dialogue->open)
        dialogue_end_transaction(dialogue);
    begin_transaction(dialogue);
    copies = copy_arguments(transaction->arena, argument, count);
    if (dialogue->lost_session || !dialogue_has_room())
        dialogue->failure = refusal_no_memory_at_all;
    transaction->sender_argument = copies[0];
    address_parse_reverse_path(transaction->arena, copies[0], &transaction->sender);
    esmtp_parse_mail(transaction->arena, copies + 1, count > 0 ? count - 1 : 0,
                     &transaction->parameters);
    dialogue->walk = dialogue_begin_walk(dialogue, transaction);
    return dialogue_walk_message(dialogue, STAGE_MAIL);
}

static struct recipient *
new_recipient(struct dialogue *dialogue, const struct slice *argument, size_t count)
{
    struct transaction *transaction = dialogue->transaction;
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
    struct transaction *transaction = dialogue->transaction;
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
    struct transaction *transaction = dialogue->transaction;
    size_t most = (size_t)dialogue->settings->value[SET_MAX_RECIPIENTS].number;

    dialogue_begin_call(dialogue);
    if (!dialogue->open || dialogue->in_content)
        return answer_refusal(dialogue, STAGE_RCPT, NULL, &refusal_no_transaction);
    if (dialogue->decided && dialogue->played)
        add_refused(transaction, new_recipient(dialogue, argument, count));
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
    struct transaction *transaction = dialogue->transaction, *copy;

    dialogue_begin_call(dialogue);
    if (arena_over(transaction->arena))
        return answer_refusal(dialogue, STAGE_UNKNOWN, NULL, &refusal_no_memory);
    copy = ARENA_NEW(transaction->arena, struct transaction);
    *copy = *transaction;
    copy->session = &dialogue->session;
    copy->command = arena_copy(transaction->arena, command);
    dialogue->command = copy->command;
    if (!dialogue->open) {
        copy->time = dialogue->has_time ? dialogue->time : time(NULL);
        copy->macros = dialogue->pending;
        dialogue->over = true;
    }
    return answer_stage(dialogue, dialogue_begin_walk(dialogue, copy), STAGE_UNKNOWN, NULL);
}
