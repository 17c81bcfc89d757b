/* What the program says of itself. */
#ifndef POSTERN_FILTER_COMMAND_HELP_H
#define POSTERN_FILTER_COMMAND_HELP_H

#include <stdio.h>

#include "command.h"

/* "usage: postern NAME [-v] ... OPERANDS", at most 80 columns a line. */
void help_print_synopsis(const struct command *command, FILE *to);

/* Its synopsis, options and examples. */
void help_print_command(const struct command *command, FILE *to);

/* All of these commands, up to NULL, a line each. */
void help_print_all(const struct command *const *commands, FILE *to);

#endif
