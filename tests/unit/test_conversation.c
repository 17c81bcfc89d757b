/* What an MTA hears at each stage: the words, the replies and changes that come with them,
 * and the macros that are asked for. */
#include <stdio.h>

#include "base/buffer.h"
#include "base/pool.h"
#include "conversation.h"
#include "tap.h"

#define ALL PROTOCOL_ALL_ACTIONS
#define EVERY_STEP                                                                                 \
    (PROTOCOL_ALL_STEPS & ~(unsigned long)(PROTOCOL_NODATA | PROTOCOL_NOHDRS | PROTOCOL_NOEOH |    \
                                           PROTOCOL_NOBODY | PROTOCOL_NOUNKNOWN))
#define ENFORCE "set mode enforce "

static const char *const word_names[] = {
    [WORD_GO_ON] = "go-on",       [WORD_ACCEPT] = "accept",   [WORD_REJECT] = "reject",
    [WORD_TEMPFAIL] = "tempfail", [WORD_DISCARD] = "discard", [WORD_SKIP] = "skip",
    [WORD_NOTHING] = "nothing",   [WORD_CHANGE] = "change",
};

/* One message, from connect to its end. */
struct hearing {
    const char *what;
    const char *policy;
    unsigned long steps; /* that the MTA offers */
    int made;            /* changes that it takes */
    const char *heard;
};

static const struct hearing hearings[] = {
    {"where no rule is", ENFORCE, PROTOCOL_SKIP, 9,
     "go-on go-on go-on go-on go-on go-on go-on skip go-on"},
    {"without SKIP", ENFORCE, 0, 9, "go-on go-on go-on go-on go-on go-on go-on go-on go-on"},
    {"where it waits for nothing", ENFORCE, EVERY_STEP, 9,
     "nothing nothing nothing go-on nothing nothing nothing skip go-on"},
    {"the body is read", ENFORCE "rule r if any body ~ /z/ reject", PROTOCOL_SKIP, 9,
     "go-on go-on go-on go-on go-on go-on go-on go-on go-on"},
    {"an accept at MAIL waits for the header",
     ENFORCE "rule r if sender == \"a@example.com\" accept", 0, 9,
     "go-on go-on go-on go-on go-on accept accept accept accept"},
    {"and where changes may follow, for ever",
     ENFORCE "rule c add-header \"X\" \"y\" rule r if sender == \"a@example.com\" accept", 0, 9,
     "go-on go-on go-on go-on go-on go-on go-on go-on change 2 go-on"},
    {"a discard too", ENFORCE "rule r if sender == \"a@example.com\" discard", 0, 9,
     "go-on go-on go-on go-on go-on discard discard discard discard"},
    {"a refusal is said at once, and again", ENFORCE "rule r at data reject 550 5.7.1 \"no\"", 0, 9,
     "go-on go-on go-on go-on reject 550-5.7.1-no reject 550-5.7.1-no reject 550-5.7.1-no "
     "reject 550-5.7.1-no reject 550-5.7.1-no"},
    {"percent signs are doubled, in each line",
     ENFORCE "rule r at body reject 550 5.7.1 \"100%\" \"%s and %%\"", 0, 9,
     "go-on go-on go-on go-on go-on go-on go-on go-on reject 550-5.7.1-100%% %%s and %%%%"},
    {"several changes",
     ENFORCE "rule c add-header \"X\" \"y\" quarantine \"q\" add-recipient \"<c@d>\"", 0, 9,
     "go-on go-on go-on go-on go-on go-on go-on go-on change 2 change 5 change 8 go-on"},
    {"one that the MTA doesn't take", ENFORCE "rule c add-header \"X\" \"y\" quarantine \"q\"", 0,
     1,
     "go-on go-on go-on go-on go-on go-on go-on go-on change 2 change 8 tempfail "
     "451-4.3.0-the message can't be handled just now; please try again later"},
    {"in mode audit", "set mode audit rule r reject 550 5.7.1 \"no\" rule c add-header \"X\" \"y\"",
     0, 9, "go-on go-on go-on go-on go-on go-on go-on go-on go-on"},
};

