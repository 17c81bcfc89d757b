/* What is remembered of a verdict: it is a test that comes to the same verdict again, for whatever
 * the policies that we ship decide; and who is killed while he writes holds nobody up. */
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "count/recall.h"
#include "play/play.h"
#include "policy/policy.h"
#include "tap.h"

enum { TEXTS = 64, KILLS = 20, LONGEST_FOUND = RECALL_LONGEST + sizeof RECALL_END - 1 };

/* The number of a player's first transaction; the session's is 0. */
static const char *const ids[] = {"000000000000", "000000000001", "000000000002", "000000000003"};

struct tally {
    size_t records, wrong, without_expect, excused;
};

/* The record says it by itself, or the test is about its own id. */
static bool
is_excused(const char *what, const char *text)
{
    return strstr(text, "this may come to another verdict.\n") ||
           strcmp(what, "each MAIL has its own, the same at all stages") == 0;
}

static void
note_failures(struct tally *tally, const char *what, const char *text,
              const struct diagnostics *diagnostics, const struct play_failure *failures)
{
    if (failures == NULL && diagnostics->errors == 0)
        return;
    if (is_excused(what, text)) {
        tally->excused++;
        return;
    }
    tally->wrong++;
    printf("# %s: %s\n", what, failures ? failures->text : "it can't be read");
    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
        printf("#   %.*s\n", (int)strcspn(line, "\n"), line);
}

static void
play_record(struct arena *arena, struct policy *policy, const char *name, struct slice record,
            struct tally *tally)
{
    struct diagnostics diagnostics;
    const struct step *steps;
    struct play_result result = {0};
    bool has_expect = memmem(record.at, record.len, "\nexpect ", 8) != NULL;

    diagnostics_init(&diagnostics, arena);
    steps = scenario_text(arena, name, record, &diagnostics);
    if (diagnostics.errors == 0)
        play_steps(arena, policy, steps, false, NULL, NULL, &result);
    tally->records++;
    tally->without_expect += !has_expect;
    note_failures(tally, name, arena_string(arena, record), &diagnostics, result.failures);
}

static void
play_records(struct arena *arena, struct policy *policy, const char *name, struct slice all,
             struct tally *tally)
{
    const char *end;

    while ((end = memmem(all.at, all.len, RECALL_END, strlen(RECALL_END)))) {
        struct slice record = slice_first(all, (size_t)(end - all.at));

        all = slice_from(all, record.len + strlen(RECALL_END));
        play_record(arena, policy, name, record, tally);
    }
}

/* What the test makes the policy say is remembered, and said once more. */
static void
play_test(struct policy *policy, const struct test *test, struct tally *tally)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct play_result result;
    struct slice found[sizeof ids / sizeof ids[0]];
    const char *name = arena_string(arena, test->name);

    recall_make(RECALL_VERDICTS, TEXTS);
    play_steps(arena, policy, test->steps, true, NULL, NULL, &result);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        found[i] = recall_find(arena, RECALL_VERDICTS, slice_of(ids[i]));
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        play_records(arena, policy, name, found[i], tally);
    arena_free(&arena);
}

static void
play_tests_of(const char *path, struct tally *tally)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct diagnostics diagnostics;
    struct policy *policy;

    diagnostics_init(&diagnostics, arena);
    policy = policy_load(path, &diagnostics);
    for (const struct test *test = policy ? policy_tests(policy) : NULL; test; test = test->next)
        play_test(policy, test, tally);
    if (policy)
        policy_unref(&policy);
    arena_free(&arena);
}

