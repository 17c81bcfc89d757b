/* The program: which command is asked for, and what it exits with. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "command/command.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *synopsis;
    const char *help;
} commands[] = {
    {"serve", command_serve, "[-f] [-c FILE]", "be the milter; -f: log to standard error"},
    {"check", command_check, "[-v] [--print] [--mta NAME] [--no-host] [-c FILE]",
     "read a policy, and say what is wrong"},
    {"test", command_test, "[-c FILE] [FILE...]", "play the tests of a policy"},
    {"explain", command_explain, "[--json] [-c FILE] [OPTION...] [FILE [MESSAGE.eml]]",
     "play one transaction, and say why"},
    {"lookup", command_lookup, "[-c FILE] TABLE KEY", "ask a table"},
    {"address", command_address, "[--json] [--strict] [-c FILE] [ADDRESS...]",
     "judge addresses, without arguments one a line from standard input"},
    {"downgrade", command_downgrade, "[--8bit] [--utf8]",
     "convert a message for a next hop that takes less"},
    {"probe", command_probe, "[-p] [-n NAME] [-t SECONDS] [-o FILE] HOST[:PORT]...",
     "ask next hops what they offer, for the table next-hops"},
    {"resend", command_resend,
     "[--sendmail PATH] [-N NOTIFY] [-R RETURN] [-V ENVID] -f SENDER RECIPIENT...",
     "convert the message on standard input, and hand it to sendmail(1)"},
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void
print_help(FILE *to)
{
    fputs("usage: postern COMMAND [OPTION...]\n\n", to);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(to, "  %s %s\n      %s\n", commands[i].name, commands[i].synopsis,
                commands[i].help);
}

static int
run(size_t i, int argc, char **argv)
{
    int status = commands[i].run(argc, argv);

    if (status == EX_USAGE)
        fprintf(stderr, "usage: postern %s %s\n", commands[i].name, commands[i].synopsis);
    return status;
}

int
main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(name, commands[i].name) == 0)
            return run(i, argc - 1, argv + 1);
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
