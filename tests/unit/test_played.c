/* Tests that are played through an MTA: what a nonce makes of a transaction, and that nothing of it
 * is ever taken, in whichever mode. */
#include <stdio.h>

#include "base/clock.h"
#include "conversation.h"
#include "count/recall.h"
#include "played.h"
#include "tap.h"

enum { TEXTS = 32, LONGEST = 4096 };

/* What of a message is told behind the nonce's recipient. */
struct playing {
    const char *what;
    const char *policy;
    const char *lines; /* that go with the nonce */
    const char
        *heard; /* from MAIL on; of the end: what stands behind the answer's colon, with "=" */
};

#define FIRST "mail:go-on nonce:agreed "

static const struct playing playings[] = {
    {"no rule", "", "", FIRST "rcpt:go-on data:go-on eoh:go-on body:skip end:=accept"},
    {"an accept by a rule", "rule r if sender accept", "",
     FIRST "rcpt:go-on data:go-on eoh:go-on body:skip end:=accept"},
    {"a discard", "rule r if sender discard", "",
     FIRST "rcpt:go-on data:go-on eoh:go-on body:skip end:=discard"},
    {"a quarantine", "rule r quarantine \"q\"", "",
     FIRST "rcpt:go-on data:go-on eoh:go-on body:skip end:=quarantine"},
    {"changes aren't made", "rule r add-header \"X\" \"y\" add-recipient \"<c@d.example>\"", "",
     FIRST "rcpt:go-on data:go-on eoh:go-on body:skip end:=accept"},
    {"a refusal of a recipient stands", "rule r if rcpt reject 550 5.1.1 \"gone\"", "",
     FIRST "rcpt:550-gone"},
    {"of the header", "rule r if any header[\"Subject\"] ~ /x/ reject 554 5.6.0 \"x\"", "",
     FIRST "rcpt:go-on data:go-on eoh:554-x body:554-x end:554-x"},
    {"a tempfail", "rule r at body tempfail 451 4.7.1 \"later\"", "",
     FIRST "rcpt:go-on data:go-on eoh:go-on body:skip end:451-later"},
    {"the nonce is no recipient", "rule r if rcpt.count > 1 or first-rcpt reject 550 5.1.1 \"two\"",
     "", FIRST "rcpt:go-on data:go-on eoh:go-on body:skip end:=accept"},
    {"tables of the test", "table t = \"none:\" rule r if sender in t reject 550 5.1.7 \"t\"",
     "table t a@example.com x\n", FIRST "rcpt:550-t"},
    {"and its time", "rule r if time.hour == 3 and rcpt reject 550 5.1.7 \"night\"",
     "time 2026-03-01T03:30:00Z\n", FIRST "rcpt:550-night"},
};

static const char *
no_macro(void *engine, const char *name)
{
    (void)engine, (void)name;
    return NULL;
}

static struct policy *
load_policy(struct arena *arena, const char *mode, const char *text)
{
    struct diagnostics diagnostics;

    diagnostics_init(&diagnostics, arena);
    return policy_load_text("case", slice_of(arena_printf(arena, "set mode %s\n%s\n", mode, text)),
                            &diagnostics);
}

static struct conversation *
begin_session(struct policy *policy)
{
    struct conversation *c = conversation_new(policy, no_macro, NULL);

    conversation_negotiate(c, PROTOCOL_ALL_ACTIONS, PROTOCOL_SKIP);
    conversation_connect(c, SLICE("h.example"), NULL, 0);
    conversation_helo(c, SLICE("h.example"));
    return c;
}

static struct said
tell_mail(struct conversation *c)
{
    struct slice *words = conversation_words(c, 1);

    words[0] = SLICE("<a@example.com>");
    return conversation_mail(c, words, 1);
}

static struct said
tell_rcpt(struct conversation *c, const char *path)
{
    struct slice *words = conversation_words(c, 1);

    words[0] = slice_of(path);
    return conversation_rcpt(c, words, 1);
}

static bool
is_agreed(struct said said, const struct nonce *nonce)
{
    char agreed[64];

    snprintf(agreed, sizeof agreed, "postern test %s ", nonce->answer);
    return said.word == WORD_REJECT && said.reply &&
           strncmp(said.reply->line[0], agreed, strlen(agreed)) == 0 &&
           strlen(said.reply->line[0]) == strlen(agreed) + ID_SIZE - 1;
}

