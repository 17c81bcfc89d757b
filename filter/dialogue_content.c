/* The content of a message as it comes: its header, its body, its end. */
#include "dialogue_steps_inside.h"

#include "count/tally.h"
#include "mail/mailbox.h"
#include "remember.h"

static const struct refusal no_recipient = {
    451, "4.3.0", "this can't be handled just now; please try again later",
    "a message for recipients that were all refused", LOG_LEVEL_WARNING, NULL};
static const struct refusal header_too_large = {
    552, "5.3.4", "the header of this message is too large", "max-header-bytes is passed",
    LOG_LEVEL_INFO, "max-header-bytes"};
static const struct refusal too_many_fields = {
    552, "5.3.4", "the header of this message has too many fields", "max-header-fields is passed",
    LOG_LEVEL_INFO, "max-header-fields"};
static const struct refusal too_many_authors = {
    554, "5.6.0", "this message names too many mailboxes as its authors",
    "max-author-mailboxes is passed", LOG_LEVEL_INFO, "max-author-mailboxes"};

/* In mode audit the MTA goes on with recipients that would all have been refused; else it
 * may not. */
static void
miss_recipients(struct dialogue *dialogue)
{
    if (dialogue->mode == MODE_AUDIT && dialogue->transaction->refused) {
        walk_go_on_with_refused(dialogue->walk);
        return;
    }
    dialogue->decided = dialogue->decided || dialogue->mode == MODE_AUDIT;
    dialogue->failure = no_recipient;
}

static bool
begin_content(struct dialogue *dialogue)
{
    const struct transaction *transaction = dialogue->transaction;

    dialogue_begin_call(dialogue);
    if (dialogue->open && transaction->offered_count > 0 && transaction->recipient_count == 0)
        miss_recipients(dialogue);
    if (dialogue->open && !dialogue->in_content)
        tally_message();
    dialogue->in_content = dialogue->open;
    return dialogue->open;
}

struct answer
dialogue_step_data(struct dialogue *dialogue)
{
    dialogue_begin_call(dialogue);
    if (dialogue->in_content || !begin_content(dialogue))
        return answer_refusal(dialogue, STAGE_DATA, NULL, &refusal_no_transaction);
    return dialogue_walk_message(dialogue, STAGE_DATA);
}

static bool
records_header(const struct dialogue *dialogue)
{
    return dialogue->needs->flags & FACT_READS_HEADER;
}

static void
record_field(struct transaction *transaction, struct slice name, struct slice body)
{
    struct header_field *field = ARENA_NEW(transaction->arena, struct header_field);

    field->name = arena_copy(transaction->arena, name);
    field->body = arena_copy(transaction->arena, body);
    *transaction->header_end = field;
    transaction->header_end = &field->next;
}

static size_t
limit(const struct dialogue *dialogue, enum setting_id id)
{
    return (size_t)dialogue->settings->value[id].number;
}

/* The limit that the header passes with this field, or NULL. Counted before anything is kept. The
 * octets beside name and body are the colon, the space and the line end. */
static const struct refusal *
count_field(struct dialogue *dialogue, struct slice name, struct slice body)
{
    struct transaction *transaction = dialogue->transaction;
    size_t size = transaction->header_size + name.len + body.len + 4;
    size_t authors = limit(dialogue, SET_MAX_AUTHOR_MAILBOXES) - transaction->author_count;
    size_t found = 0;

    if (size > limit(dialogue, SET_MAX_HEADER_BYTES))
        return &header_too_large;
    if (transaction->header_count == limit(dialogue, SET_MAX_HEADER_FIELDS))
        return &too_many_fields;
    if (mailbox_author_field_of(name) < AUTHOR_FIELDS)
        found = mailboxes_count(body, authors + 1);
    if (found > authors)
        return &too_many_authors;
    transaction->header_size = size;
    transaction->header_count++;
    transaction->author_count += found;
    return NULL;
}

/* In mode audit rules go on as if what is beyond weren't there. */
static void
pass_limit(struct dialogue *dialogue, const struct refusal *passed)
{
    dialogue->header_full = true;
    if (dialogue->mode == MODE_AUDIT)
        dialogue->passed = passed;
    else
        dialogue->failure = *passed;
}

struct answer
dialogue_step_header(struct dialogue *dialogue, struct slice name, struct slice body)
{
    struct transaction *transaction = dialogue->transaction;
    const struct refusal *passed;

    if (!begin_content(dialogue))
        return answer_refusal(dialogue, STAGE_HEADER, NULL, &refusal_no_transaction);
    if (dialogue->decided)
        return dialogue->settled;
    if (dialogue->failure.code || dialogue->header_full || !records_header(dialogue))
        return (struct answer){0};
    passed = count_field(dialogue, name, body);
    if (passed)
        pass_limit(dialogue, passed);
    else if (arena_over(transaction->arena))
        dialogue->failure = refusal_no_memory;
    else
        record_field(transaction, name, body);
    return (struct answer){0};
}

