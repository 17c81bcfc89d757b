/* `postern test`: plays the tests of a policy, and those of other files; results in the Test
 * Anything Protocol. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "command.h"
#include "coverage.h"
#include "input.h"

static int test_run(int argc, char **argv);

enum { TEST_COVERAGE = OPTION_LONG, TEST_RUN };

static const struct command_option test_options[] = {
    {'q', NULL, NULL, "print only what fails, and a last line", OPTION_FREE},
    {TEST_RUN, "run", "PATTERN", "only tests whose names match: * and ? as in a shell",
     OPTION_FREE},
    {TEST_COVERAGE, "coverage", "[PERCENT]",
     "say how much of the policy the tests reach; below this, exit 1", OPTION_FREE},
    COMMAND_OPTION_POLICY,
    COMMAND_OPTIONS_END,
};

const struct command command_test = {
    .name = "test",
    .operands = "[FILE|-...]",
    .help = "play the tests of a policy, and those of other files",
    .options = test_options,
    .examples = {"test", "test -q --run '*alice*' more.tests"},
    .run = test_run,
};

/* The command line. */
struct request {
    const char *path;
    const char *pattern; /* of names, as fnmatch(3) has it; NULL: all are played */
    bool quiet;
    bool covers;
    unsigned percent; /* that the coverage must reach */
};

struct tally {
    unsigned run;
    unsigned failed;
    const struct request *request;
    struct coverage *coverage; /* or NULL */
};

/* One test that is played. */
struct watched {
    struct coverage *coverage;
    struct arena *arena;
};

static void
watch(void *context, const struct played *played)
{
    const struct watched *watched = context;

    coverage_note(watched->coverage, watched->arena, played);
}

static void
print_failures(struct arena *arena, const struct play_result *result)
{
    for (const struct play_failure *failure = result->failures; failure; failure = failure->next)
        printf("# %s: %s\n", diagnostics_place_text(arena, failure->place), failure->text);
    for (const struct play_line *line = result->log; line; line = line->next)
        printf("# log: %s\n", line->text);
}

/* A name goes on one line, and # would begin a directive. */
static void
print_test_name(struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        if ((unsigned char)name.at[i] < 32 || name.at[i] == 127)
            putchar('?');
        else if (name.at[i] == '#' || name.at[i] == '\\')
            printf("\\%c", name.at[i]);
        else
            putchar(name.at[i]);
    }
}

/* A test that expects something of a rule which the site has switched off, or only watches, has
 * nothing to show. */
static const char *
reason_to_skip(struct arena *arena, const struct policy *policy, const struct test *test)
{
    for (const struct step *step = test->steps; step; step = step->next) {
        struct slice rule = step->expect.rule;
        enum rule_state state = rule.len ? policy_rule_state(policy, rule) : RULE_UNKNOWN;

        if (state == RULE_OFF || (state == RULE_WATCHED && !step->expect.audit))
            return arena_printf(arena, "rule %.*s is %s", (int)rule.len, rule.at,
                                state == RULE_OFF ? "off" : "only watched");
    }
    return NULL;
}

static void
print_result(struct arena *arena, const struct play_result *result, const struct test *test,
             unsigned number)
{
    printf("%sok %u - ", result->failures ? "not " : "", number);
    print_test_name(test->name);
    putchar('\n');
    if (result->failures)
        print_failures(arena, result);
}

static void
run_test(struct policy *policy, const struct test *test, struct tally *tally)
{
    struct arena *arena = arena_new(SIZE_MAX);
    const char *skip = reason_to_skip(arena, policy, test);
    struct watched watched = {tally->coverage, arena};
    struct play_result result;

    tally->run++;
    if (skip && !tally->request->quiet) {
        printf("ok %u - ", tally->run);
        print_test_name(test->name);
        printf(" # SKIP %s\n", skip);
    } else if (skip == NULL) {
        play_steps(arena, policy, test->steps, false, tally->coverage ? watch : NULL, &watched,
                   &result);
        tally->failed += result.failures != NULL;
        if (result.failures || !tally->request->quiet)
            print_result(arena, &result, test, tally->run);
    }
    fflush(stdout);
    arena_free(&arena);
}

static bool
is_wanted(const struct request *request, const struct test *test)
{
    struct arena *arena;
    bool wanted;

    if (request->pattern == NULL)
        return true;
    arena = arena_new(SIZE_MAX);
    wanted = fnmatch(request->pattern, arena_string(arena, test->name), 0) == 0;
    arena_free(&arena);
    return wanted;
}

static void
run_tests(struct policy *policy, const struct test *first, struct tally *tally)
{
    for (const struct test *test = first; test; test = test->next)
        if (is_wanted(tally->request, test))
            run_test(policy, test, tally);
}

/* False when the file can't be read or has errors. */
static bool
run_file(struct policy *policy, const char *path, struct tally *tally)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct diagnostics diagnostics;
    const struct test *tests;

    diagnostics_init(&diagnostics, arena);
    tests = policy_tests_load(arena, path, &diagnostics);
    diagnostics_print(&diagnostics, stderr);
    if (diagnostics.errors == 0)
        run_tests(policy, tests, tally);
    arena_free(&arena);
    return diagnostics.errors == 0;
}

static bool
read_percent(const char *text, unsigned *percent_r)
{
    char *end;
    unsigned long percent = strtoul(text, &end, 10);

    *percent_r = (unsigned)percent;
    return *text >= '0' && *text <= '9' && *end == '\0' && percent <= 100;
}

static bool
read_options(struct request *request, int argc, char **argv)
{
    int option;

    while ((option = command_option(&command_test, argc, argv)) != -1) {
        if (option == 'c')
            request->path = optarg;
        else if (option == 'q')
            request->quiet = true;
        else if (option == TEST_RUN)
            request->pattern = optarg;
        else if (option == TEST_COVERAGE)
            request->covers = true;
        if (option == '?' ||
            (option == TEST_COVERAGE && optarg && !read_percent(optarg, &request->percent)))
            return false;
    }
    return true;
}

static void
print_plan(const struct tally *tally)
{
    printf("1..%u\n", tally->run);
    if (tally->run == 0 && tally->request->pattern)
        fprintf(stderr, "postern: test: no test has a name that matches \"%s\"\n",
                tally->request->pattern);
    if (tally->request->quiet)
        printf("# %u passed, %u failed\n", tally->run - tally->failed, tally->failed);
}

static int
run_all(struct policy *policy, const struct request *request, char **file)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct tally tally = {.request = request,
                          .coverage = request->covers ? coverage_new(arena, policy) : NULL};
    bool readable = true, covered = true;

    run_tests(policy, policy_tests(policy), &tally);
    for (; *file; file++)
        readable = run_file(policy, input_path(*file), &tally) && readable;
    print_plan(&tally);
    if (tally.coverage)
        covered = coverage_print(tally.coverage, request->percent);
    arena_free(&arena);
    if (!readable)
        return EX_DATAERR;
    return tally.failed > 0 || !covered || (request->pattern && tally.run == 0);
}

static int
test_run(int argc, char **argv)
{
    struct request request = {.path = command_default_policy()};
    struct policy *policy;
    int status;

    if (!read_options(&request, argc, argv))
        return EX_USAGE;
    status = input_policy(request.path, &policy);
    if (policy == NULL)
        return status;
    status = run_all(policy, &request, argv + optind);
    policy_unref(&policy);
    return status;
}
