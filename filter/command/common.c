/* What the commands share: the installed policy, and how a policy is read and complained about. */
#include "command.h"

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