struct answer
dialogue_step_header_end(struct dialogue *dialogue)
{
    if (!begin_content(dialogue))
        return answer_refusal(dialogue, STAGE_HEADER, NULL, &refusal_no_transaction);
    return dialogue_walk_message(dialogue, STAGE_HEADER);
}

static void
fail_spool(struct dialogue *dialogue)
{
    dialogue->failure = refusal_no_memory;
    dialogue->failure.text = "the message can't be kept just now; please try again later";
    dialogue->failure.reason = spool_reason(dialogue->spool);
    dialogue->failure.bound = NULL;
}

/* One packet of the milter protocol holds 65535 octets (MILTER_CHUNK_SIZE): name, value, and what
 * says so. */
enum { FIELD_MAX = 65500 };

/* The structure is looked for from the first piece of the body on, when the header is known. */
static void
begin_scan(struct dialogue *dialogue)
{
    struct transaction *transaction = dialogue->transaction;
    const struct setting_value *value = dialogue->settings->value;
    struct mime_limits limits = {.depth = (unsigned)value[SET_MAX_MIME_DEPTH].number,
                                 .parts = (unsigned)value[SET_MAX_MIME_PARTS].number,
                                 .header = (size_t)value[SET_MAX_HEADER_BYTES].number,
                                 .field = FIELD_MAX};

    if (transaction->scan || !(dialogue->needs->flags & FACT_READS_PARTS))
        return;
    transaction->scan = mime_scan_new(transaction->arena, &limits);
    mime_scan_header(transaction->scan, transaction->header);
}

/* What is kept for a conversion alone has an end. */
static bool
keeps_body(const struct dialogue *dialogue)
{
    return dialogue->spool &&
           (dialogue->needs->flags & FACT_HOLDS_BODY || !dialogue_holds_too_much(dialogue));
}

struct answer
dialogue_step_body(struct dialogue *dialogue, struct slice piece)
{
    if (!begin_content(dialogue))
        return answer_refusal(dialogue, STAGE_BODY, NULL, &refusal_no_transaction);
    if (dialogue->decided)
        return dialogue->settled;
    if (dialogue->failure.code)
        return (struct answer){0};
    body_scan_add(&dialogue->transaction->body, piece);
    remember_body(dialogue, piece);
    begin_scan(dialogue);
    if (dialogue->transaction->scan)
        mime_scan_add(dialogue->transaction->scan, piece);
    if (arena_over(dialogue->transaction->arena))
        dialogue->failure = refusal_no_memory;
    else if (keeps_body(dialogue) && !spool_add(dialogue->spool, piece))
        fail_spool(dialogue);
    return (struct answer){0};
}

bool
dialogue_body_is_unneeded(const struct dialogue *dialogue)
{
    return !dialogue->open || dialogue->decided || dialogue->failure.code ||
           !walk_needs_body(dialogue->walk);
}

struct answer
dialogue_step_end(struct dialogue *dialogue, const struct edit **edits_r)
{
    struct transaction *transaction = dialogue->transaction;
    struct answer answer;

    *edits_r = NULL;
    if (!begin_content(dialogue))
        return answer_refusal(dialogue, STAGE_BODY, NULL, &refusal_no_transaction);
    body_scan_end(&transaction->body);
    begin_scan(dialogue);
    if (transaction->scan)
        transaction->mime = mime_scan_end(transaction->scan);
    if (dialogue->needs->flags & FACT_HOLDS_BODY && !dialogue->failure.code &&
        !spool_text(dialogue->spool, &transaction->body_text))
        fail_spool(dialogue);
    answer = dialogue_walk_message(dialogue, STAGE_BODY);
    if (!dialogue->decided && answer_after(dialogue) == NULL)
        answer = answer_accepted(dialogue, answer, edits_r);
    dialogue->over = true;
    return answer;
}

struct running {
    struct convert_plan *downgrade;
    convert_sink *sink;
    void *context;
};

static bool
convert_piece(void *context, struct slice piece)
{
    struct running *running = context;

    return convert_add(running->downgrade, piece, running->sink, running->context);
}

bool
dialogue_step_write_body(struct dialogue *dialogue, convert_sink *sink, void *context)
{
    struct running running = {dialogue->downgrade, sink, context};
    bool passed = spool_pass(dialogue->spool, convert_piece, &running);

    return convert_end(dialogue->downgrade, sink, context) && passed;
}
