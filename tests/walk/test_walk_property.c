/* The staged walk against a naive evaluator, on random policies and transactions:
 *     test_walk_property [-1] [-n POLICIES] [-s SEED]
 * stops, with -1, at the first failure. In the long form there are 100,000 policies.
 * A failure prints the seed that makes it alone (`-n 1 -s ...`), and the smallest policy and
 * transaction found that still fail. */
#include <stdlib.h>
#include <unistd.h>

#include "../unit/tap.h"
#include "walk_compare.h"
#include "walk_random.h"

enum { TRANSACTIONS = 3, SHOWN = 3 };

static const char *const law[DISAGREEMENTS] = {
    [NOT_LOADED] = "every policy is taken",
    [WRONG_VERDICT] = "every recipient gets the verdict of the naive evaluator",
    [WRONG_MOMENT] = "every verdict is spoken at the first stage at which it is certain",
    [WRONG_REPLY] = "replies have the rule's text, or 451 4.3.0 where a lookup failed",
    [WRONG_RECIPIENTS] = "the same recipients are left",
    [WRONG_CHANGES] = "the same changes are made, in file order, once each",
    [WRONG_LOG] = "the same lines are logged, once each",
    [WRONG_AUDIT] = "audit rules and rules in error are reported, and do nothing",
    [WRONG_IN_AUDIT] = "mode audit finds what mode enforce does",
    [WRONG_BEHIND] = "and tells once of every rule that holds behind a verdict",
};

static struct slice
policy_text(struct arena *arena, const struct model_policy *policy)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    struct slice copy;

    if (!to)
        abort();
    model_print_policy(to, policy);
    fclose(to);
    copy = arena_copy(arena, (struct slice){text, size});
    free(text);
    return copy;
}

static const char *
first_error(struct arena *arena, const struct diagnostics *diagnostics)
{
    for (const struct diagnostic *d = diagnostics->first; d; d = d->next)
        if (d->severity == SEVERITY_ERROR)
            return arena_string(arena, slice_of(d->text));
    return "no policy, and no error";
}

static struct policy *
load(struct arena *arena, const struct model_policy *model, const char **what_r)
{
    struct diagnostics diagnostics;
    struct policy *policy;

    diagnostics_init(&diagnostics, arena);
    policy = policy_load_text("random", policy_text(arena, model), &diagnostics);
    if (!policy)
        *what_r = first_error(arena, &diagnostics);
    return policy;
}

/* The same policy in mode enforce and in mode audit. */
struct modes {
    struct policy *enforce, *audit;
};

static bool
load_both(struct arena *arena, const struct model_policy *model, struct modes *modes_r,
          const char **what_r)
{
    struct model_policy audited = *model;

    audited.audit = true;
    modes_r->enforce = load(arena, model, what_r);
    modes_r->audit = load(arena, &audited, what_r);
    return modes_r->enforce && modes_r->audit;
}

static void
unload_both(struct modes *modes)
{
    policy_unref(&modes->enforce);
    policy_unref(&modes->audit);
}

static enum disagreement
try_once(const struct model_policy *model, const struct modes *modes, const struct model_mail *mail,
         FILE *explain)
{
    struct arena *arena = arena_new(16 << 20);
    struct played enforced, audited;
    const char *what = NULL;
    enum disagreement found;

    play(arena, modes->enforce, mail, &enforced);
    found = compare(arena, model, mail, &enforced, &what);
    if (found == AGREES) {
        play(arena, modes->audit, mail, &audited);
        found = compare_audit(arena, model, mail, &enforced, &audited, &what);
    }
    if (explain && what)
        fprintf(explain, "%s\n", what);
    arena_free(&arena);
    return found;
}

static enum disagreement
try_policy(const struct model_policy *model, const struct model_mail *mail, FILE *explain)
{
    struct arena *arena = arena_new(16 << 20);
    const char *what = NULL;
    struct modes modes;
    enum disagreement found = NOT_LOADED;

    if (load_both(arena, model, &modes, &what))
        found = try_once(model, &modes, mail, explain);
    else if (explain)
        fprintf(explain, "%s\n", what);
    unload_both(&modes);
    arena_free(&arena);
    return found;
}

/* --- making a failure small --- */

struct failure {
    enum disagreement found;
    struct model_policy policy;
    struct model_mail mail;
};

static bool
keep_if_fails(struct failure *failure, const struct failure *smaller)
{
    if (try_policy(&smaller->policy, &smaller->mail, NULL) != failure->found)
        return false;
    *failure = *smaller;
    return true;
}

static bool
drop_rule(struct failure *failure, unsigned rule)
{
    struct failure smaller = *failure;
    struct model_policy *policy = &smaller.policy;

    policy->rules--;
    memmove(&policy->rule[rule], &policy->rule[rule + 1],
            (policy->rules - rule) * sizeof *policy->rule);
    return policy->rules > 0 && keep_if_fails(failure, &smaller);
}

