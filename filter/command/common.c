/* What the commands share: how options are read, the installed policy, and how a policy is read and
 * complained about. */
#include "command.h"

int
command_option(const struct command *command, int argc, char **argv, int *index_r)
{
    static const struct option none[] = {{0}};

    return getopt_long(argc, argv, command->letters, command->options ? command->options : none,
                       index_r);
}

const char *
command_default_policy(void)
{
    return POSTERN_DEFAULT_POLICY;
}

const char *
command_version(void)
{
    return PACKAGE_VERSION;
}

struct policy *
command_load(const char *path)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct diagnostics diagnostics;
    struct policy *policy;

    diagnostics_init(&diagnostics, arena);
    policy = policy_load(path, &diagnostics);
    diagnostics_print(&diagnostics, stderr);
    arena_free(&arena);
    return policy;
}