static const char *
give_macro(void *engine, const char *name)
{
    const char *const *macros = engine;

    for (; *macros; macros += 2)
        if (strcmp(macros[0], name) == 0)
            return macros[1];
    return NULL;
}

static void
hear(struct buffer *heard, struct said said)
{
    buffer_printf(heard, "%s%s", buffer_slice(heard).len ? " " : "", word_names[said.word]);
    if (said.change)
        buffer_printf(heard, " %d", (int)said.change->kind);
    if (said.reply)
        buffer_printf(heard, " %s-%s-", said.reply->code, said.reply->enhanced);
    for (size_t i = 0; said.reply && i < said.reply->lines; i++)
        buffer_printf(heard, "%s%s", i ? " " : "", said.reply->line[i]);
}

static void
hear_message(struct conversation *conversation, int made, struct buffer *heard)
{
    struct slice *words = conversation_words(conversation, 1);
    struct said said;

    words[0] = SLICE("<a@example.com>");
    hear(heard, conversation_mail(conversation, words, 1));
    words = conversation_words(conversation, 1);
    words[0] = SLICE("<b@example.net>");
    hear(heard, conversation_rcpt(conversation, words, 1));
    hear(heard, conversation_data(conversation));
    hear(heard, conversation_header(conversation, SLICE("Subject"), SLICE("x")));
    hear(heard, conversation_header_end(conversation));
    hear(heard, conversation_body(conversation, SLICE("text\r\n")));
    said = conversation_end(conversation);
    for (; said.word == WORD_CHANGE; made--) {
        hear(heard, said);
        said = conversation_changed(conversation, made > 0);
    }
    hear(heard, said);
}

static struct policy *
load(struct arena *arena, const char *text)
{
    struct diagnostics diagnostics;
    struct policy *policy;

    diagnostics_init(&diagnostics, arena);
    policy = policy_load_text("case", slice_of(text), &diagnostics);
    if (policy == NULL)
        diagnostics_print(&diagnostics, stdout);
    return policy;
}

static void
check_hearing(const struct hearing *hearing)
{
    static const char *no_macros[] = {NULL};
    struct arena *arena = arena_new(SIZE_MAX);
    struct policy *policy = load(arena, hearing->policy);
    struct conversation *c = conversation_new(policy, give_macro, no_macros);
    struct buffer *heard = ARENA_NEW(arena, struct buffer);

    buffer_init(heard, arena, SIZE_MAX);
    conversation_negotiate(c, ALL, hearing->steps);
    hear(heard, conversation_connect(c, SLICE("h.example"), NULL, 0));
    hear(heard, conversation_helo(c, SLICE("h.example")));
    hear_message(c, hearing->made, heard);
    tap_check(slice_equal(buffer_slice(heard), slice_of(hearing->heard)), "%s", hearing->what);
    if (!slice_equal(buffer_slice(heard), slice_of(hearing->heard)))
        printf("# heard: %s\n", buffer_slice(heard).at);
    conversation_free(&c);
    policy_unref(&policy);
    arena_free(&arena);
}

