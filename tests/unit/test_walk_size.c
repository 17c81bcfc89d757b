/* What each of many recipients takes of a transaction's memory under a large policy. */
#include <stdio.h>

#include "policy/walk.h"
#include "tap.h"

enum { RECIPIENTS = 1000, MOST_A_RECIPIENT = 4096 };

struct played {
    struct arena *arena; /* of the policy */
    struct policy *policy;
    struct session session;
    struct transaction transaction;
};

static struct policy *
load(struct arena *arena, struct slice text)
{
    struct diagnostics diagnostics;
    struct policy *policy;

    diagnostics_init(&diagnostics, arena);
    policy = policy_load_text("policy", text, &diagnostics);
    if (policy == NULL)
        diagnostics_print(&diagnostics, stdout);
    return policy;
}

/* One rule reads the recipient, the others what is said once. */
static struct slice
many_rules(struct arena *arena, unsigned count, const char *condition, const char *action)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX);
    buffer_text(text, "rule one if rcpt == \"one@example.com\" reject\n");
    for (unsigned i = 1; i < count; i++) {
        buffer_printf(text, "rule r%u if %s ", i, condition);
        buffer_printf(text, "%s\n", action);
    }
    return buffer_slice(text);
}

static void
begin(struct played *played, const char *sender)
{
    struct transaction *transaction = &played->transaction;
    size_t most =
        (size_t)policy_settings(played->policy)->value[SET_MAX_TRANSACTION_MEMORY].number;

    played->session = (struct session){.arena = played->arena, .host = SLICE("client.example")};
    *transaction = (struct transaction){.arena = arena_new(most), .session = &played->session};
    transaction->recipients_end = &transaction->recipients;
    transaction->refused_end = &transaction->refused;
    transaction->header_end = &transaction->header;
    transaction->sender_argument = slice_of(sender);
    address_parse_reverse_path(transaction->arena, transaction->sender_argument,
                               &transaction->sender);
}

/* How many are refused. */
static unsigned
offer(struct played *played, struct walk *walk)
{
    struct transaction *transaction = &played->transaction;
    unsigned refused = 0;

    for (unsigned i = 0; i < RECIPIENTS; i++) {
        struct recipient *recipient = ARENA_NEW(transaction->arena, struct recipient);

        recipient->argument = slice_of(arena_printf(transaction->arena, "<u%u@example.com>", i));
        address_parse_forward_path(transaction->arena, recipient->argument, &recipient->address);
        recipient->number = ++transaction->offered_count;
        refused += walk_stage(walk, STAGE_RCPT, recipient).verdict != VERDICT_NONE;
        *transaction->recipients_end = recipient;
        transaction->recipients_end = &recipient->next;
        transaction->recipient_count++;
    }
    return refused;
}

/* Octets a recipient, from RCPT to the end of the message. */
static size_t
octets_of(struct played *played, unsigned *refused_r)
{
    struct transaction *transaction = &played->transaction;
    struct walk *walk;
    size_t before;

    begin(played, "<alice@example.com>");
    walk = walk_begin(played->policy, &played->session, transaction);
    walk_stage(walk, STAGE_MAIL, NULL);
    before = arena_used(transaction->arena);
    *refused_r = offer(played, walk);
    for (enum stage stage = STAGE_DATA; stage <= STAGE_BODY; stage++)
        *refused_r += walk_stage(walk, stage, NULL).verdict != VERDICT_NONE;
    *refused_r += walk_spent_by(walk) != NULL || arena_over(transaction->arena);
    return (arena_used(transaction->arena) - before) / RECIPIENTS;
}

static void
test_memory(void)
{
    const struct {
        const char *condition, *action;
    } cases[] = {
        {"sender == \"bob@example.com\"", "reject"},
        {"sender == \"alice@example.com\"", "add-header \"X-A\" \"b\""},
        {"message.8bit and sender == \"alice@example.com\"", "reject"},
        {"any header[\"Subject\"] ~ /x/", "tempfail"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct played played = {.arena = arena_new(SIZE_MAX)};
        unsigned refused;
        size_t octets;

        played.policy = load(played.arena, many_rules(played.arena, 10000, cases[i].condition,
                                                      cases[i].action));
        octets = octets_of(&played, &refused);
        tap_check(octets <= MOST_A_RECIPIENT && refused == 0,
                  "10,000 rules \"if %s %s\" take %zu octets a recipient (%u refused)",
                  cases[i].condition, cases[i].action, octets, refused);
        arena_free(&played.transaction.arena);
        policy_unref(&played.policy);
        arena_free(&played.arena);
    }
}

int
main(void)
{
    test_memory();
    return tap_done();
}
