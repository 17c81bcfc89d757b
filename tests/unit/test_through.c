/* What the living MTA told takes the place of what a test says: what differs, and whose doing that
 * is. */
#include "through/through.h"

#include <stdio.h>

#include "tap.h"
#include "through/merge.h"

/* One transaction that was played. */
struct merging_case {
    const char *what;
    const char *test;
    const char *told;
    bool has_tls, logged_in;
    const char *differences; /* joined; "?" before those that no client could show */
    bool living_holds, kept_holds;
};

#define POLICY                                                                                     \
    "set local-part-case exact "                                                                   \
    "rule anonymous if not auth.user reject 530 5.7.0 \"log in\" "                                 \
    "rule plain if not tls reject 530 5.7.0 \"tls\" "                                              \
    "rule far if client.ip == \"192.0.2.9\" reject 550 5.7.1 \"far\" "                             \
    "rule boss if any header[\"From\"] ~ /boss/ reject 554 5.7.1 \"boss\" "                        \
    "rule port if daemon.port == 25 reject 550 5.7.1 \"port\""

#define TEST                                                                                       \
    "tls TLSv1.2\nauth alice PLAIN\nmail <a@example.org>\nrcpt <b@example.net>\nexpect none\n"     \
    "message\n    From: a@example.org\n\n    text\nexpect accept\n"
#define SESSION "connect 127.0.0.1\ntls TLSv1.3 AES 256\nhelo client.example\n"
#define ENVELOPE "mail <a@example.org>\nrcpt <b@example.net>\n"
#define MESSAGE "message\n    From: a@example.org\n"

static const struct merging_case merging_cases[] = {
    {"all as it was said", TEST, SESSION "auth alice PLAIN\n" ENVELOPE MESSAGE, true, true,
     "?tls TLSv1.2: the session has TLSv1.3", true, true},
    {"a login that is lost", TEST, SESSION ENVELOPE MESSAGE, true, true,
     "?tls TLSv1.2: the session has TLSv1.3; the client was logged in, and Postern wasn't told of "
     "a "
     "login",
     false, false},
    {"a login that isn't given", TEST, SESSION ENVELOPE MESSAGE, true, false,
     "?tls TLSv1.2: the session has TLSv1.3; ?auth alice: nobody logs in (--auth-user)", false,
     true},
    {"TLS that is lost", TEST,
     "connect 127.0.0.1\nhelo client.example\nauth alice PLAIN\n" ENVELOPE MESSAGE, true, true,
     "the session had TLS, and Postern wasn't told", false, false},
    {"TLS that isn't offered", TEST,
     "connect 127.0.0.1\nhelo client.example\nauth alice PLAIN\n" ENVELOPE MESSAGE, false, true,
     "?tls: the session has none", false, true},
    {"another client",
     "connect 192.0.2.9\nauth alice\nmail <a@example.org>\nrcpt <b@example.net>\n"
     "expect reject rule far\n",
     "connect 127.0.0.1 localhost\ntls TLSv1.3 AES 256\nhelo client.example\nauth alice "
     "PLAIN\n" ENVELOPE,
     true, true, "?connect 192.0.2.9: this client is 127.0.0.1; ?no TLS: the session has TLSv1.3",
     false, false},
    {"a header that is rewritten", TEST,
     SESSION "auth alice PLAIN\n" ENVELOPE "message\n    From: boss@example.org\n    Date: x\n",
     true, true,
     "?tls TLSv1.2: the session has TLSv1.3; Postern was not told the field From: a@example.org; "
     "Postern was told a field From: boss@example.org; Postern was told a field Date: x",
     false, false},
    {"another sender and parameter", TEST,
     SESSION "auth alice PLAIN\nmail <A@example.org> SIZE=3\nrcpt <c@example.net>\n" MESSAGE, true,
     true,
     "?tls TLSv1.2: the session has TLSv1.3; MAIL FROM:<a@example.org> came to Postern as "
     "<A@example.org> SIZE=3; RCPT TO:<b@example.net> came to Postern as <c@example.net>",
     true, true},
    {"a macro of another value",
     "tls TLSv1.3\nauth alice\nmacro {daemon_port} 25\nmail <a@example.org>\nrcpt <b@example.net>\n"
     "expect reject rule port\n",
     "macro {daemon_port} 587\n" SESSION "auth alice PLAIN\n" ENVELOPE, true, true,
     "?macro {daemon_port}: the MTA's is 587", false, true},
    {"a macro that is never sent",
     "tls TLSv1.3\nauth alice\nmacro {daemon_port} 25\nmail <a@example.org>\nrcpt <b@example.net>\n"
     "expect reject rule port\n",
     SESSION "auth alice PLAIN\n" ENVELOPE "# not sent at connect: {daemon_port}\n", true, true,
     "macro {daemon_port}: the MTA never sent it; a macro that rules read was not sent at connect: "
     "{daemon_port}",
     false, false},
};

