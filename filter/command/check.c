/* `postern check`: reads a policy, says what is wrong with it, and what it asks for. */
#include <stdio.h>
#include <sysexits.h>

#include "check_host.h"
#include "command.h"
#include "filter/negotiate.h"
#include "input.h"

static int check_run(int argc, char **argv);

static const struct option check_options[] = {
    {"print", no_argument, NULL, 'p'},
    {"mta", required_argument, NULL, 'm'},
    {"no-host", no_argument, NULL, 'h'},
    {0},
};

const struct command command_check = {
    .name = "check",
    .synopsis = "[-v] [--print] [--mta NAME] [--no-host] [-c FILE]",
    .help = "read a policy, and say what is wrong",
    .letters = "c:v",
    .options = check_options,
    .run = check_run,
};

struct wanted {
    const char *path;
    bool verbose;
    bool print;
    bool no_host;
    bool has_mta;
    enum mta mta;
};

static bool
read_mta(const char *name, struct wanted *wanted)
{
    bool postfix = strcmp(name, "postfix") == 0;

    wanted->has_mta = true;
    wanted->mta = postfix ? MTA_POSTFIX : MTA_SENDMAIL;
    if (postfix || strcmp(name, "sendmail") == 0)
        return true;
    fprintf(stderr, "postern: check: --mta is postfix or sendmail\n");
    return false;
}

static bool
read_wanted(int argc, char **argv, struct wanted *wanted)
{
    int option;

    while ((option = command_option(&command_check, argc, argv, NULL)) != -1) {
        if (option == 'c')
            wanted->path = optarg;
        else if (option == 'v')
            wanted->verbose = true;
        else if (option == 'p')
            wanted->print = true;
        else if (option == 'h')
            wanted->no_host = true;
        else if (option != 'm' || !read_mta(optarg, wanted))
            return false;
    }
    return optind == argc;
}

/* As an MTA that offers everything would agree to. */
static void
print_terms(const struct policy *policy)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct terms terms;

    negotiate(arena, policy_needs(policy), PROTOCOL_ALL_ACTIONS, PROTOCOL_ALL_STEPS, &terms);
    printf("\nasked of the MTA:\n%s\n", negotiate_terms_text(arena, &terms));
    arena_free(&arena);
}

/* False: it can't be served here. */
static bool
ask_host(const struct policy *policy)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct diagnostics diagnostics;
    bool fine;

    diagnostics_init(&diagnostics, arena);
    check_host(policy, &diagnostics);
    diagnostics_print(&diagnostics, stderr);
    fine = diagnostics.errors == 0;
    arena_free(&arena);
    return fine;
}

static void
print_wanted(const struct policy *policy, const struct wanted *wanted)
{
    if (wanted->print)
        policy_print(policy, stdout);
    if (wanted->verbose) {
        policy_describe(policy, stdout);
        print_terms(policy);
    }
    if (wanted->has_mta)
        policy_describe_mta(policy, wanted->mta, stdout);
}

static void
print_all_well(const struct policy *policy, const struct wanted *wanted)
{
    size_t rules = policy_needs(policy)->rules;

    if (!wanted->print && !wanted->verbose && !wanted->has_mta)
        printf("%s: no errors, %zu rule%s%s\n", wanted->path, rules, rules == 1 ? "" : "s",
               wanted->no_host ? "; nothing was asked of this machine" : "");
}

static int
check_run(int argc, char **argv)
{
    struct wanted wanted = {.path = command_default_policy()};
    struct policy *policy;
    int status;

    if (!read_wanted(argc, argv, &wanted))
        return EX_USAGE;
    status = input_policy(wanted.path, &policy);
    if (policy && !wanted.no_host && !ask_host(policy))
        status = EX_DATAERR;
    if (policy)
        print_wanted(policy, &wanted);
    if (status == EX_OK)
        print_all_well(policy, &wanted);
    policy_unref(&policy);
    return status;
}
