/* `postern explain`: plays one transaction, and shows why it ends as it does. */
#include "explain_inside.h"

#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "command.h"
#include "input.h"

static int explain_run(int argc, char **argv);

enum {
    EXPLAIN_JSON = OPTION_LONG,
    EXPLAIN_HEADER,
    EXPLAIN_BODY,
    EXPLAIN_LINE, /* and above: the option is a line of a test, by its name */
};

static const struct command_option explain_options[] = {
    {'v', NULL, NULL, "show every rule at each stage", OPTION_FREE},
    {EXPLAIN_JSON, "json", NULL, "print one JSON document", OPTION_FREE},
    COMMAND_OPTION_POLICY,
    {EXPLAIN_LINE, "connect", "ADDRESS [NAME]", "the client", OPTION_COLLECTED},
    {EXPLAIN_LINE + 1, "local", NULL, "handed in on this machine, not by SMTP", OPTION_COLLECTED},
    {EXPLAIN_LINE + 2, "helo", "ARGUMENT", "of HELO or EHLO", OPTION_COLLECTED},
    {EXPLAIN_LINE + 3, "tls", "VERSION [CIPHER [BITS]]", "as in TLSv1.3", OPTION_COLLECTED},
    {EXPLAIN_LINE + 4, "auth", "LOGIN [MECHANISM]", "who is logged in", OPTION_COLLECTED},
    {EXPLAIN_LINE + 5, "mail", "PATH [PARAMETER...]", "the sender, as in '<a@example.com>'",
     OPTION_COLLECTED},
    {EXPLAIN_LINE + 6, "rcpt", "PATH [PARAMETER...]", "a recipient", OPTION_COLLECTED},
    {EXPLAIN_LINE + 7, "message", "FILE|-", "the message", OPTION_COLLECTED},
    {EXPLAIN_HEADER, "header", "FIELD", "a field of the message, as in 'Subject: hi'",
     OPTION_COLLECTED},
    {EXPLAIN_BODY, "body", "LINE", "a line of its body", OPTION_COLLECTED},
    {EXPLAIN_LINE + 8, "macro", "NAME VALUE", "as the MTA sends it", OPTION_COLLECTED},
    {EXPLAIN_LINE + 9, "table", "NAME KEY VALUE", "what a lookup answers; or error",
     OPTION_COLLECTED},
    {EXPLAIN_LINE + 10, "time", "TIME", "as in 2026-03-01T09:30:00Z", OPTION_COLLECTED},
    {EXPLAIN_LINE + 11, "command", "LINE", "a command that the MTA doesn't know",
     OPTION_COLLECTED},
    COMMAND_OPTIONS_END,
};

const struct command command_explain = {
    .name = "explain",
    .operands = "[FILE|- [MESSAGE]]",
    .help = "play one transaction, and say why it ends as it does",
    .options = explain_options,
    .examples = {"explain --auth alice --mail '<bob@example.com>' --rcpt '<x@example.net>'",
                 "explain --header 'From: bob@example.com' --auth alice"},
    .run = explain_run,
};

/* Options may come in any order: these are the places where their lines are played. */
enum place_in_order {
    PLACE_FIRST,
    PLACE_CONNECT_MACRO,
    PLACE_CONNECT,
    PLACE_HELO_MACRO,
    PLACE_HELO,
    PLACE_LOGIN,
    PLACE_MAIL_MACRO,
    PLACE_MAIL,
    PLACE_RCPT_MACRO,
    PLACE_RCPT,
    PLACE_LATE_MACRO,
    PLACE_COMMAND,
    PLACE_MESSAGE,
    PLACES,
};

/* The transaction of the command line. */
struct request {
    struct arena *arena;
    struct diagnostics diagnostics;
    const char *path;
    bool json;
    bool all;
    struct step *option[PLACES];
    struct step *first;
    struct buffer header, body;
    bool has_text; /* --header or --body */
};

static void
append_steps(struct step **list, const struct step *steps)
{
    while (*list)
        list = &(*list)->next;
    *list = (struct step *)steps;
}

