/* What policy_print() writes of a policy is the same policy. */
#include "kept_policy.h"

#include <unistd.h>

#include "base/file.h"
#include "base/system.h"

int
kept_policy_new(void)
{
    return system_memory_file("policy");
}

void
kept_policy_write(int kept, const struct policy *policy)
{
    int copy = dup(kept);
    FILE *to = copy < 0 ? NULL : fdopen(copy, "w");

    if (to == NULL) {
        close(copy);
        return;
    }
    policy_print(policy, to);
    fclose(to);
}

void
kept_policy_close(int *kept)
{
    if (*kept >= 0)
        close(*kept);
    *kept = -1;
}

struct policy *
kept_policy_load(int kept, const char *path, struct diagnostics *diagnostics)
{
    struct slice text;

    if (kept < 0 || lseek(kept, 0, SEEK_SET) != 0 ||
        file_read_open(diagnostics->arena, kept, FILE_PLAIN, SIZE_MAX / 2, &text) || text.len == 0)
        return NULL;
    return policy_load_printed(path, text, diagnostics);
}