/* Accept and discard before the header would let the connection's next message pass unseen. */
static void
check_words(void)
{
    static const struct reply reply;
    static const struct {
        struct answer answer;
        enum word word;
        const char *may; /* be said where */
    } rows[] = {
        {{.verdict = VERDICT_ACCEPT, .nothing_more = true}, WORD_ACCEPT, "header body"},
        {{.verdict = VERDICT_ACCEPT}, WORD_ACCEPT, ""},
        {{.verdict = VERDICT_DISCARD}, WORD_DISCARD, "header body"},
        {{.verdict = VERDICT_REJECT, .reply = &reply},
         WORD_REJECT,
         "connect helo mail rcpt data header body unknown"},
        {{.verdict = VERDICT_TEMPFAIL, .reply = &reply},
         WORD_TEMPFAIL,
         "connect helo mail rcpt data header body unknown"},
        {{.verdict = VERDICT_NONE}, WORD_GO_ON, ""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int stage = 0; stage < STAGES; stage++) {
            bool may = strstr(rows[i].may, stage_name((enum stage)stage)) != NULL;
            enum word expected = may ? rows[i].word : WORD_GO_ON;

            tap_check(conversation_word(&rows[i].answer, (enum stage)stage) == expected,
                      "%s%s is %s at %s", verdict_name(rows[i].answer.verdict),
                      rows[i].answer.nothing_more ? " for good" : "", may ? "said" : "not said",
                      stage_name((enum stage)stage));
        }
}

/* As it comes for an MTA that never negotiated, or where there is no memory. */
static void
check_none(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct buffer *heard = ARENA_NEW(arena, struct buffer);

    buffer_init(heard, arena, SIZE_MAX);
    hear(heard, conversation_connect(NULL, SLICE("h"), NULL, 0));
    hear(heard, conversation_helo(NULL, SLICE("h")));
    tap_check(conversation_words(NULL, 1) == NULL, "without a conversation no words are taken");
    hear(heard, conversation_mail(NULL, NULL, 1));
    hear(heard, conversation_rcpt(NULL, NULL, 1));
    hear(heard, conversation_data(NULL));
    hear(heard, conversation_header(NULL, SLICE("A"), SLICE("b")));
    hear(heard, conversation_header_end(NULL));
    hear(heard, conversation_body(NULL, SLICE("x")));
    hear(heard, conversation_end(NULL));
    hear(heard, conversation_unknown(NULL, SLICE("X")));
    conversation_abort(NULL);
    tap_check(slice_equal(buffer_slice(heard),
                          SLICE("tempfail tempfail tempfail tempfail tempfail tempfail tempfail "
                                "tempfail tempfail tempfail")),
              "each command is then answered tempfail");
    arena_free(&arena);
}

/* No memory for the words of a command: mode audit withholds that answer as any other. */
static void
check_no_words(void)
{
    static const char *no_macros[] = {NULL};
    static const char *const modes[][2] = {
        {"enforce", "tempfail tempfail"}, {"soft", "tempfail tempfail"}, {"audit", "go-on go-on"}};

    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct arena *arena = arena_new(SIZE_MAX);
        const char *text = arena_printf(arena, "set mode %s\nrule r if rcpt reject", modes[i][0]);
        struct policy *policy = load(arena, text);
        struct conversation *c = conversation_new(policy, give_macro, no_macros);
        struct buffer *heard = ARENA_NEW(arena, struct buffer);

        buffer_init(heard, arena, SIZE_MAX);
        conversation_negotiate(c, ALL, 0);
        hear(heard, conversation_mail(c, NULL, 1));
        hear(heard, conversation_rcpt(c, NULL, 1));
        tap_check(slice_equal(buffer_slice(heard), slice_of(modes[i][1])),
                  "without memory, in mode %s: %s", modes[i][0], buffer_slice(heard).at);
        conversation_free(&c);
        policy_unref(&policy);
        arena_free(&arena);
    }
}

/* One session too many: its MTA is asked for next to nothing, and waits for the answer to connect.
 */
static void
check_beyond(const char *mode, const char *answer)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct policy *policy = load(arena, arena_printf(arena, "set mode %s rule r reject", mode));
    struct conversation *c = conversation_new_beyond(policy);
    const struct terms *terms = conversation_negotiate(c, ALL, PROTOCOL_ALL_STEPS);
    struct buffer *heard = ARENA_NEW(arena, struct buffer);
    struct buffer *expected = ARENA_NEW(arena, struct buffer);

    buffer_init(heard, arena, SIZE_MAX);
    buffer_init(expected, arena, SIZE_MAX);
    tap_check(terms && terms->actions == 0 && terms->steps == PROTOCOL_NO_STEPS,
              "%s: beyond the most nothing is asked for that isn't needed", mode);
    hear(heard, conversation_connect(c, SLICE("h"), NULL, 0));
    hear(heard, conversation_helo(c, SLICE("h")));
    hear(heard, conversation_mail(c, conversation_words(c, 1), 1));
    hear(heard, conversation_rcpt(c, conversation_words(c, 1), 1));
    hear(heard, conversation_data(c));
    hear(heard, conversation_header(c, SLICE("A"), SLICE("b")));
    hear(heard, conversation_header_end(c));
    hear(heard, conversation_body(c, SLICE("x")));
    hear(heard, conversation_end(c));
    hear(heard, conversation_unknown(c, SLICE("X")));
    conversation_abort(c);
    for (size_t i = 0; i < 10; i++)
        buffer_printf(expected, "%s%s", i ? " " : "", answer);
    tap_check(slice_equal(buffer_slice(heard), buffer_slice(expected)),
              "%s: each command is answered %s", mode, answer);
    conversation_free(&c);
    policy_unref(&policy);
    arena_free(&arena);
}

