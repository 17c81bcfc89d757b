/* Loads a policy for a command. */
#include "input.h"

#include <errno.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "command.h"

int
input_policy(const char *path, struct policy **policy_r)
{
    *policy_r = NULL;
    if (access(path, R_OK) < 0) {
        fprintf(stderr, "postern: %s: %s\n", path, strerrordesc_np(errno));
        return EX_NOINPUT;
    }
    *policy_r = command_load(path);
    return *policy_r ? EX_OK : EX_DATAERR;
}
