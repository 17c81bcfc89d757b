/* Builds the records that filter/ would, and drives the walk over them. */
#include "walk_play.h"

#include <stdlib.h>

struct stageplay {
    struct arena *arena;
    const struct policy *policy;
    const struct model_mail *mail;
    struct session session;
    struct transaction transaction;
    struct recipient recipient[MAX_RECIPIENTS];
    struct table *by[MODEL_TABLES];
    struct walk *walk;
    struct played *played;
    bool audit;
};

static struct slice
maybe(const char *text)
{
    return slice_of(text ? text : "");
}

static struct slice
path(struct arena *arena, const char *address)
{
    return slice_of(arena_printf(arena, "<%s>", address));
}

static const struct table *
table_named(const struct stageplay *play, unsigned table)
{
    return policy_table(play->policy, slice_of(table == 0 ? "t0" : "t1"));
}

static void
make_tables(struct stageplay *play)
{
    const struct model_mail *mail = play->mail;

    for (unsigned t = 0; t < MODEL_TABLES; t++) {
        struct table_entry *first = NULL, **last = &first;

        for (unsigned i = 0; i < mail->entries; i++) {
            if (mail->entry[i].table != t)
                continue;
            *last = ARENA_NEW(play->arena, struct table_entry);
            (*last)->key = slice_of(mail->entry[i].key);
            (*last)->value = maybe(mail->entry[i].value);
            (*last)->error = mail->entry[i].value == NULL;
            last = &(*last)->next;
        }
        play->by[t] = table_of_entries(play->arena, table_named(play, t), first);
    }
}

static void
make_session(struct stageplay *play)
{
    struct session *session = &play->session;

    session->arena = play->arena;
    session->host = SLICE("client.example");
    session->has_ip =
        play->mail->client_ip && ip_parse(slice_of(play->mail->client_ip), &session->ip);
    session->has_helo = play->mail->helo != NULL;
    session->helo = maybe(play->mail->helo);
}

static void
make_transaction(struct stageplay *play)
{
    struct transaction *transaction = &play->transaction;
    const char *size = play->mail->size;
    struct slice word = size ? slice_of(arena_printf(play->arena, "SIZE=%s", size)) : SLICE("");

    transaction->arena = play->arena;
    transaction->session = &play->session;
    transaction->recipients_end = &transaction->recipients;
    transaction->refused_end = &transaction->refused;
    transaction->header_end = &transaction->header;
    transaction->sender_argument = path(play->arena, play->mail->sender);
    address_parse_reverse_path(play->arena, transaction->sender_argument, &transaction->sender);
    esmtp_parse_mail(play->arena, &word, size ? 1 : 0, &transaction->parameters);
}

static void
begin(struct stageplay *play, struct transaction *transaction)
{
    play->walk = walk_begin(play->policy, &play->session, transaction);
    for (unsigned t = 0; t < MODEL_TABLES; t++)
        walk_replace_table(play->walk, table_named(play, t), play->by[t]);
}

static int
index_of(const struct stageplay *play, const struct recipient *recipient)
{
    return recipient ? (int)(recipient - play->recipient) : NOBODY;
}

static void
note_events(struct stageplay *play)
{
    struct played *played = play->played;

    for (const struct event *event = walk_events(play->walk); event; event = event->next) {
        if (played->events == sizeof played->event / sizeof *played->event)
            abort();
        played->event[played->events++] = (struct seen_event){
            .kind = event->kind,
            .action = event->action,
            .rule = event->rule,
            .text = event->text ? arena_string(play->arena, slice_of(event->text)) : "",
            .after = event->after,
            .recipient = index_of(play, event->recipient),
        };
    }
}

static struct said
walk_one(struct stageplay *play, enum stage stage, struct recipient *recipient)
{
    static const enum model_ending ending[VERDICTS] = {
        [VERDICT_NONE] = END_NONE,       [VERDICT_ACCEPT] = END_ACCEPT,
        [VERDICT_REJECT] = END_REJECT,   [VERDICT_TEMPFAIL] = END_TEMPFAIL,
        [VERDICT_DISCARD] = END_DISCARD,
    };
    struct finding finding = walk_stage(play->walk, stage, recipient);

    return (struct said){ending[finding.verdict], finding.rule, finding.reply};
}

static bool
refuses(struct said said)
{
    return said.ending == END_REJECT || said.ending == END_TEMPFAIL;
}

/* True when it goes no further. */
static bool
end_message(struct stageplay *play, enum stage stage)
{
    if (play->played->over == STAGES)
        play->played->over = stage;
    return !play->audit;
}

/* True when the message goes no further. */
static bool
walk_message(struct stageplay *play, enum stage stage)
{
    bool connection = stage == STAGE_CONNECT || stage == STAGE_HELO;
    struct said said;

    if (!play->played->walked[stage])
        return false;
    said = walk_one(play, stage, NULL);
    play->played->stage[stage] = said;
    if (!connection)
        note_events(play);
    if (!refuses(said) && (said.ending != END_DISCARD || connection))
        return false;
    return end_message(play, stage);
}

