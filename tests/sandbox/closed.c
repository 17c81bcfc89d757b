/* Linked with a unit test, it shuts the sandbox before main(): what the test asserts holds inside.
 */
#include "base/log.h"
#include "service/sandbox.h"

__attribute__((constructor)) static void
close_before_main(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct diagnostics diagnostics;
    struct policy *policy;

    diagnostics_init(&diagnostics, arena);
    policy = policy_load_text("closed", SLICE("rule r reject\n"), &diagnostics);
    diagnostics_print(&diagnostics, stderr);
    if (policy)
        sandbox_close(arena, policy, NULL, false);
}
