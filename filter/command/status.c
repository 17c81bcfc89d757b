/* `postern status`: what the running milter has counted. */
#include <stdio.h>
#include <sysexits.h>

#include "command.h"
#include "status/status_client.h"

static int status_run(int argc, char **argv);

enum { STATUS_RULES = OPTION_LONG };

static const struct command_option status_options[] = {
    {STATUS_RULES, "rules", NULL, "a table by rule: how often it was true, and when last",
     OPTION_FREE},
    COMMAND_OPTION_POLICY,
    COMMAND_OPTIONS_END,
};

const struct command command_status = {
    .name = "status",
    .operands = "",
    .help = "what the running milter has counted, as Prometheus reads it",
    .options = status_options,
    .examples = {"status", "status --rules"},
    .run = status_run,
};

static int
status_ask(struct arena *arena, const char *socket, const char *path)
{
    const char *reason;
    struct slice answer;

    if (*socket == '\0')
        return command_fail(&command_status, EX_UNAVAILABLE,
                            "the policy sets no status-socket, so that nobody answers; write, for "
                            "example: set status-socket \"unix:/run/postern/status.sock\"");
    if (!status_client_ask(arena, socket, path, &answer, &reason))
        return command_fail(&command_status, EX_UNAVAILABLE, "%s; is the milter running?", reason);
    fwrite(answer.at, 1, answer.len, stdout);
    return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

/* Of the policy that is read nothing but its settings counts. */
static int
status_of_policy(const char *policy_path, const char *path)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct diagnostics diagnostics;
    struct settings settings;
    int status = EX_CONFIG;

    diagnostics_init(&diagnostics, arena);
    if (policy_read_settings(policy_path, &diagnostics, &settings))
        status =
            status_ask(arena, arena_string(arena, settings.value[SET_STATUS_SOCKET].text), path);
    else
        diagnostics_print(&diagnostics, stderr);
    arena_free(&arena);
    return status;
}

static int
status_run(int argc, char **argv)
{
    const char *policy_path = command_default_policy(), *path = "/metrics";
    int option;

    while ((option = command_option(&command_status, argc, argv)) != -1) {
        if (option == 'c')
            policy_path = optarg;
        else if (option == STATUS_RULES)
            path = "/rules";
        else
            return EX_USAGE;
    }
    return optind < argc ? EX_USAGE : status_of_policy(policy_path, path);
}