/* True when there is nobody to send the message to. */
static bool
offer_recipients(struct stageplay *play)
{
    struct transaction *transaction = &play->transaction;

    for (unsigned i = 0; i < play->mail->recipients; i++) {
        struct recipient *recipient = &play->recipient[i];

        recipient->argument = path(play->arena, play->mail->recipient[i]);
        address_parse_forward_path(play->arena, recipient->argument, &recipient->address);
        esmtp_parse_rcpt(play->arena, NULL, 0, &recipient->parameters);
        recipient->number = ++transaction->offered_count;
        play->played->rcpt[i] = walk_one(play, STAGE_RCPT, recipient);
        note_events(play);
        play->played->let_in[i] = !refuses(play->played->rcpt[i]);
        if (!play->played->let_in[i]) {
            *transaction->refused_end = recipient;
            transaction->refused_end = &recipient->next;
            continue;
        }
        *transaction->recipients_end = recipient;
        transaction->recipients_end = &recipient->next;
        transaction->recipient_count++;
    }
    if (transaction->recipient_count > 0)
        return false;
    if (play->audit)
        walk_go_on_with_refused(play->walk);
    return end_message(play, STAGE_RCPT);
}

static void
add_field(struct stageplay *play, const char *name, const char *body)
{
    struct transaction *transaction = &play->transaction;
    struct header_field *field = ARENA_NEW(play->arena, struct header_field);

    field->name = slice_of(name);
    field->body = slice_of(body);
    *transaction->header_end = field;
    transaction->header_end = &field->next;
    transaction->header_size += field->name.len + field->body.len + 4;
}

static void
send_header(struct stageplay *play)
{
    const struct model_mail *mail = play->mail;
    const char *from = "";

    if (!(policy_needs(play->policy)->flags & FACT_READS_HEADER))
        return;
    for (unsigned i = 0; i < mail->headers_a; i++)
        add_field(play, "X-A", mail->header_a[i]);
    for (unsigned i = 0; i < mail->headers_b; i++)
        add_field(play, "X-B", mail->header_b[i]);
    for (unsigned i = 0; i < mail->froms; i++)
        from = arena_printf(play->arena, "%s%sN%u <%s>", from, i ? ", " : "", i, mail->from[i]);
    if (mail->froms > 0)
        add_field(play, "From", from);
}

static void
send_body(struct stageplay *play)
{
    struct transaction *transaction = &play->transaction;
    struct buffer *body = ARENA_NEW(play->arena, struct buffer);

    if (!walk_needs_body(play->walk))
        return;
    buffer_init(body, play->arena, 1 << 16);
    for (unsigned i = 0; i < play->mail->lines; i++)
        buffer_printf(body, "%s\r\n", play->mail->body[i]);
    for (unsigned i = 0; play->mail->large && i < 200; i++)
        buffer_text(body, MODEL_PADDING "\r\n");
    transaction->body_text = buffer_slice(body);
    body_scan_add(&transaction->body, transaction->body_text);
    body_scan_end(&transaction->body);
}

static void
note_changes(struct stageplay *play)
{
    struct played *played = play->played;

    for (const struct change *change = walk_changes(play->walk); change; change = change->next) {
        if (played->changes == sizeof played->change / sizeof *played->change)
            abort();
        played->change[played->changes++] = (struct seen_change){
            change->kind,
            change->rule,
            change->name,
            change->value,
            index_of(play, change->recipient),
            change->utf8,
        };
    }
    for (unsigned i = 0; i < play->mail->recipients; i++)
        played->off[i] = played->let_in[i] && walk_recipient_is_off(&play->recipient[i]);
}

/* DATA and the end of the header are left out where nothing is read and no verdict can come. */
static void
ask_for_stages(struct stageplay *play)
{
    const struct needs *needs = policy_needs(play->policy);
    unsigned always = 1u << STAGE_RCPT | 1u << STAGE_BODY;

    for (enum stage stage = STAGE_CONNECT; stage <= STAGE_BODY; stage++) {
        play->played->answers[stage] = ((needs->verdict_stages | always) >> stage & 1) != 0;
        play->played->walked[stage] = stage <= STAGE_MAIL || play->played->answers[stage] ||
                                      (needs->read_stages >> stage & 1);
    }
}

static void
play_stages(struct stageplay *play)
{
    ask_for_stages(play);
    begin(play, NULL);
    if (walk_message(play, STAGE_CONNECT))
        return;
    if (play->session.has_helo && walk_message(play, STAGE_HELO))
        return;
    make_transaction(play);
    begin(play, &play->transaction);
    if (walk_message(play, STAGE_MAIL) || offer_recipients(play) || walk_message(play, STAGE_DATA))
        return;
    send_header(play);
    if (walk_message(play, STAGE_HEADER))
        return;
    send_body(play);
    if (!walk_message(play, STAGE_BODY) && play->played->over == STAGES)
        note_changes(play);
}

void
play(struct arena *arena, const struct policy *policy, const struct model_mail *mail,
     struct played *played_r)
{
    struct stageplay play = {.arena = arena, .policy = policy, .mail = mail, .played = played_r};
    struct stageplay *kept = ARENA_NEW(arena, struct stageplay);

    *played_r = (struct played){.over = STAGES};
    *kept = play;
    kept->audit = settings_mode(policy_settings(policy)) == MODE_AUDIT;
    make_session(kept);
    make_tables(kept);
    play_stages(kept);
}
