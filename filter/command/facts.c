/* `postern facts`: what conditions can read, as the catalogue has it. */
#include <stdio.h>
#include <sysexits.h>

#include "command.h"
#include "policy/fact.h"

static int facts_run(int argc, char **argv);

static const struct command_option facts_options[] = {COMMAND_OPTIONS_END};

const struct command command_facts = {
    .name = "facts",
    .operands = "[WORD]",
    .help = "print the facts, or those that have a word in name or meaning",
    .options = facts_options,
    .examples = {"facts", "facts tls"},
    .run = facts_run,
};

enum { NOTHING_FOUND = 1, FACTS_COLUMN = 28 };

static bool
holds_word(const char *text, const char *word)
{
    struct slice all = slice_of(text), wanted = slice_of(word);

    for (size_t i = 0; i + wanted.len <= all.len; i++)
        if (slice_equal_nocase(slice_first(slice_from(all, i), wanted.len), wanted))
            return true;
    return wanted.len == 0;
}

static void
print_fact(const struct fact *fact)
{
    const char *index = fact->flags & FACT_NEEDS_INDEX ? "[\"...\"]" : "";
    int column = printf("%s%s", fact->name, index);

    printf("%*s%s%s; %s: %s\n", column < FACTS_COLUMN ? FACTS_COLUMN - column : 1, "",
           value_type_name(fact->type), fact->flags & FACT_MANY ? ", many" : "",
           fact->flags & FACT_ANY_STAGE ? "any stage" : stage_name(fact->stage), fact->help);
}

static int
facts_run(int argc, char **argv)
{
    const char *word = "";
    size_t printed = 0;

    if (command_option(&command_facts, argc, argv) != -1 || argc - optind > 1)
        return EX_USAGE;
    if (optind < argc)
        word = argv[optind];
    for (size_t i = 0; fact_at(i); i++) {
        const struct fact *fact = fact_at(i);

        if (!holds_word(fact->name, word) && !holds_word(fact->help, word))
            continue;
        print_fact(fact);
        printed++;
    }
    if (printed > 0)
        return EX_OK;
    return command_fail(&command_facts, NOTHING_FOUND,
                        "no fact has \"%s\" in its name or meaning", word);
}
