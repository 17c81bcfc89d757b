/* The commands of the program. Each gets its name as argv[0], its words behind that, and returns an
 * exit status of sysexits.h; for EX_USAGE main() prints how the command is used. */
#ifndef POSTERN_FILTER_COMMAND_H
#define POSTERN_FILTER_COMMAND_H

#include "policy/policy.h"

int command_serve(int argc, char **argv);
int command_check(int argc, char **argv);
int command_test(int argc, char **argv);
int command_downgrade(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_lookup(int argc, char **argv);
int command_address(int argc, char **argv);
int command_probe(int argc, char **argv);
int command_resend(int argc, char **argv);

/* The policy that is read without -c FILE. */
const char *command_default_policy(void);

const char *command_version(void);

/* Reads a policy; errors and warnings go to standard error. NULL: there was an error. */
struct policy *command_load(const char *path);

#endif
