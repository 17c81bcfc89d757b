/* `postern lookup`: what a table answers, and under which key it was found. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/log.h"
#include "base/suggest.h"
#include "command.h"
#include "input.h"
#include "mail/domain.h"

static int lookup_run(int argc, char **argv);

static const struct command_option lookup_options[] = {
    {'q', NULL, NULL, "print the answer alone", OPTION_FREE},
    COMMAND_OPTION_POLICY,
    COMMAND_OPTIONS_END,
};

const struct command command_lookup = {
    .name = "lookup",
    .operands = "TABLE KEY|-",
    .help = "ask a table",
    .options = lookup_options,
    .examples = {"lookup owners alice@example.com",
                 "lookup -q texthash:/etc/postfix/sender_login -"},
    .run = lookup_run,
};

enum { NOT_FOUND = 1 };

/* The command line. */
struct lookup {
    const char *path, *table, *key;
    bool quiet;
};

static struct value
read_key(struct arena *arena, const char *text, enum local_case local_case)
{
    static const enum value_type types[] = {TYPE_IP, TYPE_ADDRESS, TYPE_DOMAIN};
    struct slice key = slice_of(text);
    bool fits[] = {true, strchr(text, '@') || strcmp(text, "<>") == 0,
                   strchr(text, '.') && domain_is_valid(key, true)};
    struct value value;

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (fits[i] && value_read(arena, types[i], key, local_case, &value))
            return value;
    return value_text(key);
}

static void
print_octets(struct arena *arena, const char *before, struct slice s)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX);
    log_escape(text, s);
    printf("%s%s\n", before, buffer_slice(text).at);
}

/* What is asked, and how it is told. */
struct asking {
    struct arena *arena; /* of one question */
    const struct table *table;
    enum local_case local_case;
    bool quiet;
    bool several; /* keys come from standard input */
};

static int
tell_failure(const struct asking *asking, const struct table_answer *answer, const char *key)
{
    if (answer->result == TABLE_NOT_FOUND && !asking->quiet)
        puts("not found");
    if (answer->result == TABLE_NOT_FOUND)
        return NOT_FOUND;
    if (answer->result == TABLE_COULD_NOT_ASK)
        return command_fail(&command_lookup, EX_TEMPFAIL, "could not ask: %s", answer->reason);
    return command_fail(&command_lookup, EX_DATAERR, "\"%s\" can't be a key of such a table", key);
}

static int
ask_table(const struct asking *asking, const char *text)
{
    struct value key = read_key(asking->arena, text, asking->local_case);
    struct buffer *tried = ARENA_NEW(asking->arena, struct buffer);
    struct table_answer answer;
    struct slice rest, line;

    buffer_init(tried, asking->arena, SIZE_MAX);
    answer = table_lookup(asking->table, asking->arena, &key, tried);
    rest = buffer_slice(tried);
    while (!asking->quiet && slice_word(&rest, "\n", &line))
        print_octets(asking->arena, "tried: ", line);
    if (answer.result != TABLE_FOUND)
        return tell_failure(asking, &answer, text);
    if (!asking->quiet)
        print_octets(asking->arena, "found under: ", answer.key);
    else if (asking->several)
        printf("%s\t", text);
    print_octets(asking->arena, asking->quiet ? "" : "answer: ", answer.value);
    return EX_OK;
}

/* One a line. The status is that of the worst: what can't be asked, or be a key, before what isn't
 * found. */
static int
ask_lines(struct asking *asking)
{
    struct slice line;
    int worst = EX_OK;

    while (input_line(asking->arena, stdin, &line)) {
        int status = ask_table(asking, arena_string(asking->arena, slice_trim(line)));

        worst = status > worst ? status : worst;
        arena_reset(asking->arena);
    }
    return worst;
}

static int
ask_keys(const struct lookup *lookup, const struct table *table, enum local_case local_case)
{
    struct asking asking = {
        .arena = arena_new(SIZE_MAX),
        .table = table,
        .local_case = local_case,
        .quiet = lookup->quiet,
        .several = strcmp(lookup->key, "-") == 0,
    };
    int status = asking.several ? ask_lines(&asking) : ask_table(&asking, lookup->key);

    arena_free(&asking.arena);
    return status;
}

/* TYPE:PLACE, of which no policy need know. */
static int
ask_place(struct arena *arena, const struct lookup *lookup)
{
    struct table_place place;
    struct table table = {.name = slice_of(lookup->table),
                          .places = &place,
                          .options = {.timeout_ms = TABLE_TIMEOUT_MS},
                          .delimiters = "+"};
    const char *reason;

    if (!table_place_open(arena, table.name, (struct place){0}, &table.options, &place, &reason))
        return command_fail(&command_lookup, place.driver ? EX_DATAERR : EX_USAGE, "%s: %s",
                            lookup->table, reason);
    return ask_keys(lookup, &table, LOCAL_CASE_IGNORE);
}

static int
fail_unknown_table(const struct policy *policy, const char *name)
{
    struct suggestion suggestion = suggest_for(slice_of(name));
    struct arena *arena = arena_new(SIZE_MAX);
    const struct table *table;
    int status;

    for (size_t i = 0; (table = policy_table_at(policy, i)); i++)
        suggest_offer(&suggestion, table->name);
    status = command_fail(&command_lookup, EX_DATAERR, "the policy has no table \"%s\"%s", name,
                          suggest_text(arena, &suggestion));
    arena_free(&arena);
    return status;
}

static int
ask_policy(const struct lookup *lookup)
{
    struct policy *policy;
    int status = input_policy(lookup->path, &policy);
    const struct table *table = policy ? policy_table(policy, slice_of(lookup->table)) : NULL;

    if (policy && table == NULL)
        status = fail_unknown_table(policy, lookup->table);
    if (table)
        status = ask_keys(lookup, table, settings_local_case(policy_settings(policy)));
    policy_unref(&policy);
    return status;
}

static bool
read_lookup(struct lookup *lookup, int argc, char **argv)
{
    int option;

    while ((option = command_option(&command_lookup, argc, argv)) != -1) {
        if (option == 'c')
            lookup->path = optarg;
        else if (option == 'q')
            lookup->quiet = true;
        else
            return false;
    }
    if (argc - optind != 2)
        return false;
    lookup->table = argv[optind];
    lookup->key = argv[optind + 1];
    return true;
}

static int
lookup_run(int argc, char **argv)
{
    struct lookup lookup = {.path = command_default_policy()};
    struct arena *arena;
    int status;

    if (!read_lookup(&lookup, argc, argv))
        return EX_USAGE;
    if (strchr(lookup.table, ':') == NULL)
        return ask_policy(&lookup);
    arena = arena_new(SIZE_MAX);
    status = ask_place(arena, &lookup);
    arena_free(&arena);
    return status;
}