static enum place_in_order
place_of_macro(const struct step *step)
{
    static const enum place_in_order places[STAGES] = {
        [STAGE_CONNECT] = PLACE_CONNECT_MACRO, [STAGE_HELO] = PLACE_HELO_MACRO,
        [STAGE_MAIL] = PLACE_MAIL_MACRO,       [STAGE_RCPT] = PLACE_RCPT_MACRO,
        [STAGE_DATA] = PLACE_LATE_MACRO,       [STAGE_HEADER] = PLACE_LATE_MACRO,
        [STAGE_BODY] = PLACE_LATE_MACRO,       [STAGE_UNKNOWN] = PLACE_LATE_MACRO,
    };
    enum stage stage;

    return fact_macro_stage(step->word[0], &stage) ? places[stage] : PLACE_MAIL_MACRO;
}

static enum place_in_order
place_in_order_of(const struct step *step)
{
    static const enum place_in_order places[] = {
        [STEP_TABLE] = PLACE_FIRST,     [STEP_TIME] = PLACE_FIRST,
        [STEP_CONNECT] = PLACE_CONNECT, [STEP_LOCAL] = PLACE_CONNECT,
        [STEP_HELO] = PLACE_HELO,       [STEP_TLS] = PLACE_LOGIN,
        [STEP_AUTH] = PLACE_LOGIN,      [STEP_MAIL] = PLACE_MAIL,
        [STEP_RCPT] = PLACE_RCPT,       [STEP_COMMAND] = PLACE_COMMAND,
        [STEP_MESSAGE] = PLACE_MESSAGE, [STEP_EXPECT] = PLACE_MESSAGE,
    };

    return step->kind == STEP_MACRO ? place_of_macro(step) : places[step->kind];
}

/* In quotes where a line of a test needs them. */
static const char *
quoted_word(struct arena *arena, const char *word)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    if (*word && strpbrk(word, " \t\"") == NULL)
        return word;
    buffer_init(text, arena, SIZE_MAX);
    buffer_octet(text, '"');
    for (; *word; word++) {
        if (*word == '"' || *word == '\\')
            buffer_octet(text, '\\');
        buffer_octet(text, *word);
    }
    buffer_octet(text, '"');
    return buffer_slice(text).at;
}

static void
add_line(struct request *request, const char *name, const char *rest)
{
    const struct step *step;

    if (strcmp(name, "message") == 0)
        rest = quoted_word(request->arena, input_path(rest));
    step = scenario_line(request->arena, name, rest ? rest : "", &request->diagnostics);

    if (step)
        append_steps(&request->option[place_in_order_of(step)], step);
}

static void
request_add_text(struct request *request, struct buffer *to, const char *line)
{
    request->has_text = true;
    buffer_printf(to, "%s\r\n", line);
}

/* A line that begins with white space goes on with the field above. */
static void
request_add_field(struct request *request, const char *line)
{
    size_t name = strcspn(line, ": \t");
    bool goes_on = (*line == ' ' || *line == '\t') && buffer_slice(&request->header).len > 0;

    if (!goes_on && (name == 0 || line[name + strspn(line + name, " \t")] != ':'))
        diagnostics_error(&request->diagnostics, (struct place){0},
                          "\"%s\" is no header field: \"Name: value\" is one", line);
    request_add_text(request, &request->header, line);
}

static const char *
explain_option_name(int letter)
{
    const struct command_option *row = explain_options;

    while (row->letter != letter)
        row++;
    return row->name;
}

static bool
read_request(struct request *request, int argc, char **argv)
{
    int option;

    while ((option = command_option(&command_explain, argc, argv)) != -1) {
        if (option == 'c')
            request->path = optarg;
        else if (option == 'v')
            request->all = true;
        else if (option == EXPLAIN_JSON)
            request->json = true;
        else if (option == EXPLAIN_HEADER)
            request_add_field(request, optarg);
        else if (option == EXPLAIN_BODY)
            request_add_text(request, &request->body, optarg);
        else if (option >= EXPLAIN_LINE)
            add_line(request, explain_option_name(option), optarg);
        else
            return false;
    }
    return argc - optind <= 2;
}