/* The policies with the tests inside them, and those that try what they leave to a site. */
static void
comes_to_the_same_verdict(const char *pattern)
{
    struct arena *arena = arena_new(SIZE_MAX);
    const char *srcdir = getenv("srcdir") ? getenv("srcdir") : ".";
    struct tally tally = {0};
    glob_t found;

    glob(arena_printf(arena, "%s/%s", srcdir, pattern), 0, NULL, &found);
    for (size_t i = 0; i < found.gl_pathc; i++)
        play_tests_of(found.gl_pathv[i], &tally);
    globfree(&found);
    tap_check(tally.records > 100 && tally.wrong == 0 && tally.excused + tally.without_expect < 15,
              "%s: of %zu verdicts remembered %zu play to another, %zu may, %zu are of no rule",
              pattern, tally.records, tally.wrong, tally.excused, tally.without_expect);
    arena_free(&arena);
}

static struct slice
long_text(struct arena *arena, char octet)
{
    char *text = arena_alloc(arena, RECALL_LONGEST);

    memset(text, octet, RECALL_LONGEST);
    return (struct slice){text, RECALL_LONGEST};
}

static void
finds_the_last_ones(void)
{
    struct arena *arena = arena_new(SIZE_MAX);

    recall_make(RECALL_VERDICTS, 2);
    recall_keep(RECALL_VERDICTS, SLICE("A1"), SLICE("one"));
    recall_keep(RECALL_VERDICTS, SLICE("B2"), SLICE("two"));
    tap_check(
        slice_equal(recall_find(arena, RECALL_VERDICTS, SLICE("a1")), SLICE("one" RECALL_END)),
        "a text is found by its id, whatever the case");
    recall_keep(RECALL_VERDICTS, SLICE("B2"), SLICE("three"));
    tap_check(recall_find(arena, RECALL_VERDICTS, SLICE("A1")).len == 0, "the oldest gives way");
    tap_check(slice_equal(recall_find(arena, RECALL_VERDICTS, SLICE("B2")),
                          SLICE("two" RECALL_END "three" RECALL_END)),
              "all of one id are found, oldest first");
    tap_check(recall_find(arena, RECALL_VERDICTS, SLICE("../etc")).len == 0 &&
                  recall_find(arena, RECALL_VERDICTS, SLICE("")).len == 0,
              "what is no id finds nothing");
    recall_keep(RECALL_VERDICTS, SLICE("C3"), long_text(arena, 'x'));
    tap_check(recall_find(arena, RECALL_VERDICTS, SLICE("C3")).len ==
                  RECALL_LONGEST + strlen(RECALL_END),
              "the longest text is found whole");
    arena_free(&arena);
}

static _Noreturn void
write_for_ever(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice text[] = {long_text(arena, 'x'), long_text(arena, 'y')};

    for (unsigned i = 0;; i++)
        recall_keep(RECALL_VERDICTS, SLICE("D4"), text[i % 2]);
}

static bool
each_is_of_one(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        size_t first = i / LONGEST_FOUND * LONGEST_FOUND;

        if (i - first < RECALL_LONGEST && text.at[i] != text.at[first])
            return false;
    }
    return true;
}

static void
nobody_waits_for_the_dead(void)
{
    bool whole = true;

    recall_make(RECALL_VERDICTS, 2);
    for (int i = 0; i < KILLS; i++) {
        struct arena *arena = arena_new(SIZE_MAX);
        pid_t child = fork();

        if (child == 0)
            write_for_ever();
        usleep(2000);
        whole = whole && each_is_of_one(recall_find(arena, RECALL_VERDICTS, SLICE("D4")));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        whole = whole && each_is_of_one(recall_find(arena, RECALL_VERDICTS, SLICE("D4")));
        recall_keep(RECALL_VERDICTS, SLICE("E5"), SLICE("alive"));
        whole = whole && recall_find(arena, RECALL_VERDICTS, SLICE("E5")).len > 0;
        arena_free(&arena);
    }
    tap_check(whole, "who is killed while he writes leaves nothing that is torn, and others write");
}

int
main(void)
{
    finds_the_last_ones();
    nobody_waits_for_the_dead();
    comes_to_the_same_verdict("rules/policies/*.rules");
    comes_to_the_same_verdict("tests/policy/*.rules");
    return tap_done();
}
