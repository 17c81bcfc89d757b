/* What commands read: a policy, with the exit status that fits when there is none. */
#ifndef POSTERN_FILTER_COMMAND_INPUT_H
#define POSTERN_FILTER_COMMAND_INPUT_H

#include "policy/policy.h"

/* EX_OK; EX_NOINPUT where there is no such file, EX_DATAERR where it has errors: both are
 * complained of. */
int input_policy(const char *path, struct policy **policy_r);

#endif
