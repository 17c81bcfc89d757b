/* The commands of one transaction. Whoever adds one sees to it that nothing is said in a
 * transaction that isn't proven. */
#include "turn.h"

#include "base/log.h"
#include "policy/record.h"

static const struct slice default_sender = {"<sender@example.org>", 20};
static const struct slice default_recipient = {"<recipient@example.org>", 23};

static const char *
printable(struct arena *arena, const char *line)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX);
    log_escape(text, slice_of(line));
    return buffer_slice(text).at;
}

/* Verb, path and parameters; NULL: a control character in it would begin another line. */
static const char *
command_line(struct arena *arena, const char *verb, const struct slice *word, size_t words)
{
    struct buffer *line = ARENA_NEW(arena, struct buffer);

    buffer_init(line, arena, SIZE_MAX);
    buffer_text(line, verb);
    for (size_t i = 0; i < words; i++) {
        if (i > 0)
            buffer_octet(line, ' ');
        buffer_add(line, word[i]);
    }
    for (size_t i = 0; i < line->len; i++)
        if ((unsigned char)line->at[i] < ' ' || line->at[i] == 127)
            return NULL;
    return buffer_slice(line).at;
}

static struct turn_reply *
turn_note(struct arena *arena, const struct step *step, const struct server_reply *reply)
{
    struct turn_reply *noted = ARENA_NEW(arena, struct turn_reply);

    noted->step = step;
    noted->code = reply->code;
    noted->text = session_reply_text(arena, reply);
    return noted;
}

/* NULL: it couldn't be said, or nothing was answered; then the turn is over. */
static struct turn_reply *
turn_say(const struct turn_needs *needs, struct turn *turn, const struct step *step,
         const char *line)
{
    struct server_reply reply;

    if (line == NULL) {
        turn->over = "a control character can't be part of a command";
        return NULL;
    }
    if (session_say(needs->session, line, &reply))
        return turn_note(needs->arena, step, &reply);
    turn->over = arena_printf(needs->arena, "the MTA broke the connection at \"%s\"",
                              printable(needs->arena, line));
    return NULL;
}

static const char *
nonce_address(const struct turn_needs *needs, const char *word)
{
    const struct slice *user = &needs->options->nonce_user;
    struct slice domain =
        needs->options->nonce_domain.len ? needs->options->nonce_domain : needs->domain;

    return arena_printf(needs->arena, "RCPT TO:<%.*s%s%s@%.*s>", (int)user->len, user->at,
                        user->len ? "+" : "", word, (int)domain.len, domain.at);
}

/* What Postern says of the nonce, and nobody else can: that and nothing else on the first line, but
 * for the address that Sendmail puts before it. An MTA that asks another one for the recipient, and
 * hands its answer on, adds words of its own. Codes may be softer than Postern's, and a footer may
 * follow. NULL, or the transaction's id. */
static const char *
agreed_id(struct arena *arena, const struct asked_nonce *nonce, const struct server_reply *reply)
{
    struct slice agreed = slice_of(arena_printf(arena, "postern test %s ", nonce->answer));
    struct slice line = slice_first(reply->text, slice_find(reply->text, '\n')), enhanced, address;

    line = slice_from(line, strlen("550 "));
    if (reply->code < 400 || !slice_word(&line, " ", &enhanced))
        return NULL;
    line = slice_trim(line);
    if (line.len > 0 && line.at[0] == '<' && slice_word(&line, " ", &address))
        line = slice_trim(line);
    if (!slice_equal(slice_first(line, agreed.len), agreed) || line.len != agreed.len + ID_SIZE - 1)
        return NULL;
    return arena_string(arena, slice_from(line, agreed.len));
}

static void
turn_doubt(const struct turn_needs *needs, struct turn *turn, const struct server_reply *reply)
{
    bool seen = asking_whether_seen(needs->arena, needs->options->status_socket, turn->nonce.word);

    turn->state = reply->code < 400 ? TURN_DOUBTED : TURN_NOT_PLAYED;
    turn->over = arena_printf(
        needs->arena, "the MTA answered the nonce's %s with \"%s\"%s",
        nonce_address(needs, turn->nonce.word), session_reply_text(needs->arena, reply),
        seen ? ", although Postern was told of it" : ", and Postern was never told of it");
}

static void
turn_prove(const struct turn_needs *needs, struct turn *turn)
{
    struct server_reply reply;

    if (!session_say(needs->session, nonce_address(needs, turn->nonce.word), &reply)) {
        turn->over = "the MTA broke the connection at the nonce";
        return;
    }
    turn->id = agreed_id(needs->arena, &turn->nonce, &reply);
    if (turn->id)
        turn->state = TURN_PLAYED;
    else
        turn_doubt(needs, turn, &reply);
}

/* What Postern knows by now. */
static void
turn_ask(const struct turn_needs *needs, struct turn *turn)
{
    struct slice told = asking_told(needs->arena, needs->options->status_socket, turn->id);

    turn->told = told.len ? told : turn->told;
}

