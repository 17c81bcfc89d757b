/* Completion of commands and options in a shell, made from the rows of the commands. */
#ifndef POSTERN_FILTER_COMMAND_COMPLETION_H
#define POSTERN_FILTER_COMMAND_COMPLETION_H

#include <stdio.h>

#include "command.h"

/* A script for bash or zsh, of these commands, up to NULL. False: for no other shell. */
bool completion_print(const struct command *const *commands, const char *shell, FILE *to);

#endif
