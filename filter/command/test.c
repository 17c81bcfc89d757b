/* `postern test`: plays the tests of a policy, and those of other files; results in the Test
 * Anything Protocol. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "command.h"
#include "coverage.h"
#include "input.h"
#include "test_through.h"

static int test_run(int argc, char **argv);

enum { TEST_COVERAGE = OPTION_LONG, TEST_RUN };

static const struct command_option test_options[] = {
    {'q', NULL, NULL, "print only what fails, and a last line", OPTION_FREE},
    {TEST_RUN, "run", "PATTERN", "only tests whose names match: * and ? as in a shell",
     OPTION_FREE},
    {TEST_COVERAGE, "coverage", "[PERCENT]",
     "say how much of the policy the tests reach; below this, exit 1", OPTION_FREE},
    {TEST_THROUGH, "through", "HOST:PORT",
     "play them through this MTA, which takes no mail of theirs", OPTION_FREE},
    {TEST_AUTH_USER, "auth-user", "USER", "log in, where a test has a login", OPTION_COLLECTED},
    {TEST_AUTH_PASSWORD_FILE, "auth-password-file", "FILE|-", "whose first line is the password",
     OPTION_COLLECTED},
    {TEST_TLS, "tls", NULL, "STARTTLS in each session; else where a test or a login wants it",
     OPTION_COLLECTED},
    {TEST_TLS_ON_CONNECT, "tls-on-connect", NULL, "TLS from the first octet on, as on port 465",
     OPTION_COLLECTED},
    {TEST_PLAIN, "plain", NULL, "leave STARTTLS alone; a password goes in plain text",
     OPTION_COLLECTED},
    {TEST_HELO, "helo", "NAME", "the name to give with EHLO where a test says none",
     OPTION_COLLECTED},
    {TEST_NONCE_TO, "nonce-to", "DOMAIN|USER+@DOMAIN",
     "where the nonce's address is, in place of the recipient's domain", OPTION_COLLECTED},
    COMMAND_OPTION_POLICY,
    COMMAND_OPTIONS_END,
};

const struct command command_test = {
    .name = "test",
    .operands = "[FILE|-...]",
    .help = "play the tests of a policy, and those of other files",
    .options = test_options,
    .examples = {"test -q --run '*alice*' more.tests",
                 "test --through localhost:587 --auth-user alice --auth-password-file -"},
    .run = test_run,
};

/* The command line. */
struct request {
    const char *path;
    const char *pattern; /* of names, as fnmatch(3) has it; NULL: all are played */
    bool quiet;
    bool covers;
    unsigned percent; /* that the coverage must reach */
    struct arena *arena;
    struct test_through through;
};

struct tally {
    unsigned run;
    unsigned failed;
    const struct request *request;
    struct coverage *coverage; /* or NULL */
    struct through through;
    bool fatal; /* no more may be played through */
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
print_skip(const struct test *test, const struct tally *tally, const char *skip)
{
    if (tally->request->quiet)
        return;
    printf("ok %u - ", tally->run);
    print_test_name(test->name);
    printf(" # SKIP %s\n", skip);
}

static void
print_differences(const struct differences *differences)
{
    for (const struct difference *d = differences->first; d; d = d->next)
        printf("# %s%s\n", d->unplayed ? "not played: " : "", d->text);
}

static void
run_test_through(struct arena *arena, const struct test *test, struct tally *tally)
{
    const struct request *request = tally->request;
    struct through_result through;
    struct play_result result = {0};

    through_test(arena, &tally->through, test, &through);
    tally->failed += through.failed;
    tally->fatal = through.fatal != NULL;
    result.failures = through.failures;
    if (!through.failed && through.skip)
        print_skip(test, tally, arena_printf(arena, "not played: %s", through.skip));
    else if (through.failed || !request->quiet)
        print_result(arena, &result, test, tally->run);
    if ((through.failed || !request->quiet) && !(through.skip && !through.failed))
        print_differences(&through.differences);
    if (tally->fatal)
        printf("Bail out! %s\n", through.fatal);
}

static void
run_test(struct policy *policy, const struct test *test, struct tally *tally)
{
    struct arena *arena = arena_new(SIZE_MAX);
    const char *skip = reason_to_skip(arena, policy, test);
    struct watched watched = {tally->coverage, arena};
    struct play_result result;

    tally->run++;
    if (skip) {
        print_skip(test, tally, skip);
    } else if (tally->request->through.target) {
        run_test_through(arena, test, tally);
    } else {
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

/* The MTA is asked before the first test that is played through it. */
static void
run_checks(const struct test *tests, struct tally *tally)
{
    struct through *through = &tally->through;

    if (tally->request->through.target == NULL || tally->run > 0)
        return;
    tally->run = TEST_THROUGH_CHECKS;
    tally->fatal = !test_through_check(tally->request->arena, through, tests, tally->request->quiet,
                                       &tally->failed);
    if (tally->fatal)
        tally->run = 1;
}

static void
run_tests(struct policy *policy, const struct test *first, struct tally *tally)
{
    for (const struct test *test = first; test && !tally->fatal; test = test->next) {
        if (!is_wanted(tally->request, test))
            continue;
        run_checks(test, tally);
        if (!tally->fatal)
            run_test(policy, test, tally);
    }
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
        else if (option >= TEST_THROUGH && option < TEST_THROUGH_END &&
                 !test_through_option(request->arena, &request->through, option, optarg))
            return false;
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
    const struct test none = {.name = SLICE("none")};
    struct arena *arena = arena_new(SIZE_MAX);
    struct tally tally = {.request = request,
                          .through = request->through.through,
                          .coverage = request->covers ? coverage_new(arena, policy) : NULL};
    bool readable = true, covered = true;

    run_tests(policy, policy_tests(policy), &tally);
    for (; *file; file++)
        readable = run_file(policy, input_path(*file), &tally) && readable;
    if (tally.run == 0 && request->pattern == NULL)
        run_checks(&none, &tally);
    print_plan(&tally);
    if (tally.coverage)
        covered = coverage_print(tally.coverage, request->percent);
    arena_free(&arena);
    if (!readable)
        return EX_DATAERR;
    return tally.failed > 0 || !covered || (request->pattern && tally.run == 0);
}

static int
check_request(const struct request *request)
{
    if (request->covers && request->through.target)
        return command_fail(&command_test, EX_USAGE, "--coverage is about a play without an MTA");
    return test_through_check_options(&request->through);
}

static int
run_request(struct request *request, char **file)
{
    struct policy *policy;
    int status = input_policy(request->path, &policy);

    if (policy == NULL)
        return status;
    status = test_through_prepare(request->arena, &request->through, policy);
    if (status == EX_OK)
        status = run_all(policy, request, file);
    policy_unref(&policy);
    return status;
}

static int
test_run(int argc, char **argv)
{
    struct request request = {.path = command_default_policy(),
                              .arena = arena_new(SIZE_MAX),
                              .through = {.command = &command_test}};
    int status = EX_USAGE;

    if (read_options(&request, argc, argv))
        status = check_request(&request);
    if (status == EX_OK)
        status = run_request(&request, argv + optind);
    arena_free(&request.arena);
    return status;
}
