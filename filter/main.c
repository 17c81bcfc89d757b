/* The program: which command is asked for, and what it exits with. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "command/command.h"

static const struct command *const commands[] = {
    &command_serve,
    &command_check,
    &command_test,
    &command_explain,
    &command_lookup,
    &command_address,
    &command_downgrade,
    &command_probe,
    &command_resend,
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void
print_help(FILE *to)
{
    fputs("usage: postern COMMAND [OPTION...]\n\n", to);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(to, "  %s %s\n      %s\n", commands[i]->name, commands[i]->synopsis,
                commands[i]->help);
}

static int
run_command(size_t i, int argc, char **argv)
{
    int status = commands[i]->run(argc, argv);

    if (status == EX_USAGE)
        fprintf(stderr, "usage: postern %s %s\n", commands[i]->name, commands[i]->synopsis);
    return status;
}

int
main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(name, commands[i]->name) == 0)
            return run_command(i, argc - 1, argv + 1);
    if (strcmp(name, "--version") == 0) {
        printf("postern %s\n", command_version());
        return EX_OK;
    }
    if (strcmp(name, "--help") == 0) {
        print_help(stdout);
        return EX_OK;
    }
    print_help(stderr);
    return EX_USAGE;
}
