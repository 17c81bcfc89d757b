/* From the lines of a test to sessions, transactions and commands. */
#include "live.h"

#include "play/message.h"

static void
live_word(struct buffer *to, struct slice word)
{
    buffer_text(to, " \"");
    for (size_t i = 0; i < word.len; i++) {
        unsigned char octet = (unsigned char)word.at[i];

        if (octet < ' ' || octet >= 127 || octet == '"' || octet == '\\')
            buffer_printf(to, "\\x{%02X}", octet);
        else
            buffer_octet(to, word.at[i]);
    }
    buffer_octet(to, '"');
}

static void
live_line(struct buffer *to, const struct step *step)
{
    struct tm moment;
    char text[64];

    if (step->kind == STEP_TIME) {
        gmtime_r(&step->time, &moment);
        strftime(text, sizeof text, "time %Y-%m-%dT%H:%M:%SZ\n", &moment);
        buffer_text(to, text);
    }
    if (step->kind != STEP_TABLE || step->words < 2)
        return;
    buffer_printf(to, "table %.*s", (int)step->word[0].len, step->word[0].at);
    live_word(to, step->word[1]);
    if (step->fails)
        buffer_text(to, " error");
    else
        live_word(to, step->text);
    buffer_octet(to, '\n');
}

struct slice
live_lines(struct arena *arena, const struct step *steps)
{
    struct buffer *lines = ARENA_NEW(arena, struct buffer);

    buffer_init(lines, arena, SIZE_MAX);
    for (; steps; steps = steps->next)
        live_line(lines, steps);
    return buffer_slice(lines);
}

/* A login other than the one that is given can't be had; its test is played with that one. */
static bool
live_logs_in(const struct live *live)
{
    return live->auth && live->options->user;
}

static void
live_end_turn(struct live *live)
{
    if (live->turn == NULL)
        return;
    if (live->turn->in_data)
        session_end(&live->session, true);
    else if (live->session)
        turn_end(&(struct turn_needs){.arena = live->arena, .session = live->session}, live->turn);
    live->turn = NULL;
}

static void
live_hang_up(struct live *live)
{
    live_end_turn(live);
    session_end(&live->session, false);
}

static bool
is_visible(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~')
            return false;
    return text.len > 0;
}

static bool
live_begin_session(struct live *live)
{
    const char *hello = live->options->hello ? live->options->hello : "client.example";
    struct session_wish wish = {
        .hello = live->helo ? arena_string(live->arena, live->helo->word[0]) : hello,
        .tls = live->tls != NULL,
        .login = live_logs_in(live),
    };
    const char *reason;

    if (!is_visible(slice_of(wish.hello))) {
        live->unplayed = "helo: such an argument isn't sent";
        return false;
    }
    reason = session_begin(live->arena, live->options, &wish, &live->session);
    if (reason)
        live->broken = arena_printf(live->arena, "%s %s", live->options->host, reason);
    live->fresh = true;
    return reason == NULL;
}

/* That of the first recipient behind this step. */
static struct slice
live_domain(const struct live *live, const struct step *step)
{
    struct address address;

    for (; step; step = step->next) {
        if (step->kind != STEP_RCPT)
            continue;
        address_parse_forward_path(live->arena, step->word[0], &address);
        if (is_visible(address.domain))
            return address.domain;
    }
    return SLICE("example.org");
}

static struct turn_needs
live_needs(const struct live *live, const struct step *steps, const struct step *step)
{
    return (struct turn_needs){
        .arena = live->arena,
        .options = live->options,
        .session = live->session,
        .domain = live_domain(live, step),
        .lines = live_lines(live->arena, steps),
    };
}

/* False: nothing more can be played, as behind a transaction that wasn't proven. */
static bool
live_begin_turn(struct live *live, const struct step *steps, const struct step *step)
{
    bool proven = live->turn == NULL || live->turn->id;
    struct turn_needs needs;
    struct turn *turn;

    live_end_turn(live);
    if (!proven)
        return false;
    if (live->session && session_is_worn(live->session))
        live_hang_up(live);
    if (live->session == NULL && !live_begin_session(live))
        return false;
    turn = ARENA_NEW(live->arena, struct turn);
    turn->new_session = live->fresh;
    turn->logged_in = live_logs_in(live);
    needs = live_needs(live, steps, step);
    turn_begin(&needs, step, turn);
    live->fresh = false;
    live->turn = turn;
    *live->turns_end = turn;
    live->turns_end = &turn->next;
    return turn->id != NULL;
}

const char *
live_text(struct arena *arena, const struct step *mail, const struct step *message,
          struct slice *text_r)
{
    struct address address = {.path = SLICE("sender@example.org")};
    const char *reason = NULL;

