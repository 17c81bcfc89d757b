/* Prints synopsis and help of commands from their rows. */
#include "help.h"

#include <string.h>

enum { WORD_MAX = 100, COLUMNS = 80, HELP_COLUMN = 24, INDENT = 4 };

/* One word behind the other, on a new line where it would pass the last column. */
static void
put_word(FILE *to, const char *word, int *column)
{
    int length = (int)strlen(word);

    if (*column + 1 + length > COLUMNS) {
        fprintf(to, "\n%*s", INDENT, "");
        *column = INDENT;
    } else {
        putc(' ', to);
        *column += 1;
    }
    fputs(word, to);
    *column += length;
}

/* Its first form, and the argument: "-c FILE", "--coverage[=PERCENT]". */
static void
option_form(const struct command_option *row, char form[WORD_MAX])
{
    const char *argument = row->argument ? row->argument : "";
    bool optional = argument[0] == '[';
    const char *between = row->argument == NULL ? "" : optional ? "[=" : " ";

    argument += optional;
    if (row->letter < OPTION_LONG)
        snprintf(form, WORD_MAX, "-%c%s%s", row->letter, between, argument);
    else
        snprintf(form, WORD_MAX, "--%s%s%s", row->name, between, argument);
}

static void
put_option(FILE *to, const struct command_option *row, int *column)
{
    char form[WORD_MAX], word[WORD_MAX + 2];

    option_form(row, form);
    snprintf(word, sizeof word, row->kind == OPTION_NEEDED ? "%s" : "[%s]", form);
    put_word(to, word, column);
}

void
help_print_synopsis(const struct command *command, FILE *to)
{
    int column = fprintf(to, "usage: postern %s", command->name);
    bool collected = false;

    for (const struct command_option *row = command->options; row->letter; row++) {
        if (row->kind != OPTION_COLLECTED)
            put_option(to, row, &column);
        else if (!collected)
            put_word(to, "[OPTION...]", &column);
        collected = collected || row->kind == OPTION_COLLECTED;
    }
    if (command->operands[0])
        put_word(to, command->operands, &column);
    putc('\n', to);
}

static void
print_option(const struct command_option *row, FILE *to)
{
    char form[WORD_MAX];
    int column;

    option_form(row, form);
    column = fprintf(to, "  %s", form);
    if (row->letter < OPTION_LONG && row->name)
        column += fprintf(to, ", --%s", row->name);
    if (column >= HELP_COLUMN - 1) {
        putc('\n', to);
        column = 0;
    }
    fprintf(to, "%*s%s\n", HELP_COLUMN - column, "", row->help);
}

void
help_print_command(const struct command *command, FILE *to)
{
    help_print_synopsis(command, to);
    fprintf(to, "%s\n\n", command->help);
    for (const struct command_option *row = command->options; row->letter; row++)
        print_option(row, to);
    fprintf(to, "  %-*s%s\n", HELP_COLUMN - 2, "-h, --help", "print this");
    fputs("\nexamples:\n", to);
    for (size_t i = 0; i < sizeof command->examples / sizeof command->examples[0]; i++)
        fprintf(to, "  postern %s\n", command->examples[i]);
    fputs("\nMore stands in postern(8).\n", to);
}

void
help_print_all(const struct command *const *commands, FILE *to)
{
    fputs("usage: postern COMMAND [OPTION...]\n\n", to);
    for (size_t i = 0; commands[i]; i++)
        fprintf(to, "  %-12s%s\n", commands[i]->name, commands[i]->help);
    fputs("\n\"postern COMMAND --help\" tells of its options, \"postern --version\" what this "
          "program was built with.\n",
          to);
}
