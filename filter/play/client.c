/* The commands of a client as Postfix hands them on: in which order, with which macros, and what is
 * put in where a scenario is silent. */
#include "conversation.h"
#include "play_inside.h"
#include "stand_ins.h"

enum { CLIENT_PORT = 50000, PIECE = 65535 };

const char *
player_text(struct arena *arena, const char *before, struct slice s)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, 4096);
    buffer_text(text, before);
    log_escape(text, s);
    return buffer_slice(text).at;
}

void
player_fail(struct player *player, struct place place, const char *text)
{
    struct play_failure *failure = ARENA_NEW(player->arena, struct play_failure);

    failure->place = place;
    failure->text = text;
    *player->failures_end = failure;
    player->failures_end = &failure->next;
}

const char *
player_over(const struct player *player)
{
    if (player->connection_over)
        return player->connection_over;
    return player->in_transaction ? player->transaction_over : NULL;
}

static void
keep_log(void *context, enum log_level level, const char *text)
{
    struct player *player = context;
    struct play_line *line = ARENA_NEW(player->arena, struct play_line);

    line->text =
        arena_printf(player->arena, "%s%s", level == LOG_LEVEL_INFO ? "" : "warning: ", text);
    *player->log_end = line;
    player->log_end = &line->next;
}

static void
keep_events(struct player *player)
{
    const struct event *first = dialogue_events(player->dialogue);
    struct outcome *outcome = &player->outcome;
    size_t count = outcome->events;
    const struct event **kept;

    for (const struct event *event = first; event; event = event->next)
        count++;
    kept = ARENA_ARRAY(player->arena, count, const struct event *);
    for (size_t i = 0; i < outcome->events; i++)
        kept[i] = outcome->event[i];
    for (const struct event *event = first; event; event = event->next)
        kept[outcome->events++] = event;
    outcome->event = kept;
}

/* What a stage was answered becomes the outcome of the line; false when the client is refused. */
static bool
take_answer(struct player *player, enum stage stage, const char *command, struct answer answer,
            const struct edit *edits)
{
    struct outcome *outcome = &player->outcome;
    const struct finding *finding = answer.finding;
    const struct transaction *transaction = dialogue_transaction(player->dialogue);
    struct played played = {
        .stage = stage,
        .command = command,
        .by_default = player->by_default,
        .answer = answer,
        .recipient = dialogue_recipient(player->dialogue),
        .recipients = transaction ? transaction->recipients : NULL,
        .walk = dialogue_walk(player->dialogue),
        .edits = edits,
    };

    keep_events(player);
    outcome->verdict = answer.verdict;
    if (answer.verdict == VERDICT_NONE && finding)
        outcome->verdict = finding->verdict;
    outcome->reply = answer.reply;
    outcome->rule = finding ? finding->rule : NULL;
    outcome->reason = finding && finding->verdict == VERDICT_DISCARD ? finding->reason : NULL;
    outcome->edits = edits;
    if (player->watch)
        player->watch(player->context, &played);
    return answer.verdict != VERDICT_REJECT && answer.verdict != VERDICT_TEMPFAIL;
}

static void
set_macro(struct player *player, enum stage stage, const char *name, struct slice value)
{
    if (value.len > 0)
        dialogue_macro(player->dialogue, stage, slice_of(name), value);
}

/* Those of `macro` lines come last, and so win. */
static void
set_user_macros(struct player *player, enum stage stage)
{
    for (const struct user_macro *macro = player->macros; macro; macro = macro->next)
        dialogue_macro(player->dialogue, stage, macro->name, macro->value);
    player->macros = NULL;
    player->macros_end = &player->macros;
}

static void
replace_tables(struct player *player)
{
    for (const struct step *step = player->steps; step; step = step->next) {
        const struct table *table;

        if (!stand_ins_begin(player->steps, step))
            continue;
        table = policy_table(player->policy, step->word[0]);
        if (table)
            dialogue_replace_table(player->dialogue, table,
                                   stand_ins_table(player->arena, table, step));
        else
            player_fail(player, step->place,
                        player_text(player->arena, "the policy has no table ", step->word[0]));
    }
}

/* From 0 on, so that a test can name an id. */
static uint64_t
count(void *context)
{
    struct player *player = context;

    return player->numbers++;
}

static void
begin_dialogue(struct player *player)
{
    if (player->connected) {
        dialogue_free(&player->dialogue);
        player->tls[0] = player->auth[0] = SLICE("");
    }
    player->dialogue = dialogue_new(player->policy, keep_log, player);
    dialogue_set_numbers(player->dialogue, count);
    dialogue_enforce(player->dialogue);
    if (player->has_time)
        dialogue_set_time(player->dialogue, player->time);
    replace_tables(player);
    player->connected = true;
    player->greeted = player->in_transaction = player->settled = false;
    player->connection_over = player->transaction_over = NULL;
}

