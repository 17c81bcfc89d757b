/* What large policies take: 10,000 rules, one of which reads the recipient, and 1,000 recipients,
 * and the changes of 400 rules that act for each of these. Argument: rounds. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "policy/walk.h"

enum { RECIPIENTS = 1000, RULES = 10000, ACTING = 400 };

struct taken {
    double rcpt, message, changes; /* seconds */
    size_t octets;                 /* a recipient */
    size_t made;
};

static void
give_up(const char *what)
{
    fprintf(stderr, "bench_walk: %s\n", what);
    exit(1);
}

static double
seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct policy *
policy_of(struct arena *arena, unsigned rules, const char *rest)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);
    struct diagnostics diagnostics;
    struct policy *policy;

    buffer_init(text, arena, SIZE_MAX);
    buffer_text(text, "rule one if rcpt == \"one@example.com\" reject\n");
    for (unsigned i = 1; i < rules; i++)
        buffer_printf(text, "rule r%u if %s\n", i, rest);
    diagnostics_init(&diagnostics, arena);
    policy = policy_load_text("policy", buffer_slice(text), &diagnostics);
    if (policy == NULL)
        give_up("the policy isn't taken");
    return policy;
}

static void
offer(struct walk *walk, struct transaction *transaction)
{
    for (unsigned i = 0; i < RECIPIENTS; i++) {
        struct recipient *recipient = ARENA_NEW(transaction->arena, struct recipient);

        recipient->argument = slice_of(arena_printf(transaction->arena, "<u%u@example.com>", i));
        address_parse_forward_path(transaction->arena, recipient->argument, &recipient->address);
        recipient->number = ++transaction->offered_count;
        if (walk_stage(walk, STAGE_RCPT, recipient).verdict != VERDICT_NONE)
            give_up("a recipient is refused");
        *transaction->recipients_end = recipient;
        transaction->recipients_end = &recipient->next;
        transaction->recipient_count++;
    }
}

static struct taken
play(const struct policy *policy, struct session *session)
{
    struct transaction transaction = {.arena = arena_new(SIZE_MAX), .session = session};
    struct taken taken = {0};
    struct walk *walk;
    size_t before;
    double at[4];

    transaction.recipients_end = &transaction.recipients;
    transaction.refused_end = &transaction.refused;
    transaction.header_end = &transaction.header;
    transaction.sender_argument = SLICE("<alice@example.com>");
    address_parse_reverse_path(transaction.arena, transaction.sender_argument,
                               &transaction.sender);
    walk = walk_begin(policy, session, &transaction);
    walk_stage(walk, STAGE_MAIL, NULL);
    before = arena_used(transaction.arena);
    at[0] = seconds();
    offer(walk, &transaction);
    at[1] = seconds();
    for (enum stage stage = STAGE_DATA; stage <= STAGE_BODY; stage++)
        walk_stage(walk, stage, NULL);
    at[2] = seconds();
    taken.octets = (arena_used(transaction.arena) - before) / RECIPIENTS;
    for (const struct change *change = walk_changes(walk); change; change = change->next)
        taken.made++;
    at[3] = seconds();
    taken.rcpt = at[1] - at[0];
    taken.message = at[2] - at[1];
    taken.changes = at[3] - at[2];
    arena_free(&transaction.arena);
    return taken;
}

/* The quickest of all rounds. */
static void
bench(const char *name, unsigned rules, const char *rest, unsigned rounds)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct policy *policy = policy_of(arena, rules, rest);
    struct session session = {.arena = arena, .host = SLICE("client.example")};
    struct taken best = play(policy, &session);

    for (unsigned i = 1; i < rounds; i++) {
        struct taken taken = play(policy, &session);

        best.rcpt = taken.rcpt < best.rcpt ? taken.rcpt : best.rcpt;
        best.message = taken.message < best.message ? taken.message : best.message;
        best.changes = taken.changes < best.changes ? taken.changes : best.changes;
    }
    printf("%-8s %5u rules, %d recipients: RCPT %.3f s, stages behind %.3f s, changes %.3f s "
           "(%zu made), %zu octets a recipient\n",
           name, rules, RECIPIENTS, best.rcpt, best.message, best.changes, best.made, best.octets);
    policy_unref(&policy);
    arena_free(&arena);
}

int
main(int argc, char **argv)
{
    unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 3;

    bench("false", RULES, "sender == \"bob@example.com\" reject", rounds);
    bench("open", RULES, "message.8bit and sender == \"alice@example.com\" reject", rounds);
    bench("acting", ACTING + 1, "sender == \"alice@example.com\" add-header \"X-A\" \"b\"", rounds);
    bench("copies", ACTING + 1,
          "sender == \"alice@example.com\" add-recipient \"{rcpt.local}@b.example\"", rounds);
    return 0;
}
