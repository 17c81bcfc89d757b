/* Plays the lines of a scenario one after the other, and checks what they expect. */
#include "play.h"

#include "play_inside.h"

static void
play_connect(struct player *player, const struct step *step)
{
    struct ip ip;

    ip_parse(step->word[0], &ip);
    player_connect(player, &ip, step->words > 1 ? step->word[1] : SLICE(""));
}

static void
play_local(struct player *player, const struct step *step)
{
    (void)step;
    player_connect_local(player);
}

static void
play_helo(struct player *player, const struct step *step)
{
    player_helo(player, step->word[0]);
}

static void
play_tls(struct player *player, const struct step *step)
{
    player->tls[0] = step->words > 0 ? step->word[0] : SLICE("TLSv1.3");
    player->tls[1] = step->words > 1 ? step->word[1] : SLICE("TLS_AES_256_GCM_SHA384");
    player->tls[2] = step->words > 2 ? step->word[2] : SLICE("256");
}

/* The client must greet again, and nobody is logged in (RFC 3207 section 4.2). */
static void
play_starttls(struct player *player, const struct step *step)
{
    player_need_greeting(player);
    play_tls(player, step);
    player->auth[0] = SLICE("");
    player->greeted = false;
}

static void
play_auth(struct player *player, const struct step *step)
{
    player->auth[0] = step->word[0];
    player->auth[1] = step->words > 1 ? step->word[1] : SLICE("PLAIN");
}

static void
play_mail(struct player *player, const struct step *step)
{
    player_mail(player, step->word, step->words);
}

static void
play_rcpt(struct player *player, const struct step *step)
{
    player_rcpt(player, step->word, step->words);
}

static void
play_data(struct player *player, const struct step *step)
{
    (void)step;
    player_data(player);
}

static void
play_message(struct player *player, const struct step *step)
{
    struct slice text = step->text;
    const char *reason;

    if (step->words == 0 && text.len == 0)
        player_default_message(player);
    else if (step->words == 0 || play_message_read(player->arena, step->word[0].at, &text, &reason))
        player_message(player, text);
    else
        player_fail(player, step->place,
                    arena_printf(player->arena, "%s: %s", step->word[0].at, reason));
}

static void
play_rset(struct player *player, const struct step *step)
{
    (void)step;
    if (player->connected)
        dialogue_abort(player->dialogue);
    player->in_transaction = false;
}

static void
play_command(struct player *player, const struct step *step)
{
    player_command(player, step->text);
}

static void
play_macro(struct player *player, const struct step *step)
{
    struct user_macro *macro = ARENA_NEW(player->arena, struct user_macro);

    macro->name = step->word[0];
    macro->value = step->word[1];
    *player->macros_end = macro;
    player->macros_end = &macro->next;
}

static void
play_time(struct player *player, const struct step *step)
{
    player->has_time = true;
    player->time = step->time;
    if (player->dialogue)
        dialogue_set_time(player->dialogue, step->time);
}

static void
check_expected(struct player *player, const struct step *step)
{
    const char *problem;

    player->outcome.recipients = player->recipients;
    problem = outcome_check(player->arena, &player->outcome, &step->expect);
    if (problem)
        player_fail(player, step->place, problem);
}

/* What a line needs, so that the client can send it. */
enum needed { NEEDS_NOTHING, NEEDS_CONNECTION, NEEDS_TRANSACTION };

static const struct {
    enum needed needed;
    bool answered; /* the outcome before is forgotten */
    void (*play)(struct player *player, const struct step *step);
} rows[] = {
    [STEP_CONNECT] = {NEEDS_NOTHING, true, play_connect},
    [STEP_LOCAL] = {NEEDS_NOTHING, true, play_local},
    [STEP_HELO] = {NEEDS_CONNECTION, true, play_helo},
    [STEP_STARTTLS] = {NEEDS_CONNECTION, true, play_starttls},
    [STEP_TLS] = {NEEDS_NOTHING, false, play_tls},
    [STEP_AUTH] = {NEEDS_NOTHING, false, play_auth},
    [STEP_MAIL] = {NEEDS_CONNECTION, true, play_mail},
    [STEP_RCPT] = {NEEDS_TRANSACTION, true, play_rcpt},
    [STEP_DATA] = {NEEDS_TRANSACTION, true, play_data},
    [STEP_MESSAGE] = {NEEDS_TRANSACTION, true, play_message},
    [STEP_RSET] = {NEEDS_CONNECTION, true, play_rset},
    [STEP_COMMAND] = {NEEDS_CONNECTION, true, play_command},
    [STEP_MACRO] = {NEEDS_NOTHING, false, play_macro},
    [STEP_TABLE] = {NEEDS_NOTHING, false, NULL},
    [STEP_TIME] = {NEEDS_NOTHING, false, play_time},
    [STEP_EXPECT] = {NEEDS_NOTHING, false, check_expected},
};

static const char *
over_for(const struct player *player, enum needed needed)
{
    if (needed == NEEDS_NOTHING)
        return NULL;
    return needed == NEEDS_TRANSACTION ? player_over(player) : player->connection_over;
}

/* A message that is settled keeps its outcome to the end. */
static void
forget_outcome(struct player *player, enum needed needed)
{
    struct outcome *outcome = &player->outcome;

    if (needed == NEEDS_TRANSACTION && player->in_transaction && player->settled)
        return;
    outcome->over = NULL;
    outcome->is_message = false;
    outcome->verdict = VERDICT_NONE;
    outcome->reply = NULL;
    outcome->rule = outcome->reason = NULL;
    outcome->edits = NULL;
    outcome->events = 0;
}

static void
play_step(struct player *player, const struct step *step)
{
    enum needed needed = rows[step->kind].needed;
    const char *over = over_for(player, needed);

    if (rows[step->kind].answered)
        forget_outcome(player, needed);
    if (over)
        player->outcome.over = over;
    else if (rows[step->kind].play)
        rows[step->kind].play(player, step);
}

static void
player_begin(struct player *player, struct arena *arena, struct policy *policy,
             const struct step *steps)
{
    player->arena = arena;
    player->policy = policy;
    player->steps = steps;
    player->helo = SLICE("client.example");
    player->macros_end = &player->macros;
    player->recipients_end = &player->recipients;
    player->failures_end = &player->failures;
    player->log_end = &player->log;
    player->outcome.local_case = settings_local_case(policy_settings(policy));
    player->outcome.in_audit = settings_mode(policy_settings(policy)) == MODE_AUDIT;
}

void
play_steps(struct arena *arena, struct policy *policy, const struct step *steps, bool to_the_end,
           play_watcher *watch, void *context, struct play_result *result_r)
{
    struct player *player = ARENA_NEW(arena, struct player);
    bool has_message = false;

    player_begin(player, arena, policy, steps);
    player->watch = watch;
    player->context = context;
    for (const struct step *step = steps; step; step = step->next) {
        play_step(player, step);
        has_message |= step->kind == STEP_MESSAGE;
    }
    player->by_default = true;
    if (to_the_end && !has_message && !player_over(player))
        player_default_message(player);
    *result_r = (struct play_result){player->failures, player->log, player_over(player)};
    dialogue_free(&player->dialogue);
}
