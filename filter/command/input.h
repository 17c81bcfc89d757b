/* What commands read: a policy, with the exit status that fits when there is none. */
#ifndef POSTERN_FILTER_COMMAND_INPUT_H
#define POSTERN_FILTER_COMMAND_INPUT_H

#include <stdio.h>

#include "policy/policy.h"

/* The file that "-" stands for: standard input; any other name as it is. */
const char *input_path(const char *word);

/* A line, without its end, into the arena; false behind the last one. Of one above 64 KB the rest
 * is left out: it is too long all the same for what is read so, keys and addresses. */
bool input_line(struct arena *arena, FILE *from, struct slice *line_r);

/* EX_OK; EX_NOINPUT where there is no such file, EX_DATAERR where it has errors: both are
 * complained of. */
int input_policy(const char *path, struct policy **policy_r);

#endif
