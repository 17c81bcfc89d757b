/* Writes scripts that complete the words of the program. bash's is taken by zsh too, through its
 * bashcompinit, but zsh shows what options mean. */
#include "completion.h"

#include <string.h>

/* In single quotes of a shell. */
static void
put_quoted(FILE *to, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", to);
        else
            putc(*text, to);
    }
}

static bool
takes_file(const struct command_option *row)
{
    return row->argument && strstr(row->argument, "FILE") != NULL;
}

static void
put_bash_options(FILE *to, const struct command *command)
{
    for (const struct command_option *row = command->options; row->letter; row++) {
        if (row->letter < OPTION_LONG)
            fprintf(to, "-%c ", row->letter);
        if (row->name)
            fprintf(to, "--%s ", row->name);
    }
    fputs("--help", to);
}

static void
print_bash(const struct command *const *commands, FILE *to)
{
    fputs("# Completion of postern for bash.\n"
          "_postern() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} options=\n"
          "    if ((COMP_CWORD == 1)); then\n"
          "        mapfile -t COMPREPLY < <(compgen -W '",
          to);
    for (size_t i = 0; commands[i]; i++)
        fprintf(to, "%s ", commands[i]->name);
    fputs("completion help --version' -- \"$word\")\n"
          "        return\n"
          "    fi\n"
          "    case ${COMP_WORDS[1]} in\n",
          to);
    for (size_t i = 0; commands[i]; i++) {
        fprintf(to, "    %s) options='", commands[i]->name);
        put_bash_options(to, commands[i]);
        fputs("' ;;\n", to);
    }
    fputs("    completion) options='bash zsh' ;;\n"
          "    esac\n"
          "    if [[ $word == -* || ${COMP_WORDS[1]} == completion ]]; then\n"
          "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
          "    else\n"
          "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
          "    fi\n"
          "}\n"
          "complete -o filenames -F _postern postern\n",
          to);
}

/* As _arguments takes it: '-c[what it means]:FILE:_files'. */
static void
put_zsh_form(FILE *to, const struct command_option *row, const char *form)
{
    bool optional = row->argument && row->argument[0] == '[';

    fprintf(to, " \\\n            '*%s%s[", form, optional ? "=-" : "");
    put_quoted(to, row->help);
    fputs("]", to);
    if (row->argument)
        fprintf(to, "%s%s:%s", optional ? "::" : ":", takes_file(row) ? "file" : "value",
                takes_file(row) ? "_files" : " ");
    putc('\'', to);
}

static void
put_zsh_option(FILE *to, const struct command_option *row)
{
    char form[64];

    if (row->letter < OPTION_LONG) {
        snprintf(form, sizeof form, "-%c", row->letter);
        put_zsh_form(to, row, form);
    }
    if (row->name) {
        snprintf(form, sizeof form, "--%s", row->name);
        put_zsh_form(to, row, form);
    }
}

static void
print_zsh(const struct command *const *commands, FILE *to)
{
    fputs("#compdef postern\n"
          "# Completion of postern for zsh.\n"
          "_postern() {\n"
          "    local -a names\n"
          "    names=(\n",
          to);
    for (size_t i = 0; commands[i]; i++) {
        fprintf(to, "        '%s:", commands[i]->name);
        put_quoted(to, commands[i]->help);
        fputs("'\n", to);
    }
    fputs("        'completion:print a script of completion for a shell'\n"
          "        'help:print the commands, or the options of one'\n"
          "    )\n"
          "    if ((CURRENT == 2)); then\n"
          "        _describe command names\n"
          "        return\n"
          "    fi\n"
          "    shift words\n"
          "    ((CURRENT--))\n"
          "    case $words[1] in\n",
          to);
    for (size_t i = 0; commands[i]; i++) {
        fprintf(to, "    %s)\n        _arguments -s", commands[i]->name);
        for (const struct command_option *row = commands[i]->options; row->letter; row++)
            put_zsh_option(to, row);
        fputs(" \\\n            '--help[print options and examples]' '*:file:_files'\n"
              "        ;;\n",
              to);
    }
    fputs("    completion) _values shell bash zsh ;;\n"
          "    esac\n"
          "}\n"
          "_postern \"$@\"\n",
          to);
}

bool
completion_print(const struct command *const *commands, const char *shell, FILE *to)
{
    if (strcmp(shell, "bash") == 0)
        print_bash(commands, to);
    else if (strcmp(shell, "zsh") == 0)
        print_zsh(commands, to);
    else
        return false;
    return true;
}
