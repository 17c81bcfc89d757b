/* `postern check`: reads a policy, says what is wrong with it, and what it asks for. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/file.h"
#include "base/system.h"
#include "check_host.h"
#include "command.h"
#include "filter/negotiate.h"
#include "input.h"
#include "policy/json.h"

static int check_run(int argc, char **argv);

enum { CHECK_PRINT = OPTION_LONG, CHECK_MTA, CHECK_NO_HOST, CHECK_AS, CHECK_STRICT, CHECK_JSON };

static const struct command_option check_options[] = {
    {'v', NULL, NULL, "say of each rule when it decides, and what is asked of the MTA",
     OPTION_FREE},
    {'q', NULL, NULL, "print errors and warnings alone", OPTION_FREE},
    {CHECK_PRINT, "print", NULL, "print the policy in its normal form", OPTION_FREE},
    {CHECK_JSON, "json", NULL, "print one JSON document", OPTION_FREE},
    {CHECK_MTA, "mta", "NAME", "name rules that read what postfix or sendmail never sends",
     OPTION_FREE},
    {CHECK_NO_HOST, "no-host", NULL, "ask nothing of this machine", OPTION_FREE},
    {CHECK_AS, "as", "PATH", "read FILE as if it lay there; ask nothing of this machine",
     OPTION_FREE},
    {CHECK_STRICT, "strict", NULL, "let warnings fail, too", OPTION_FREE},
    COMMAND_OPTION_POLICY,
    COMMAND_OPTIONS_END,
};

const struct command command_check = {
    .name = "check",
    .operands = "[FILE|-]",
    .help = "read a policy, and say what is wrong",
    .options = check_options,
    .examples = {"check -v", "check --as /etc/postern/postern.conf new.conf"},
    .run = check_run,
};

enum { LARGEST_POLICY = 16 << 20 };

struct wanted {
    const char *path;
    const char *as; /* where it would lie; NULL: there where it is */
    bool quiet;
    bool strict;
    bool verbose;
    bool print;
    bool json;
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

    while ((option = command_option(&command_check, argc, argv)) != -1) {
        if (option == 'c')
            wanted->path = optarg;
        else if (option == 'v')
            wanted->verbose = true;
        else if (option == CHECK_PRINT)
            wanted->print = true;
        else if (option == CHECK_JSON)
            wanted->json = true;
        else if (option == 'q')
            wanted->quiet = true;
        else if (option == CHECK_NO_HOST)
            wanted->no_host = true;
        else if (option == CHECK_STRICT)
            wanted->strict = true;
        else if (option == CHECK_AS)
            wanted->as = optarg;
        else if (option != CHECK_MTA || !read_mta(optarg, wanted))
            return false;
    }
    if (optind < argc)
        wanted->path = argv[optind++];
    if (strcmp(wanted->path, "-") == 0 && wanted->as == NULL)
        wanted->as = "standard input";
    wanted->no_host = wanted->no_host || wanted->as;
    if (wanted->json && (wanted->print || wanted->verbose || wanted->has_mta)) {
        fprintf(stderr,
                "postern: check: --json is a form of its own, without -v, --print and --mta\n");
        return false;
    }
    return optind == argc;
}

/* As an MTA that offers everything would agree to. */
static void
print_terms(const struct policy *policy, bool json)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct terms terms;

    negotiate(arena, policy_needs(policy), PROTOCOL_ALL_ACTIONS, PROTOCOL_ALL_STEPS, &terms);
    if (json)
        negotiate_write_json(&terms, stdout);
    else
        printf("\nasked of the MTA:\n%s\n", negotiate_terms_text(arena, &terms));
    arena_free(&arena);
}

/* What was wrong. */
struct found {
    bool json; /* write it to standard output, too */
    size_t shown;
    size_t errors;
    size_t warnings;
};

static void
json_write_problem(const struct diagnostic *problem)
{
    printf("{\"severity\":\"%s\",\"text\":",
           problem->severity == SEVERITY_ERROR ? "error" : "warning");
    json_write_string(stdout, slice_of(problem->text));
    policy_write_place(stdout, problem->place);
    putchar('}');
}

