/* What is seen from outside of a conversation: whose it is, how far it is, and whether it is within
 * a message. */
#include <string.h>

#include "conversation.h"
#include "tap.h"
#include "witness.h"

static const char *
no_macro(void *engine, const char *name)
{
    (void)engine, (void)name;
    return NULL;
}

static struct policy *
load(struct arena *arena, const char *text)
{
    struct diagnostics diagnostics;

    diagnostics_init(&diagnostics, arena);
    return policy_load_text("case", slice_of(text), &diagnostics);
}

/* A letter of a row is a command: C, H, M, R, T for DATA, L for a field, N for the end of the
 * header, B for the body, E for the end of the message, A for an abort. */
static void
tell(struct conversation *c, char command)
{
    static const struct ip ip = {.family = 4, .octet = {192, 0, 2, 7}};
    struct slice *words;
    struct said said;

    switch (command) {
    case 'C':
        conversation_connect(c, SLICE("h.example"), &ip, 25);
        break;
    case 'H':
        conversation_helo(c, SLICE("h.example"));
        break;
    case 'M':
    case 'R':
        words = conversation_words(c, 1);
        words[0] = command == 'M' ? SLICE("<a@example.com>") : SLICE("<b@example.net>");
        said = command == 'M' ? conversation_mail(c, words, 1) : conversation_rcpt(c, words, 1);
        break;
    case 'T':
        conversation_data(c);
        break;
    case 'L':
        conversation_header(c, SLICE("Subject"), SLICE("x"));
        break;
    case 'N':
        conversation_header_end(c);
        break;
    case 'B':
        conversation_body(c, SLICE("text\r\n"));
        break;
    case 'E':
        for (said = conversation_end(c); said.word == WORD_CHANGE;)
            said = conversation_changed(c, true);
        break;
    default:
        conversation_abort(c);
    }
}

/* within: a mark for each command behind which the session is within a message. */
static const struct {
    const char *what, *policy, *commands, *within;
} rows[] = {
    {"a message is one from MAIL to its end", "", "CHMRRTLNBEMR", "--wwwwwww-ww"},
    {"or to an abort", "", "CHMRAMA", "--ww-w-"},
    {"or to another HELO", "", "CHMRH", "--ww-"},
    {"changes belong to it", "set mode enforce rule c add-header \"X\" \"y\"", "CHMRTNE",
     "--wwww-"},
    {"a refused sender begins none",
     "set mode enforce set earliest-verdict mail "
     "rule r if sender reject",
     "CHMM", "----"},
    {"a refused recipient is no end", "set mode enforce rule r if rcpt reject", "CHMRR", "--www"},
    {"a refusal of the message is", "set mode enforce rule r at data reject", "CHMRT", "--ww-"},
    {"and so is an accept of it", "set mode enforce rule r if sender accept", "CHMRTLN", "--www--"},
};

static void
check_row(size_t i, struct witness *witness)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct policy *policy = load(arena, rows[i].policy);
    struct conversation *c = conversation_new(policy, no_macro, NULL);
    char seen[16] = "";

    conversation_negotiate(c, PROTOCOL_ALL_ACTIONS, 0);
    for (size_t at = 0; rows[i].commands[at]; at++) {
        tell(c, rows[i].commands[at]);
        seen[at] = witness->within == 1 ? 'w' : '-';
    }
    tap_check(strcmp(seen, rows[i].within) == 0, "%s: %s %s", rows[i].what, rows[i].commands, seen);
    conversation_free(&c);
    tap_check(witness->within == 0 && witness->open == 0, "%s: none when it has ended",
              rows[i].what);
    policy_unref(&policy);
    arena_free(&arena);
}

static void
check_session(struct witness *witness)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct policy *policy = load(arena, "");
    struct conversation *c = conversation_new(policy, no_macro, NULL);
    const struct witness_session *session = witness->session;

    while (!session->taken)
        session++;
    conversation_negotiate(c, PROTOCOL_ALL_ACTIONS, 0);
    tell(c, 'C');
    tell(c, 'H');
    tell(c, 'M');
    tap_check(strcmp(session->host, "h.example") == 0 && strcmp(session->address, "192.0.2.7") == 0,
              "whose session it is: %s[%s]", session->host, session->address);
    tap_check(session->stage == STAGE_MAIL && !session->served, "how far it is");
    tap_check(!witness_is_quiet(0), "within a message it isn't quiet");
    tell(c, 'A');
    tap_check(witness_is_quiet(0) && !witness_is_quiet(60 * 1000), "and behind it not at once");
    conversation_free(&c);
    tap_check(!session->taken, "it is forgotten");
    policy_unref(&policy);
    arena_free(&arena);
}

/* More than can be told apart are served all the same. */
static void
check_many(struct witness *witness)
{
    size_t before = witness->total, given = 0;

    while (witness_begin())
        given++;
    tap_check(given == WITNESS_SESSIONS && witness->open == given, "there are so many: %zu", given);
    witness_end(&witness->session[7]);
    tap_check(witness_begin() == &witness->session[7], "one that has ended makes room");
    witness_enter(NULL, STAGE_MAIL);
    witness_message(NULL, true);
    witness_end(NULL);
    tap_check(witness->total == before + given + 1, "what has no room isn't counted");
}

int
main(void)
{
    struct witness *witness = witness_new();

    tap_check(witness_begin() == NULL, "nothing is written where nobody wants it");
    witness_use(witness);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_row(i, witness);
    check_session(witness);
    check_many(witness);
    witness_free(&witness);
    return tap_done();
}
