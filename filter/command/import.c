/* `postern import`: what the MTA is told already, as the first lines of a policy. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/file.h"
#include "command.h"
#include "import_inside.h"
#include "input.h"

static int import_run(int argc, char **argv);

enum { IMPORT_CHECK = OPTION_LONG };

static const struct command_option import_options[] = {
    {IMPORT_CHECK, "check", "POLICY",
     "print only where this policy and what the MTA is told disagree", OPTION_FREE},
    COMMAND_OPTIONS_END,
};

const struct command command_import = {
    .name = "import",
    .operands = "postfix [DIRECTORY] | sendmail FILE.mc",
    .help = "print what the MTA's configuration says, as first lines of a policy",
    .options = import_options,
    .examples = {"import postfix", "import --check /etc/postern/postern.conf postfix /etc/postfix"},
    .run = import_run,
};

enum { LARGEST_MC = 1 << 20, DISAGREE = 1 };

static int
compare_with(const struct postfix *postfix, const char *path)
{
    struct policy *policy;
    int status = input_policy(path, &policy);
    size_t differ = policy ? import_compare(postfix, policy) : 0;

    policy_unref(&policy);
    return differ > 0 ? DISAGREE : status;
}

/* Names that are misspelt, and what is there twice. */
static void
pass_on_complaints(const struct postfix *postfix)
{
    struct slice rest = postfix->complaints, line;
    struct map *said = map_new(postfix->arena);
    static char once;

    while (slice_word(&rest, "\n", &line))
        if (map_add(said, line, &once))
            fprintf(stderr, "postern: import: %.*s\n", (int)line.len, line.at);
}

static int
import_postfix(struct arena *arena, const char *directory, const char *policy)
{
    struct postfix postfix;
    const char *reason = import_read(arena, directory, &postfix);

    if (reason)
        return command_fail(&command_import, EX_UNAVAILABLE, "postconf can't be asked: %s", reason);
    pass_on_complaints(&postfix);
    if (policy)
        return compare_with(&postfix, policy);
    import_print_policy(&postfix);
    import_print_notes(&postfix);
    return EX_OK;
}

/* What m4 makes of a .mc file begins so, behind comments. */
static bool
is_made(struct slice text)
{
    struct slice line;

    while (slice_word(&text, "\n", &line))
        if (slice_starts_nocase(line, SLICE("V10/")))
            return true;
    return false;
}

static int
compare_filters(struct arena *arena, struct slice text, const char *path)
{
    struct policy *policy;
    int status = input_policy(path, &policy);
    size_t differ = policy ? import_check_filters(arena, text, policy) : 0;

    policy_unref(&policy);
    return differ > 0 ? DISAGREE : status;
}

static int
import_sendmail(struct arena *arena, const char *path, const char *policy)
{
    struct slice text;
    const char *reason = file_read(arena, input_path(path), FILE_ANY, LARGEST_MC, &text);

    if (reason)
        return command_fail(&command_import, EX_NOINPUT, "%s: %s", path, reason);
    if (is_made(text))
        return command_fail(&command_import, EX_DATAERR,
                            "%s is what m4 has made; name the .mc file that it was made of", path);
    if (policy)
        return compare_filters(arena, text, policy);
    import_print_sendmail(arena, text);
    return EX_OK;
}

static int
import_by_words(struct arena *arena, char **word, const char *policy)
{
    if (word[0] && strcmp(word[0], "postfix") == 0 && (word[1] == NULL || word[2] == NULL))
        return import_postfix(arena, word[1] ? word[1] : "/etc/postfix", policy);
    if (word[0] && strcmp(word[0], "sendmail") == 0 && word[1] && word[2] == NULL)
        return import_sendmail(arena, word[1], policy);
    return EX_USAGE;
}

static int
import_run(int argc, char **argv)
{
    const char *policy = NULL;
    struct arena *arena;
    int option, status;

    while ((option = command_option(&command_import, argc, argv)) != -1) {
        if (option != IMPORT_CHECK)
            return EX_USAGE;
        policy = optarg;
    }
    arena = arena_new(SIZE_MAX);
    status = import_by_words(arena, argv + optind, policy);
    arena_free(&arena);
    return status;
}
