/* `postern lookup`: what a table answers, and under which key it was found. */
#include <stdio.h>
#include <sysexits.h>

#include "base/log.h"
#include "command.h"
#include "input.h"
#include "mail/domain.h"

static int lookup_run(int argc, char **argv);

const struct command command_lookup = {
    .name = "lookup",
    .synopsis = "[-c FILE] TABLE KEY",
    .help = "ask a table",
    .letters = "c:",
    .run = lookup_run,
};

enum { NOT_FOUND = 1 };

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

static int
ask_table(struct arena *arena, const struct table *table, const struct value *key)
{
    struct buffer *tried = ARENA_NEW(arena, struct buffer);
    struct table_answer answer;
    struct slice rest, line;

    buffer_init(tried, arena, SIZE_MAX);
    answer = table_lookup(table, arena, key, tried);
    rest = buffer_slice(tried);
    while (slice_word(&rest, "\n", &line))
        print_octets(arena, "tried: ", line);
    switch (answer.result) {
    case TABLE_FOUND:
        print_octets(arena, "found under: ", answer.key);
        print_octets(arena, "answer: ", answer.value);
        return EX_OK;
    case TABLE_NOT_FOUND:
        puts("not found");
        return NOT_FOUND;
    case TABLE_COULD_NOT_ASK:
        fprintf(stderr, "postern: lookup: could not ask: %s\n", answer.reason);
        return EX_TEMPFAIL;
    case TABLE_NOT_A_KEY:
        break;
    }
    fprintf(stderr, "postern: lookup: this can't be a key of such a table\n");
    return EX_DATAERR;
}

/* TYPE:PLACE, of which no policy need know. */
static int
ask_place(struct arena *arena, const char *text, const char *key)
{
    struct table_place place;
    struct table table = {.name = slice_of(text),
                          .places = &place,
                          .options = {.timeout_ms = TABLE_TIMEOUT_MS},
                          .delimiters = "+"};
    const char *reason;
    struct value value;

    if (!table_place_open(arena, table.name, (struct place){0}, &table.options, &place, &reason)) {
        fprintf(stderr, "postern: lookup: %s: %s\n", text, reason);
        return place.driver ? EX_DATAERR : EX_USAGE;
    }
    value = read_key(arena, key, LOCAL_CASE_IGNORE);
    return ask_table(arena, &table, &value);
}

static int
ask_policy(struct arena *arena, const char *path, const char *name, const char *key)
{
    struct policy *policy;
    int status = input_policy(path, &policy);
    const struct table *table = policy ? policy_table(policy, slice_of(name)) : NULL;

    if (policy && table == NULL) {
        fprintf(stderr, "postern: lookup: the policy has no table \"%s\"\n", name);
        status = EX_DATAERR;
    }
    if (table) {
        struct value value = read_key(arena, key, settings_local_case(policy_settings(policy)));

        status = ask_table(arena, table, &value);
    }
    policy_unref(&policy);
    return status;
}

static int
lookup_run(int argc, char **argv)
{
    const char *path = command_default_policy();
    struct arena *arena;
    int option, status;

    while ((option = command_option(&command_lookup, argc, argv, NULL)) != -1) {
        if (option != 'c')
            return EX_USAGE;
        path = optarg;
    }
    if (argc - optind != 2)
        return EX_USAGE;
    arena = arena_new(SIZE_MAX);
    if (strchr(argv[optind], ':'))
        status = ask_place(arena, argv[optind], argv[optind + 1]);
    else
        status = ask_policy(arena, path, argv[optind], argv[optind + 1]);
    arena_free(&arena);
    return status;
}