    *text_r = message->text;
    if (mail && mail->kind == STEP_MAIL)
        address_parse_reverse_path(arena, mail->word[0], &address);
    if (message->words > 0)
        play_message_read(arena, message->word[0].at, text_r, &reason);
    else if (message->text.len == 0)
        *text_r = play_message_default(arena, address.path);
    return reason;
}

static void
live_message(struct live *live, const struct turn_needs *needs, const struct step *step)
{
    struct slice text;
    const char *reason = live_text(live->arena, live->turn->begin, step, &text);

    if (reason)
        live->turn->over = reason;
    turn_message(needs, step, text, live->turn);
}

static bool
live_play_content(struct live *live, const struct turn_needs *needs, const struct step *step)
{
    if (!live->contents && live->turn->over == NULL)
        live->turn->over = "no message is sent to an MTA that takes mail without Postern's answer";
    if (step->kind == STEP_DATA)
        turn_data(needs, step, live->turn);
    else
        live_message(live, needs, step);
    return live->turn->state != TURN_TAKEN;
}

/* False: nothing more can be played. */
static bool
live_play_command(struct live *live, const struct step *steps, const struct step *step)
{
    struct turn_needs needs;

    if (live->turn == NULL && !live_begin_turn(live, steps, step))
        return false;
    needs = live_needs(live, steps, step);
    if (step->kind != STEP_RCPT)
        return live_play_content(live, &needs, step);
    turn_rcpt(&needs, step, live->turn);
    return true;
}

/* Another wish than the session's needs another session. */
static void
live_wish(struct live *live, const struct step **wish, const struct step *step)
{
    live_hang_up(live);
    *wish = step;
}

static bool
live_play_step(struct live *live, const struct step *steps, const struct step *step)
{
    switch (step->kind) {
    case STEP_CONNECT:
        live_wish(live, &live->connect, step);
        live->tls = live->auth = NULL;
        return true;
    case STEP_HELO:
        live_wish(live, &live->helo, step);
        return true;
    case STEP_TLS:
        live_wish(live, &live->tls, step);
        return true;
    case STEP_AUTH:
        live_wish(live, &live->auth, step);
        return true;
    case STEP_MAIL:
        return live_begin_turn(live, steps, step);
    case STEP_RCPT:
    case STEP_DATA:
    case STEP_MESSAGE:
        return live_play_command(live, steps, step);
    case STEP_RSET:
        live_end_turn(live);
        return true;
    case STEP_LOCAL:
    case STEP_STARTTLS:
    case STEP_COMMAND:
    case STEP_MACRO:
    case STEP_TABLE:
    case STEP_TIME:
    case STEP_EXPECT:
        break;
    }
    return true;
}

/* What a client that connects can't do, or had better not. */
static const char *
live_unplayable(const struct step *steps)
{
    for (; steps; steps = steps->next) {
        if (steps->kind == STEP_LOCAL)
            return "local: no client connects";
        if (steps->kind == STEP_STARTTLS)
            return "starttls: a session has TLS from its beginning here, or none";
        if (steps->kind == STEP_COMMAND)
            return "command: only mail is played";
    }
    return NULL;
}

static bool
live_begin(struct live *live, const struct step *steps)
{
    live->turns_end = &live->turns;
    live->unplayed = live_unplayable(steps);
    return live->unplayed == NULL;
}

/* One that says nothing of mail is played with a transaction all the same. */
static void
live_need_turn(struct live *live, const struct step *steps)
{
    if (live->turns == NULL && live->broken == NULL)
        live_begin_turn(live, steps, NULL);
}

void
live_play(struct live *live, const struct step *steps)
{
    if (!live_begin(live, steps))
        return;
    for (const struct step *step = steps; step; step = step->next)
        if (!live_play_step(live, steps, step))
            break;
    live_need_turn(live, steps);
    live_hang_up(live);
}

struct turn *
live_prove(struct live *live, const struct step *steps)
{
    if (!live_begin(live, steps))
        return NULL;
    for (const struct step *step = steps; step && live->turns == NULL; step = step->next) {
        bool speaks =
            step->kind == STEP_RCPT || step->kind == STEP_DATA || step->kind == STEP_MESSAGE;

        if (speaks || !live_play_step(live, steps, step))
            break;
    }
    live_need_turn(live, steps);
    return live->turns;
}

const char *
live_fail(struct live *live, const struct step *steps)
{
    struct turn_needs needs = live_needs(live, steps, live->turn->begin);

    return turn_fail(&needs, live->turn);
}

void
live_end(struct live *live)
{
    live_hang_up(live);
}
