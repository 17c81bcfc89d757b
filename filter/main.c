/* The program: which command is asked for, and what it exits with. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/suggest.h"
#include "command/command.h"
#include "command/completion.h"
#include "command/help.h"
#include "command/version.h"

static const struct command *const commands[] = {
    &command_serve,
    &command_status,
    &command_why,
    &command_check,
    &command_test,
    &command_explain,
    &command_lookup,
    &command_address,
    &command_facts,
    &command_config,
    &command_import,
    &command_report,
    &command_probe,
    &command_downgrade,
    &command_resend,
    NULL,
};

static const char COMPLETION_USAGE[] = "usage: postern completion bash|zsh\n"
                                       "print a script with which a shell completes commands\n";

static const struct command *
command_find(const char *name)
{
    for (size_t i = 0; commands[i]; i++)
        if (strcmp(name, commands[i]->name) == 0)
            return commands[i];
    return NULL;
}

static int
complain_of_command(const char *name)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct suggestion suggestion = suggest_for(slice_of(name));

    for (size_t i = 0; commands[i]; i++)
        suggest_offer(&suggestion, slice_of(commands[i]->name));
    fprintf(stderr, "postern: there is no command \"%s\"%s\n", name,
            suggest_text(arena, &suggestion));
    fputs("\"postern help\" names them all.\n", stderr);
    arena_free(&arena);
    return EX_USAGE;
}

static bool
is_any_of(const char *word, const char *first, const char *second, const char *third)
{
    return strcmp(word, first) == 0 || strcmp(word, second) == 0 || strcmp(word, third) == 0;
}

static int
print_help(const char *name)
{
    const struct command *command;

    if (name && strcmp(name, "completion") == 0) {
        fputs(COMPLETION_USAGE, stdout);
        return EX_OK;
    }
    if (name && is_any_of(name, "help", "--help", "-h"))
        name = NULL;
    command = name ? command_find(name) : NULL;
    if (name && command == NULL)
        return complain_of_command(name);
    if (command)
        help_print_command(command, stdout);
    else
        help_print_all(commands, stdout);
    return EX_OK;
}

static int
print_completion(const char *shell)
{
    if (shell && is_any_of(shell, "--help", "-h", "-h"))
        return print_help("completion");
    if (shell && completion_print(commands, shell, stdout))
        return EX_OK;
    fputs(COMPLETION_USAGE, stderr);
    return EX_USAGE;
}

static int
run_word(int argc, char **argv)
{
    const char *name = argv[1];
    const struct command *command = command_find(name);
    int status;

    if (is_any_of(name, "help", "--help", "-h"))
        return print_help(argc > 2 ? argv[2] : NULL);
    if (is_any_of(name, "version", "--version", "-V")) {
        version_print(stdout);
        return EX_OK;
    }
    if (strcmp(name, "completion") == 0)
        return print_completion(argc == 3 ? argv[2] : NULL);
    if (command == NULL)
        return complain_of_command(name);
    status = command->run(argc - 1, argv + 1);
    if (status == EX_USAGE)
        help_print_synopsis(command, stderr);
    return status;
}

int
main(int argc, char **argv)
{
    int status;

    if (argc < 2) {
        help_print_all(commands, stderr);
        return EX_USAGE;
    }
    status = run_word(argc, argv);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    perror("postern: standard output");
    return status == EX_OK ? EX_IOERR : status;
}
