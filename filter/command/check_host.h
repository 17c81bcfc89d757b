/* What a policy needs of the machine that it is to serve on. */
#ifndef POSTERN_FILTER_COMMAND_CHECK_HOST_H
#define POSTERN_FILTER_COMMAND_CHECK_HOST_H

#include "policy/policy.h"

/* Errors where `serve` would not start here: users, groups and the directory of the socket that
 * the policy sets; what it leaves unset isn't asked for. Warnings where root asks, and a table
 * couldn't be read again by the user that is served as. */
void check_host(const struct policy *policy, struct diagnostics *diagnostics);

#endif
