/* A session as the MTA tells it: what it is answered, what is logged, and what is forgotten when.
 */
#include "tap.h"
#include "teller.h"

static const char *const dialogues[] = {"verdicts", "sessions",  "limits",
                                        "changes",  "downgrade", "modes"};

/* A client that never ends reaches a 4xx for his own transaction, and a bound. */
static void
check_bounds(void)
{
    struct arena *arena = arena_new(1 << 24);
    struct teller *teller = ARENA_NEW(arena, struct teller);
    struct slice text =
        SLICE("set max-transaction-memory 1MB\nrule r if rcpt == \"x@y.example\" reject\n");
    struct diagnostics diagnostics;
    struct policy *policy;
    struct answer answer = {0};
    struct slice rcpt = SLICE("<c@d.example>");
    int taken = 0;

    diagnostics_init(&diagnostics, arena);
    policy = policy_load_text("policy", text, &diagnostics);
    tap_check(policy != NULL, "the policy is fine");
    if (policy == NULL)
        diagnostics_print(&diagnostics, stdout);
    buffer_init(&teller->came, arena, 1 << 20);
    teller->quiet = true;
    teller->dialogue = dialogue_new(policy, teller_keep_log, teller);
    dialogue_mail(teller->dialogue, &rcpt, 1);
    while (taken < 1000000 && answer.verdict == VERDICT_NONE) {
        answer = dialogue_rcpt(teller->dialogue, &rcpt, 1);
        taken++;
    }
    tap_check(answer.verdict == VERDICT_TEMPFAIL && taken < 1000000, "recipients end after %d",
              taken);
    dialogue_free(&teller->dialogue);
    policy_unref(&policy);
    arena_free(&arena);
}

int
main(void)
{
    for (size_t i = 0; i < sizeof dialogues / sizeof dialogues[0]; i++)
        teller_run(dialogues[i]);
    check_bounds();
    return tap_done();
}