static bool
plain_rule(struct failure *failure, unsigned rule, unsigned what)
{
    struct failure smaller = *failure;
    struct model_rule *target = &smaller.policy.rule[rule];
    struct model_expr *condition = target->condition;

    if (what < 3 && condition && what < condition->children)
        target->condition = condition->child[what];
    else if (what == 3 && condition && condition->kind == MODEL_LET)
        target->condition = smaller.policy.let[condition->let];
    else if (what == 4 && condition)
        target->condition = NULL;
    else if (what == 5 && target->has_at)
        target->has_at = false;
    else if (what == 6 && target->actions > 1)
        target->actions--;
    else if (what == 7 && target->action[0].text.reads)
        target->action[0].text.reads = false;
    else
        return false;
    return keep_if_fails(failure, &smaller);
}

static bool
drop_of_mail(struct failure *failure, unsigned what)
{
    struct failure smaller = *failure;
    struct model_mail *mail = &smaller.mail;
    unsigned *const counts[] = {&mail->recipients, &mail->headers_a, &mail->headers_b, &mail->froms,
                                &mail->lines};

    if (what < 5) {
        if (*counts[what] == (what == 0))
            return false;
        --*counts[what];
    } else if (what == 5 && mail->recipients > 1) {
        mail->recipients--;
        memmove(mail->recipient, mail->recipient + 1, mail->recipients * sizeof *mail->recipient);
    } else if (what - 6 < mail->entries) {
        mail->entries--;
        memmove(&mail->entry[what - 6], &mail->entry[what - 5],
                (mail->entries - (what - 6)) * sizeof *mail->entry);
    } else {
        return false;
    }
    return keep_if_fails(failure, &smaller);
}

static bool
make_smaller(struct failure *failure)
{
    for (unsigned rule = 0; rule < failure->policy.rules; rule++) {
        if (drop_rule(failure, rule))
            return true;
        for (unsigned what = 0; what < 8; what++)
            if (plain_rule(failure, rule, what))
                return true;
    }
    for (unsigned what = 0; what < 6 + MAX_ENTRIES; what++)
        if (drop_of_mail(failure, what))
            return true;
    return false;
}

/* Lets and aliases that nothing reads stay out of what is shown, unless they are the trouble. */
static void
show(const struct failure *failure)
{
    char line[512];
    FILE *to = tmpfile();

    if (!to)
        abort();
    model_print_policy(to, &failure->policy);
    model_print_mail(to, &failure->mail);
    try_policy(&failure->policy, &failure->mail, to);
    rewind(to);
    while (fgets(line, sizeof line, to))
        if (strncmp(line, "let alias-", 10) != 0)
            printf("#   %s", line);
    fclose(to);
}

static void
report(enum disagreement found, const struct model_policy *policy, const struct model_mail *mail,
       uint64_t seed)
{
    struct failure failure = {found, *policy, *mail};

    printf("# against \"%s\", with -n 1 -s %llu:\n", law[found], (unsigned long long)seed);
    while (make_smaller(&failure))
        ;
    show(&failure);
}

/* --- the runs --- */

static bool
run_seed(uint64_t seed, unsigned failures[DISAGREEMENTS])
{
    struct arena *arena = arena_new(16 << 20);
    struct random random = {seed};
    const struct model_policy *model = random_policy(arena, &random);
    const char *what;
    struct modes modes;
    bool loaded = load_both(arena, model, &modes, &what), fine = true;

    for (unsigned i = 0; i < TRANSACTIONS && fine; i++) {
        const struct model_mail *mail = random_mail(arena, &random);
        enum disagreement found = loaded ? try_once(model, &modes, mail, NULL) : NOT_LOADED;

        fine = found == AGREES;
        if (!fine && failures[found]++ < SHOWN)
            report(found, model, mail, seed);
    }
    unload_both(&modes);
    arena_free(&arena);
    return fine;
}

int
main(int argc, char **argv)
{
    unsigned failures[DISAGREEMENTS] = {0};
    unsigned long policies = tap_times(5000, 100000);
    uint64_t seed = 1;
    bool stop = false, fine = true;
    int option;

    while ((option = getopt(argc, argv, "1n:s:")) != -1) {
        if (option == 'n')
            policies = strtoul(optarg, NULL, 10);
        else if (option == '1')
            stop = true;
        else if (option == 's')
            seed = strtoull(optarg, NULL, 10);
        else
            return 64;
    }
    printf("# %lu policies from seed %llu, %d transactions each\n", policies,
           (unsigned long long)seed, TRANSACTIONS);
    for (unsigned long i = 0; i < policies && (fine || !stop); i++)
        fine = run_seed(seed + i, failures) && fine;
    for (unsigned i = AGREES + 1; i < DISAGREEMENTS; i++)
        tap_check(failures[i] == 0, "%s (%u policies against it)", law[i], failures[i]);
    return tap_done();
}
