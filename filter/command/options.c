/* Reads the options of a command by its rows. */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/suggest.h"
#include "command.h"
#include "help.h"

enum { OPTIONS_MAX = 40, OPTION_HELP = OPTION_LONG - 1 };

/* Both forms, as getopt_long(3) takes them. */
struct forms {
    char letters[3 * OPTIONS_MAX + 2];
    struct option names[OPTIONS_MAX + 2];
};

int
command_fail(const struct command *command, int status, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "postern: %s: ", command->name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return status;
}

static int
argument_form(const struct command_option *row)
{
    if (row->argument == NULL)
        return no_argument;
    return row->argument[0] == '[' ? optional_argument : required_argument;
}

static void
forms_add_letter(struct forms *forms, const struct command_option *row)
{
    size_t length = strlen(forms->letters);

    forms->letters[length++] = (char)row->letter;
    if (row->argument)
        forms->letters[length++] = ':';
    forms->letters[length] = '\0';
}

/* What getopt would say of a mistake is said here, so that all commands speak alike: hence the
 * colon at the head of the letters. */
static void
forms_of(const struct command *command, struct forms *forms)
{
    size_t count = 0;

    memset(forms, 0, sizeof *forms);
    memcpy(forms->letters, ":h", sizeof ":h");
    forms->names[count++] = (struct option){"help", no_argument, NULL, OPTION_HELP};
    for (const struct command_option *row = command->options; row->letter; row++) {
        if (row->letter < OPTION_LONG)
            forms_add_letter(forms, row);
        if (row->name)
            forms->names[count++] =
                (struct option){row->name, argument_form(row), NULL, row->letter};
    }
}

static const char *
name_meant(struct arena *arena, const struct command *command, struct slice given)
{
    struct suggestion suggestion = suggest_for(given);

    for (const struct command_option *row = command->options; row->letter; row++)
        if (row->name)
            suggest_offer(&suggestion, slice_of(arena_printf(arena, "--%s", row->name)));
    return suggest_text(arena, &suggestion);
}

static void
complain_of_name(const struct command *command, const char *word)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice given = slice_of(word);

    given = slice_first(given, slice_find(given, '='));
    command_fail(command, EX_USAGE, "there is no option %.*s%s", (int)given.len, given.at,
                 name_meant(arena, command, given));
    arena_free(&arena);
}

/* optopt is the letter; or 0, or the code of a row that has a long form alone, where it was one. */
static void
complain_of_option(const struct command *command, int found, const char *word)
{
    bool is_letter = optopt > 0 && optopt < OPTION_HELP;

    if (found == ':' && is_letter)
        command_fail(command, EX_USAGE, "option -%c needs a value", optopt);
    else if (found == ':')
        command_fail(command, EX_USAGE, "option %s needs a value", word);
    else if (is_letter)
        command_fail(command, EX_USAGE, "there is no option -%c", optopt);
    else if (optopt != 0)
        command_fail(command, EX_USAGE, "option %.*s takes no value", (int)strcspn(word, "="),
                     word);
    else
        complain_of_name(command, word);
}

int
command_option(const struct command *command, int argc, char **argv)
{
    struct forms forms;
    int found;

    forms_of(command, &forms);
    opterr = 0;
    found = getopt_long(argc, argv, forms.letters, forms.names, NULL);
    if (found == 'h' || found == OPTION_HELP) {
        help_print_command(command, stdout);
        exit(fflush(stdout) == 0 ? EX_OK : EX_IOERR);
    }
    if (found != ':' && found != '?')
        return found;
    if (!command->is_filter)
        complain_of_option(command, found, argv[optind - 1]);
    return '?';
}