static void
tell_found(const struct diagnostics *diagnostics, struct found *found)
{
    diagnostics_print(diagnostics, stderr);
    for (const struct diagnostic *d = diagnostics->first; d && found->json; d = d->next) {
        fputs(found->shown++ ? "," : "", stdout);
        json_write_problem(d);
    }
    found->errors += diagnostics->errors;
    found->warnings += diagnostics->warnings;
}

static void
ask_host(const struct policy *policy, struct found *found)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct diagnostics diagnostics;

    diagnostics_init(&diagnostics, arena);
    check_host(policy, &diagnostics);
    tell_found(&diagnostics, found);
    arena_free(&arena);
}

static const char *
name_of_policy(const struct wanted *wanted)
{
    return wanted->as ? wanted->as : wanted->path;
}

/* Up to the problems, which are written as they are found. */
static void
json_begin(const struct wanted *wanted)
{
    fputs("{\"policy\":", stdout);
    json_write_string(stdout, slice_of(name_of_policy(wanted)));
    fputs(",\"problems\":[", stdout);
}

static void
json_end(const struct policy *policy, const struct wanted *wanted, const struct found *found,
         bool passed)
{
    printf("],\"errors\":%zu,\"warnings\":%zu,\"passed\":%s,\"host\":%s", found->errors,
           found->warnings, passed ? "true" : "false", wanted->no_host ? "false" : "true");
    if (policy) {
        policy_write_json(policy, stdout);
        fputs(",\"asked-of-mta\":", stdout);
        print_terms(policy, true);
    }
    puts("}");
}

/* EX_OK, EX_NOINPUT or EX_DATAERR, told of. */
static int
read_wanted_policy(const struct wanted *wanted, struct found *found, struct policy **policy_r)
{
    struct arena *arena = arena_new(SIZE_MAX);
    const char *path = input_path(wanted->path);
    struct diagnostics diagnostics;
    const char *reason = NULL;
    struct slice text;

    *policy_r = NULL;
    diagnostics_init(&diagnostics, arena);
    if (wanted->as)
        reason = file_read(arena, path, FILE_ANY, LARGEST_POLICY, &text);
    else if (access(path, R_OK) < 0)
        reason = system_error(errno);
    if (reason == NULL && wanted->as)
        *policy_r = policy_load_text(wanted->as, text, &diagnostics);
    else if (reason == NULL)
        *policy_r = policy_load(path, &diagnostics);
    if (found->json && reason == NULL)
        json_begin(wanted);
    tell_found(&diagnostics, found);
    arena_free(&arena);
    if (reason)
        return command_fail(&command_check, EX_NOINPUT, "%s: %s", wanted->path, reason);
    return *policy_r ? EX_OK : EX_DATAERR;
}

static void
print_wanted(const struct policy *policy, const struct wanted *wanted)
{
    if (wanted->print)
        policy_print(policy, stdout);
    if (wanted->verbose) {
        policy_describe(policy, stdout);
        print_terms(policy, false);
    }
    if (wanted->has_mta)
        policy_describe_mta(policy, wanted->mta, stdout);
}

static const char *
plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void
print_all_well(const struct policy *policy, const struct wanted *wanted, size_t warnings)
{
    size_t rules = policy_needs(policy)->rules;

    if (wanted->print || wanted->verbose || wanted->has_mta || wanted->quiet || wanted->json)
        return;
    printf("%s: no errors", name_of_policy(wanted));
    if (warnings > 0)
        printf(", %zu warning%s", warnings, plural(warnings));
    printf(", %zu rule%s%s\n", rules, plural(rules),
           wanted->no_host ? "; nothing was asked of this machine" : "");
}

static int
check_run(int argc, char **argv)
{
    struct wanted wanted = {.path = command_default_policy()};
    struct found found = {0};
    struct policy *policy;
    int status;

    if (!read_wanted(argc, argv, &wanted))
        return EX_USAGE;
    found.json = wanted.json;
    status = read_wanted_policy(&wanted, &found, &policy);
    if (policy && !wanted.no_host)
        ask_host(policy, &found);
    if (policy && (found.errors > 0 || (wanted.strict && found.warnings > 0)))
        status = EX_DATAERR;
    if (wanted.json && status != EX_NOINPUT)
        json_end(policy, &wanted, &found, status == EX_OK);
    else if (policy)
        print_wanted(policy, &wanted);
    if (status == EX_OK)
        print_all_well(policy, &wanted, found.warnings);
    policy_unref(&policy);
    return status;
}