static void
connect_from(struct player *player, const struct ip *ip, struct slice name, unsigned port)
{
    char address[IP_TEXT_SIZE];
    struct slice text = slice_of(ip_text(ip, address));
    struct slice host = name.len ? name : slice_of(arena_printf(player->arena, "[%s]", address));
    const char *command = arena_printf(player->arena, "connection from [%s]", address);

    if (name.len)
        command = arena_printf(player->arena, "connection from %.*s [%s]", (int)name.len, name.at,
                               address);
    begin_dialogue(player);
    set_macro(player, STAGE_CONNECT, "j", SLICE("mx.example.com"));
    set_macro(player, STAGE_CONNECT, "v", SLICE("Postfix"));
    set_macro(player, STAGE_CONNECT, "{daemon_name}", SLICE("mx.example.com"));
    if (port > 0) {
        set_macro(player, STAGE_CONNECT, "{client_addr}", text);
        set_macro(player, STAGE_CONNECT, "{client_name}", name.len ? name : SLICE("unknown"));
        set_macro(player, STAGE_CONNECT, "{client_ptr}", name.len ? name : SLICE("unknown"));
        set_macro(player, STAGE_CONNECT, "{client_port}",
                  slice_of(arena_printf(player->arena, "%u", port)));
        set_macro(player, STAGE_CONNECT, "{client_resolve}",
                  name.len ? SLICE("OK") : SLICE("FAIL"));
    }
    set_user_macros(player, STAGE_CONNECT);
    if (!take_answer(player, STAGE_CONNECT, command,
                     dialogue_connect(player->dialogue, host, ip, port), NULL))
        player->connection_over = "the connection was refused";
}

void
player_connect_local(struct player *player)
{
    connect_from(player, &(struct ip){4, {127, 0, 0, 1}}, SLICE("localhost"), 0);
    player->helo = SLICE("localhost");
}

void
player_connect(struct player *player, const struct ip *ip, struct slice name)
{
    connect_from(player, ip, name, CLIENT_PORT);
}

/* What a line needs before it, and no line said, is played by default. */
static void
need_connection(struct player *player)
{
    bool by_default = player->by_default;

    if (player->connected)
        return;
    player->by_default = true;
    player_connect(player, &(struct ip){4, {192, 0, 2, 1}}, SLICE("client.example"));
    player->by_default = by_default;
}

static void
set_tls_macros(struct player *player, enum stage stage)
{
    if (player->tls[0].len == 0)
        return;
    set_macro(player, stage, "{tls_version}", player->tls[0]);
    set_macro(player, stage, "{cipher}", player->tls[1]);
    set_macro(player, stage, "{cipher_bits}", player->tls[2]);
}

void
player_helo(struct player *player, struct slice argument)
{
    const char *command = player_text(player->arena, "EHLO ", argument);

    need_connection(player);
    if (player->connection_over)
        return;
    player->helo = argument;
    player->greeted = true;
    player->in_transaction = false;
    player->transaction_over = NULL;
    set_tls_macros(player, STAGE_HELO);
    set_user_macros(player, STAGE_HELO);
    if (!take_answer(player, STAGE_HELO, command, dialogue_helo(player->dialogue, argument), NULL))
        player->connection_over = "its HELO was refused";
}

void
player_need_greeting(struct player *player)
{
    bool by_default = player->by_default;

    need_connection(player);
    player->by_default = true;
    if (!player->greeted && !player->connection_over)
        player_helo(player, player->helo);
    player->by_default = by_default;
}

static struct slice
path_of(struct player *player, struct slice argument)
{
    struct address address;

    address_parse_reverse_path(player->arena, argument, &address);
    return address.path;
}

static struct slice
domain_of(struct player *player, struct slice argument)
{
    struct address address;

    address_parse_reverse_path(player->arena, argument, &address);
    return address.domain;
}

static const char *
command_text(struct player *player, const char *verb, const struct slice *word, size_t words)
{
    const char *text = verb;

    for (size_t i = 0; i < words; i++)
        text = player_text(player->arena, arena_printf(player->arena, "%s%s", text, i ? " " : ""),
                           word[i]);
    return text;
}

/* False when the MTA asks no more: the message is refused, discarded or accepted for good. */
static bool
goes_on(struct player *player, enum stage stage, const char *command, struct answer answer,
        const struct edit *edits)
{
    if (!take_answer(player, stage, command, answer, edits))
        player->transaction_over = "the message was refused";
    player->settled = conversation_nothing_more(&answer);
    return player->transaction_over == NULL && !player->settled;
}