/* False: nothing more is told. */
static bool
note(struct buffer *heard, const char *command, const struct nonce *nonce, struct said said)
{
    static const char *const words[] = {
        [WORD_GO_ON] = "go-on",       [WORD_ACCEPT] = "ACCEPT",   [WORD_REJECT] = "reject",
        [WORD_TEMPFAIL] = "tempfail", [WORD_DISCARD] = "DISCARD", [WORD_SKIP] = "skip",
        [WORD_NOTHING] = "nothing",   [WORD_CHANGE] = "CHANGE",   [WORD_HANG_UP] = "hang-up",
    };
    char agreed[64];

    snprintf(agreed, sizeof agreed, "postern test %s: ", nonce->answer);
    buffer_printf(heard, "%s%s:", buffer_slice(heard).len ? " " : "", command);
    if (is_agreed(said, nonce))
        buffer_text(heard, "agreed");
    else if (said.reply && strncmp(said.reply->line[0], agreed, strlen(agreed)) == 0)
        buffer_printf(heard, "=%s", said.reply->line[0] + strlen(agreed));
    else if (said.reply)
        buffer_printf(heard, "%s-%s", said.reply->code, said.reply->line[0]);
    else
        buffer_text(heard, words[said.word]);
    return said.reply == NULL;
}

static void
tell_content(struct conversation *c, const struct nonce *nonce, struct buffer *heard)
{
    note(heard, "data", nonce, conversation_data(c));
    conversation_header(c, SLICE("Subject"), SLICE("x"));
    note(heard, "eoh", nonce, conversation_header_end(c));
    note(heard, "body", nonce, conversation_body(c, SLICE("text\r\n")));
    note(heard, "end", nonce, conversation_end(c));
}

static void
give(struct nonce *nonce, const char *lines)
{
    nonces_give(clock_ms(), nonce);
    recall_keep(RECALL_PLAYS, slice_of(nonce->id), slice_of(lines));
}

static void
play(struct arena *arena, const struct playing *playing, const char *mode)
{
    struct policy *policy = load_policy(arena, mode, playing->policy);
    struct conversation *c = begin_session(policy);
    struct buffer *heard = ARENA_NEW(arena, struct buffer);
    struct nonce nonce;

    give(&nonce, playing->lines);
    buffer_init(heard, arena, LONGEST);
    note(heard, "mail", &nonce, tell_mail(c));
    note(heard, "nonce", &nonce, tell_rcpt(c, arena_printf(arena, "<%s@example.net>", nonce.word)));
    if (note(heard, "rcpt", &nonce, tell_rcpt(c, "<b@example.net>")))
        tell_content(c, &nonce, heard);
    tap_check(slice_equal(buffer_slice(heard), slice_of(playing->heard)), "%s, in mode %s",
              playing->what, mode);
    if (!slice_equal(buffer_slice(heard), slice_of(playing->heard)))
        printf("# heard: %s\n", buffer_slice(heard).at);
    conversation_free(&c);
    policy_unref(&policy);
}

static void
check_plays(void)
{
    static const char *const modes[] = {"enforce", "soft", "audit"};

    for (size_t mode = 0; mode < 3; mode++)
        for (size_t i = 0; i < sizeof playings / sizeof playings[0]; i++) {
            struct arena *arena = arena_new(SIZE_MAX);

            play(arena, &playings[i], modes[mode]);
            arena_free(&arena);
        }
}

/* A word of one RCPT in a session under a policy without rules. */
static void
check_rcpt(struct conversation *c, const struct nonce *nonce, const char *path, const char *heard,
           const char *what)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct buffer *said = ARENA_NEW(arena, struct buffer);

    buffer_init(said, arena, LONGEST);
    note(said, "rcpt", nonce, tell_rcpt(c, path));
    tap_check(strcmp(buffer_slice(said).at + strlen("rcpt:"), heard) == 0, "%s: %s", what,
              buffer_slice(said).at);
    arena_free(&arena);
}

static void
check_ends(struct arena *arena, struct conversation *c, const struct nonce *nonce,
           const char *heard, const char *what)
{
    struct buffer *said = ARENA_NEW(arena, struct buffer);

    buffer_init(said, arena, LONGEST);
    tell_content(c, nonce, said);
    tap_check(strcmp(strstr(buffer_slice(said).at, "end:"), heard) == 0, "%s: %s", what,
              buffer_slice(said).at);
}

static const char *
proving(struct arena *arena, struct nonce *nonce)
{
    give(nonce, "");
    return arena_printf(arena, "<carol+%s@example.net>", nonce->word);
}

static const char *
failing(struct arena *arena, const struct nonce *nonce)
{
    return arena_printf(arena, "<%s%s@example.net>", NONCE_FAILS,
                        nonce->word + strlen(NONCE_PROVES));
}