/* What a session keeps of the pool while its MTA says nothing, however large its policy is. */
static void
check_idle(bool aborted)
{
    static const char *macros[] = {"j", "mx.example.net", "v", "Postfix 3.7.11", "i", "4XyZ", NULL};
    struct arena *arena = arena_new(SIZE_MAX);
    struct buffer *text = ARENA_NEW(arena, struct buffer), *heard = ARENA_NEW(arena, struct buffer);
    size_t before = pool_used();
    struct policy *policy;
    struct conversation *c;

    buffer_init(text, arena, SIZE_MAX);
    buffer_init(heard, arena, SIZE_MAX);
    buffer_text(text, ENFORCE);
    for (int i = 0; i < 1000; i++)
        buffer_printf(text, "rule r%d if helo == \"h%d\" or rcpt == \"b%d@c\" reject\n", i, i,
                      i);
    policy = load(arena, buffer_slice(text).at);
    c = conversation_new(policy, give_macro, macros);
    conversation_negotiate(c, ALL, 0);
    hear(heard, conversation_connect(c, SLICE("h.example"), NULL, 0));
    hear(heard, conversation_helo(c, SLICE("h.example")));
    hear_message(c, 0, heard);
    if (aborted)
        conversation_abort(c);
    tap_check(pool_used() - before <= 3072, "an idle session keeps %zu octets%s",
              pool_used() - before, aborted ? ", once its MTA said that the message is over" : "");
    conversation_free(&c);
    tap_check(pool_used() == before, "and nothing once it is over");
    policy_unref(&policy);
    arena_free(&arena);
}

/* Only macros that were asked for count, each with the command that it was asked for with. */
static void
check_macros(void)
{
    static const char *macros[] = {"{auth_type}", "PLAIN", "{auth_authen}", "alice", NULL};
    struct arena *arena = arena_new(SIZE_MAX);
    struct policy *policy =
        load(arena, ENFORCE "rule r if auth.user == \"alice\" reject 550 5.7.1 \"no\"");
    struct conversation *c = conversation_new(policy, give_macro, macros);
    struct buffer *heard = ARENA_NEW(arena, struct buffer);
    const char *names;
    bool asked;

    buffer_init(heard, arena, SIZE_MAX);
    conversation_negotiate(c, ALL, 0);
    asked = conversation_macro_names(c, STAGE_MAIL, &names) && names;
    tap_check(asked && strcmp(names, "j i {auth_type} {auth_authen} v") == 0,
              "the macros of MAIL: %s", asked ? names : "none");
    tap_check(conversation_macro_names(c, STAGE_UNKNOWN, &names) && names == NULL,
              "none with an unknown command");
    hear_message(c, 0, heard);
    tap_check(slice_starts_nocase(buffer_slice(heard), SLICE("go-on reject 550-5.7.1-no")),
              "the login is known: %s", buffer_slice(heard).at);
    conversation_free(&c);
    c = conversation_new(policy, give_macro, macros);
    conversation_negotiate(c, ALL & ~(unsigned long)PROTOCOL_SETSYMLIST, 0);
    tap_check(conversation_macro_names(c, STAGE_MAIL, &names) && names == NULL,
              "an MTA that can't be asked isn't");
    conversation_free(&c);
    policy_unref(&policy);
    arena_free(&arena);
}

int
main(void)
{
    check_words();
    check_none();
    check_no_words();
    check_macros();
    check_idle(false);
    check_idle(true);
    check_beyond("enforce", "tempfail 451-4.3.2-too many sessions are open just now; please try "
                            "again later");
    check_beyond("audit", "go-on");
    for (size_t i = 0; i < sizeof hearings / sizeof hearings[0]; i++)
        check_hearing(&hearings[i]);
    return tap_done();
}