void
turn_begin(const struct turn_needs *needs, const struct step *mail, struct turn *turn)
{
    const struct slice *word = mail && mail->kind == STEP_MAIL ? mail->word : &default_sender;
    size_t words = mail && mail->kind == STEP_MAIL ? mail->words : 1;
    const char *reason;

    turn->begin = mail;
    turn->state = TURN_NOT_PLAYED;
    turn->recipients_end = &turn->recipients;
    turn->has_tls = session_has_tls(needs->session);
    if (!asking_nonce(needs->arena, needs->options->status_socket, needs->lines, &turn->nonce,
                      &reason)) {
        turn->over = reason;
        return;
    }
    turn->mail = turn_say(needs, turn, mail, command_line(needs->arena, "MAIL FROM:", word, words));
    if (turn->mail && turn->mail->code >= 400)
        turn->over = arena_printf(needs->arena, "MAIL was answered with \"%s\"", turn->mail->text);
    if (turn->over == NULL)
        turn_prove(needs, turn);
    if (turn->id)
        turn_ask(needs, turn);
}

const char *
turn_fail(const struct turn_needs *needs, struct turn *turn)
{
    struct server_reply first, second;
    const char *next = arena_printf(needs->arena, "RCPT TO:<postmaster@%.*s>",
                                    (int)needs->domain.len, needs->domain.at);
    const char *text;

    turn->over = "it was for this alone";
    if (!session_say(needs->session, nonce_address(needs, turn->nonce.fails), &first))
        return "the MTA broke the connection";
    text = session_reply_text(needs->arena, &first);
    if (!asking_whether_seen(needs->arena, needs->options->status_socket, turn->nonce.fails))
        return arena_printf(needs->arena,
                            "that can't be told, since the MTA didn't ask Postern, and said \"%s\"",
                            text);
    if (first.code < 400)
        return arena_printf(needs->arena, "Postern hung up, and the MTA said \"%s\"", text);
    if (!session_say(needs->session, next, &second) || second.code >= 400)
        return NULL;
    return arena_printf(needs->arena, "Postern had hung up, and the MTA said \"%s\"",
                        session_reply_text(needs->arena, &second));
}

/* What it said last, if that was a refusal. */
static const char *
told_answer(struct arena *arena, struct slice told)
{
    static const char mark[] = "# said: ";

    while (told.len > 0) {
        size_t len = slice_find(told, '\n');
        struct slice line = slice_first(told, len);

        told = slice_from(told, len + 1);
        if (slice_starts_nocase(line, slice_of(mark)))
            return printable(arena, arena_string(arena, slice_from(line, strlen(mark))));
    }
    return NULL;
}

/* How many recipients Postern was told of. */
static size_t
count_told(struct slice told)
{
    size_t count = 0;

    while (told.len > 0) {
        size_t len = slice_find(told, '\n');

        count += slice_starts_nocase(told, SLICE("rcpt "));
        if (slice_starts_nocase(told, SLICE("message")))
            return count;
        told = slice_from(told, len + 1);
    }
    return count;
}

void
turn_rcpt(const struct turn_needs *needs, const struct step *rcpt, struct turn *turn)
{
    const struct slice *word = rcpt ? rcpt->word : &default_recipient;
    struct turn_reply *reply;
    size_t count;

    if (turn->over)
        return;
    reply = turn_say(needs, turn, rcpt,
                     command_line(needs->arena, "RCPT TO:", word, rcpt ? rcpt->words : 1));
    if (reply == NULL)
        return;
    turn_ask(needs, turn);
    count = count_told(turn->told);
    reply->seen = count > turn->told_recipients;
    turn->told_recipients = count;
    if (reply->seen)
        reply->said = told_answer(needs->arena, turn->told);
    turn->taken += reply->code < 300;
    *turn->recipients_end = reply;
    turn->recipients_end = &reply->next;
}

static void
need_recipient(const struct turn_needs *needs, struct turn *turn)
{
    if (turn->recipients == NULL)
        turn_rcpt(needs, NULL, turn);
    if (turn->over == NULL && turn->taken == 0)
        turn->over = "every recipient was refused";
}

void
turn_data(const struct turn_needs *needs, const struct step *step, struct turn *turn)
{
    need_recipient(needs, turn);
    if (turn->over || turn->in_data)
        return;
    turn->end = turn_say(needs, turn, step, "DATA");
    turn->in_data = turn->end && turn->end->code == 354;
    if (!turn->in_data && turn->over == NULL)
        turn->over = arena_printf(needs->arena, "DATA was answered with \"%s\"", turn->end->text);
    if (!turn->in_data)
        turn_ask(needs, turn);
    if (!turn->in_data && turn->end)
        turn->end->said = told_answer(needs->arena, turn->told);
}

void
turn_message(const struct turn_needs *needs, const struct step *step, struct slice text,
             struct turn *turn)
{
    struct server_reply reply;

    turn_data(needs, step, turn);
    if (!turn->in_data || turn->over)
        return;
    turn->end = NULL;
    turn->over = "the message is over";
    if (!session_send(needs->session, text, &reply)) {
        turn->over = "the MTA broke the connection within the message";
        return;
    }
    turn->in_data = false;
    turn->end = turn_note(needs->arena, step, &reply);
    if (reply.code < 400)
        turn->state = TURN_TAKEN;
    turn_ask(needs, turn);
    turn->end->said = told_answer(needs->arena, turn->told);
}

void
turn_end(const struct turn_needs *needs, struct turn *turn)
{
    struct server_reply reply;

    if (needs->session && !turn->in_data)
        session_say(needs->session, "RSET", &reply);
    turn->over = turn->over ? turn->over : "the transaction is over";
}