static const struct step *
read_steps(struct arena *arena, const char *text)
{
    struct diagnostics diagnostics;
    const struct step *steps;

    diagnostics_init(&diagnostics, arena);
    steps = scenario_text(arena, "case", slice_of(text), &diagnostics);
    diagnostics_print(&diagnostics, stdout);
    return steps;
}

/* As live_play() leaves it, where all that was said came to Postern. */
static struct turn *
make_turn(struct arena *arena, const struct merging_case *one, const struct step *steps)
{
    struct turn *turn = ARENA_NEW(arena, struct turn);

    *turn = (struct turn){.id = "0",
                          .new_session = true,
                          .has_tls = one->has_tls,
                          .logged_in = one->logged_in,
                          .told = slice_of(one->told)};
    turn->recipients_end = &turn->recipients;
    for (; steps; steps = steps->next) {
        struct turn_reply *reply = ARENA_NEW(arena, struct turn_reply);

        *reply = (struct turn_reply){.step = steps, .code = 250, .text = "", .seen = true};
        if (steps->kind == STEP_MAIL)
            turn->begin = steps;
        if (steps->kind == STEP_MESSAGE)
            turn->end = reply;
        if (steps->kind != STEP_RCPT)
            continue;
        *turn->recipients_end = reply;
        turn->recipients_end = &reply->next;
    }
    return turn;
}

static const char *
joined(struct arena *arena, const struct differences *differences)
{
    const char *text = "";

    for (const struct difference *d = differences->first; d; d = d->next)
        text = arena_printf(arena, "%s%s%s%s", text, *text ? "; " : "", d->unplayed ? "?" : "",
                            d->text);
    return text;
}

static bool
holds(struct arena *arena, struct policy *policy, const struct step *steps)
{
    struct play_result result;

    play_steps(arena, policy, steps, false, NULL, NULL, &result);
    return result.failures == NULL;
}

static void
check_merging(struct policy *policy, const struct merging_case *one)
{
    static const struct through_options options = {.user = "alice"};
    struct arena *arena = arena_new(SIZE_MAX);
    const struct step *steps = read_steps(arena, one->test);
    struct differences differences = {0};
    struct merged merged = {.differences = &differences};
    const char *said;

    merge_test(arena, &options, policy_needs(policy), steps, make_turn(arena, one, steps), &merged);
    said = joined(arena, &differences);
    tap_check(strcmp(said, one->differences) == 0, "%s: what differs", one->what);
    if (strcmp(said, one->differences) != 0)
        printf("# seen: %s\n", said);
    tap_check(holds(arena, policy, merged.living) == one->living_holds,
              "%s: by what was told it %s", one->what, one->living_holds ? "holds" : "fails");
    tap_check(holds(arena, policy, merged.kept) == one->kept_holds,
              "%s: with what no client can show it %s", one->what,
              one->kept_holds ? "holds" : "fails");
    arena_free(&arena);
}

int
main(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct diagnostics diagnostics;
    struct policy *policy;

    diagnostics_init(&diagnostics, arena);
    policy = policy_load_text("policy", SLICE(POLICY), &diagnostics);
    diagnostics_print(&diagnostics, stdout);
    for (size_t i = 0; policy && i < sizeof merging_cases / sizeof merging_cases[0]; i++)
        check_merging(policy, &merging_cases[i]);
    tap_check(policy != NULL, "the policy can be read");
    policy_unref(&policy);
    arena_free(&arena);
    return tap_done();
}