/* A nonce speaks for its own transaction alone: what comes next in the session may be anybody's. */
static void
check_transactions(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct policy *policy = load_policy(arena, "audit", "");
    struct conversation *c = begin_session(policy);
    const char *used;
    struct nonce nonce, other;

    tell_mail(c);
    used = proving(arena, &nonce);
    check_rcpt(c, &nonce, failing(arena, &nonce), "go-on", "nobody hangs up without a proof");
    check_rcpt(c, &nonce, used, "go-on", "a nonce that isn't first proves nothing");
    check_ends(arena, c, &nonce, "end:go-on", "so that message is taken");
    tell_mail(c);
    check_rcpt(c, &nonce, used, "go-on", "and not another time");
    tell_mail(c);
    check_rcpt(c, &nonce, proving(arena, &nonce), "agreed", "a nonce behind a user");
    check_rcpt(c, &nonce, "<b@example.net>", "go-on", "and then a recipient");
    check_ends(arena, c, &nonce, "end:=accept", "nothing is taken behind it");
    tell_mail(c);
    check_rcpt(c, &nonce, "<b@example.net>", "go-on", "the session's next transaction");
    check_ends(arena, c, &nonce, "end:go-on", "is another's, and is taken");
    tell_mail(c);
    check_rcpt(c, &nonce, proving(arena, &nonce), "agreed", "one that is given up");
    conversation_abort(c);
    tell_mail(c);
    check_rcpt(c, &nonce, "<b@example.net>", "go-on", "is over");
    check_ends(arena, c, &nonce, "end:go-on", "and the next one is taken");
    tell_mail(c);
    check_rcpt(c, &nonce, proving(arena, &nonce), "agreed", "with a proof");
    give(&other, "");
    check_rcpt(c, &nonce, failing(arena, &other), "go-on", "another nonce changes nothing");
    check_rcpt(c, &nonce, failing(arena, &nonce), "hang-up", "its own makes Postern hang up");
    conversation_free(&c);
    policy_unref(&policy);
    arena_free(&arena);
}

/* MAIL is walked before anybody knows; what was withheld then is said to the first recipient. */
static void
check_early(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct policy *policy = load_policy(
        arena, "audit", "set earliest-verdict mail rule r if sender reject 550 5.1.7 \"no\"");
    struct conversation *c = begin_session(policy);
    struct nonce nonce;

    give(&nonce, "");
    tap_check(tell_mail(c).word == WORD_GO_ON, "mode audit says nothing of a sender");
    check_rcpt(c, &nonce, arena_printf(arena, "<%s@example.net>", nonce.word), "agreed",
               "until he is proven");
    check_rcpt(c, &nonce, "<b@example.net>", "550-no", "then it speaks");
    conversation_free(&c);
    policy_unref(&policy);
    arena_free(&arena);
}

/* Where memory ends in the middle, mode audit would let any other message pass. */
static void
check_memory(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct policy *policy =
        load_policy(arena, "audit",
                    "set max-transaction-memory 64KB rule r if count[header[\"X\"]] > 99 reject");
    struct conversation *c = begin_session(policy);
    struct nonce nonce;
    struct said said;
    char *much = arena_alloc(arena, 200000);

    memset(much, 'x', 200000);
    give(&nonce, "");
    tell_mail(c);
    tell_rcpt(c, arena_printf(arena, "<%s@example.net>", nonce.word));
    tell_rcpt(c, "<b@example.net>");
    conversation_data(c);
    conversation_header(c, SLICE("X"), (struct slice){much, 200000});
    conversation_header_end(c);
    said = conversation_end(c);
    tap_check(said.word == WORD_REJECT || said.word == WORD_TEMPFAIL,
              "where memory ends it is refused, in mode audit too");
    conversation_free(&c);
    policy_unref(&policy);
    arena_free(&arena);
}

static void
check_record(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct policy *policy =
        load_policy(arena, "enforce", "rule r if rcpt == \"x@example.net\" reject 550 5.1.1 \"x\"");
    struct conversation *c = begin_session(policy);
    struct nonce nonce;
    struct slice told;
    char id[ID_SIZE];

    give(&nonce, "");
    tell_mail(c);
    memcpy(id,
           tell_rcpt(c, arena_printf(arena, "<%s@example.net>", nonce.word)).reply->line[0] +
               strlen("postern test ") + NONCE_ANSWER_SIZE,
           sizeof id);
    tell_rcpt(c, "<x@example.net>");
    told = recall_find(arena, RECALL_PLAYS, slice_of(id));
    tap_check(memmem(told.at, told.len, "mail <a@example.com>\nrcpt <x@example.net>\n", 41) &&
                  memmem(told.at, told.len, "# said: 550 5.1.1 x\n", 20) &&
                  memmem(told.at, told.len, nonce.word, strlen(nonce.word)) == NULL,
              "what was told can be asked for, without the nonce");
    conversation_free(&c);
    policy_unref(&policy);
    arena_free(&arena);
}

int
main(void)
{
    if (!nonces_make() || !recall_make(RECALL_PLAYS, TEXTS))
        return 1;
    check_plays();
    check_transactions();
    check_early();
    check_memory();
    check_record();
    return tap_done();
}