/* The lines of the options, those of FILE, and last the message: MESSAGE.eml, or --header and
 * --body. */
static void
put_in_order(struct request *request, char **file)
{
    struct step *message = ARENA_NEW(request->arena, struct step), *option;

    for (size_t i = 0; i < PLACE_MESSAGE; i++)
        append_steps(&request->first, request->option[i]);
    if (file[0])
        append_steps(&request->first, scenario_load(request->arena, input_path(file[0]),
                                                    &request->diagnostics));
    if (file[0] && file[1])
        add_line(request, "message", file[1]);
    option = request->option[PLACE_MESSAGE];
    if (option && (option->next || request->has_text))
        diagnostics_error(&request->diagnostics, (struct place){0}, "the message is given twice");
    append_steps(&request->first, option);
    if (!request->has_text)
        return;
    message->kind = STEP_MESSAGE;
    message->text =
        slice_of(arena_printf(request->arena, "%s\r\n%s", buffer_slice(&request->header).at,
                              buffer_slice(&request->body).at));
    append_steps(&request->first, message);
}

/* How many words of its argument may stand on their own, as the synopsis has them: those in one
 * argument need quotes of the shell, which people forget. */
static size_t
words_of_option(const char *word)
{
    for (const struct command_option *row = explain_options; row->letter; row++) {
        size_t words = 1;

        if (row->letter < EXPLAIN_LINE || row->argument == NULL ||
            strncmp(word, "--", 2) != 0 || strcmp(word + 2, row->name) != 0)
            continue;
        for (const char *at = row->argument; *at; at++)
            words += *at == ' ';
        return strstr(row->argument, "...") ? SIZE_MAX : words;
    }
    return 0;
}

/* An option, or a file that explain is to read, isn't one of these words. */
static bool
is_word_of_option(const char *word)
{
    return word && word[0] != '-' && access(word, F_OK) != 0;
}

/* The words of the command line, in which what belongs to one option is one word. */
static char **
join_words(struct arena *arena, int *argc, char **argv)
{
    char **joined = ARENA_ARRAY(arena, (size_t)*argc + 1, char *);
    int count = 0;

    for (int i = 0; i < *argc; i++) {
        size_t words = words_of_option(argv[i]);

        joined[count++] = argv[i];
        if (words == 0 || argv[i + 1] == NULL)
            continue;
        joined[count] = argv[++i];
        for (; words > 1 && is_word_of_option(argv[i + 1]); words--)
            joined[count] = (char *)arena_printf(arena, "%s %s", joined[count],
                                                 quoted_word(arena, argv[++i]));
        count++;
    }
    joined[count] = NULL;
    *argc = count;
    return joined;
}

static int
explain(struct request *request)
{
    struct show show = {.arena = request->arena, .to = stdout};
    struct play_result result;
    struct policy *policy;
    int status = input_policy(request->path, &policy);

    if (policy == NULL)
        return status;
    show.policy = policy;
    show.json = request->json;
    show.all = request->all;
    explain_begin(&show);
    play_steps(request->arena, policy, request->first, true, show_record, &show, &result);
    if (show.json)
        show_json(&show, &result);
    else
        show_text(&show, &result);
    for (const struct play_failure *failure = result.failures; failure; failure = failure->next)
        fprintf(stderr, "%s: %s\n", diagnostics_place_text(show.arena, failure->place),
                failure->text);
    policy_unref(&policy);
    return result.failures ? EX_DATAERR : EX_OK;
}

static int
explain_run(int argc, char **argv)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct request *request = ARENA_NEW(arena, struct request);
    int status = EX_USAGE;

    request->arena = arena;
    request->path = command_default_policy();
    diagnostics_init(&request->diagnostics, arena);
    buffer_init(&request->header, arena, SIZE_MAX);
    buffer_init(&request->body, arena, SIZE_MAX);
    argv = join_words(arena, &argc, argv);
    if (read_request(request, argc, argv)) {
        put_in_order(request, argv + optind);
        diagnostics_print(&request->diagnostics, stderr);
        status = request->diagnostics.errors ? EX_DATAERR : explain(request);
    }
    arena_free(&arena);
    return status;
}