void
player_mail(struct player *player, const struct slice *word, size_t words)
{
    const char *command = command_text(player, "MAIL FROM:", word, words);

    player_need_greeting(player);
    if (player->connection_over)
        return;
    if (player->in_transaction)
        dialogue_abort(player->dialogue);
    player->in_transaction = true;
    player->transaction_over = NULL;
    player->data_done = player->settled = false;
    player->offered = 0;
    player->recipients = NULL;
    player->recipients_end = &player->recipients;
    player->outcome.sender = word[0];
    player->outcome.header = NULL;
    set_tls_macros(player, STAGE_MAIL);
    if (player->auth[0].len > 0) {
        set_macro(player, STAGE_MAIL, "{auth_type}", player->auth[1]);
        set_macro(player, STAGE_MAIL, "{auth_authen}", player->auth[0]);
    }
    set_macro(player, STAGE_MAIL, "{mail_addr}", path_of(player, word[0]));
    set_macro(player, STAGE_MAIL, "{mail_host}", domain_of(player, word[0]));
    set_macro(player, STAGE_MAIL, "{mail_mailer}", SLICE("smtp"));
    set_user_macros(player, STAGE_MAIL);
    goes_on(player, STAGE_MAIL, command, dialogue_mail(player->dialogue, word, words), NULL);
}

static void
need_mail(struct player *player)
{
    static const struct slice sender = {"<sender@example.org>", 20};
    bool by_default = player->by_default;

    player->by_default = true;
    if (!player->in_transaction)
        player_mail(player, &sender, 1);
    player->by_default = by_default;
}

void
player_rcpt(struct player *player, const struct slice *word, size_t words)
{
    const char *command = command_text(player, "RCPT TO:", word, words);
    struct play_recipient *recipient;

    need_mail(player);
    if (player_over(player) || player->settled)
        return;
    set_macro(player, STAGE_RCPT, "{rcpt_addr}", path_of(player, word[0]));
    set_macro(player, STAGE_RCPT, "{rcpt_host}", domain_of(player, word[0]));
    set_macro(player, STAGE_RCPT, "{rcpt_mailer}", SLICE("smtp"));
    set_user_macros(player, STAGE_RCPT);
    player->offered++;
    if (!take_answer(player, STAGE_RCPT, command, dialogue_rcpt(player->dialogue, word, words),
                     NULL))
        return;
    recipient = ARENA_NEW(player->arena, struct play_recipient);
    recipient->argument = word[0];
    *player->recipients_end = recipient;
    player->recipients_end = &recipient->next;
}

void
player_need_recipient(struct player *player)
{
    static const struct slice recipient = {"<recipient@example.org>", 23};
    bool by_default = player->by_default;

    need_mail(player);
    if (player_over(player) || player->settled)
        return;
    player->by_default = true;
    if (player->offered == 0)
        player_rcpt(player, &recipient, 1);
    player->by_default = by_default;
    if (player->recipients)
        return;
    player->transaction_over = "every recipient was refused";
    if (player->outcome.verdict == VERDICT_NONE)
        player->outcome.over = player->transaction_over;
}

void
player_data(struct player *player)
{
    player_need_recipient(player);
    if (player_over(player) || player->settled)
        return;
    player->data_done = true;
    set_macro(player, STAGE_DATA, "i", SLICE("4TEST1234"));
    set_user_macros(player, STAGE_DATA);
    goes_on(player, STAGE_DATA, "DATA", dialogue_data(player->dialogue), NULL);
}

static bool
send_header(struct player *player, const struct play_message *message)
{
    for (const struct header_field *field = message->header; field; field = field->next) {
        struct answer answer = dialogue_header(player->dialogue, field->name, field->body);

        if (answer.verdict != VERDICT_NONE)
            return goes_on(player, STAGE_HEADER, "header field", answer, NULL);
    }
    return goes_on(player, STAGE_HEADER, "end of header", dialogue_header_end(player->dialogue),
                   NULL);
}

static bool
send_body(struct player *player, struct slice body)
{
    for (; body.len > 0; body = slice_from(body, PIECE)) {
        struct answer answer = dialogue_body(player->dialogue, slice_first(body, PIECE));

        if (answer.verdict != VERDICT_NONE)
            return goes_on(player, STAGE_BODY, "body", answer, NULL);
    }
    return true;
}

static void
send_content(struct player *player, const struct play_message *message)
{
    const struct edit *edits;
    struct answer answer;

    if (!send_header(player, message) || !send_body(player, message->body))
        return;
    set_user_macros(player, STAGE_BODY);
    answer = dialogue_end(player->dialogue, &edits);
    take_answer(player, STAGE_BODY, "end of message", answer, edits);
}

void
player_message(struct player *player, struct slice text)
{
    struct play_message message;

    if (!player->data_done)
        player_data(player);
    play_message_split(player->arena, text, &message);
    player->outcome.header = message.header;
    if (!player_over(player) && !player->settled)
        send_content(player, &message);
    player->outcome.is_message = true;
    player->in_transaction = player->settled = false;
}

void
player_default_message(struct player *player)
{
    player_need_recipient(player);
    player_message(player,
                   play_message_default(player->arena, path_of(player, player->outcome.sender)));
}

void
player_command(struct player *player, struct slice line)
{
    player_need_greeting(player);
    if (player->connection_over)
        return;
    set_user_macros(player, STAGE_UNKNOWN);
    take_answer(player, STAGE_UNKNOWN, player_text(player->arena, "", line),
                dialogue_unknown(player->dialogue, line), NULL);
}
