/* `postern explain`: plays one transaction, and shows why it ends as it does. */
#include "explain_inside.h"

#include <sysexits.h>

#include "command.h"
#include "input.h"

static int explain_run(int argc, char **argv);

static const struct option explain_options[] = {
    {"json", no_argument, NULL, 'j'},
    {"connect", required_argument, NULL, 0},
    {"local", no_argument, NULL, 0},
    {"helo", required_argument, NULL, 0},
    {"tls", required_argument, NULL, 0},
    {"auth", required_argument, NULL, 0},
    {"mail", required_argument, NULL, 0},
    {"rcpt", required_argument, NULL, 0},
    {"message", required_argument, NULL, 0},
    {"macro", required_argument, NULL, 0},
    {"table", required_argument, NULL, 0},
    {"time", required_argument, NULL, 0},
    {"command", required_argument, NULL, 0},
    {"header", required_argument, NULL, 'h'},
    {"body", required_argument, NULL, 'b'},
    {0},
};

const struct command command_explain = {
    .name = "explain",
    .synopsis = "[-v] [--json] [-c FILE] [OPTION...] [FILE [MESSAGE.eml]]",
    .help = "play one transaction, and say why",
    .letters = "c:v",
    .options = explain_options,
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

static void
add_line(struct request *request, const char *name, const char *rest)
{
    const struct step *step =
        scenario_line(request->arena, name, rest ? rest : "", &request->diagnostics);

    if (step)
        append_steps(&request->option[place_in_order_of(step)], step);
}

static void
request_add_text(struct request *request, struct buffer *to, const char *line)
{
    request->has_text = true;
    buffer_printf(to, "%s\r\n", line);
}

static bool
read_request(struct request *request, int argc, char **argv)
{
    int option, index;

    while ((option = command_option(&command_explain, argc, argv, &index)) != -1) {
        if (option == 'c')
            request->path = optarg;
        else if (option == 'v')
            request->all = true;
        else if (option == 'j')
            request->json = true;
        else if (option == 'h')
            request_add_text(request, &request->header, optarg);
        else if (option == 'b')
            request_add_text(request, &request->body, optarg);
        else if (option == 0)
            add_line(request, explain_options[index].name, optarg);
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
    struct step *message = ARENA_NEW(request->arena, struct step);

    for (size_t i = 0; i < PLACE_MESSAGE; i++)
        append_steps(&request->first, request->option[i]);
    if (file[0])
        append_steps(&request->first,
                     scenario_load(request->arena, file[0], &request->diagnostics));
    if (file[0] && file[1])
        add_line(request, "message", arena_printf(request->arena, "\"%s\"", file[1]));
    append_steps(&request->first, request->option[PLACE_MESSAGE]);
    if (!request->has_text)
        return;
    message->kind = STEP_MESSAGE;
    message->text =
        slice_of(arena_printf(request->arena, "%s\r\n%s", buffer_slice(&request->header).at,
                              buffer_slice(&request->body).at));
    append_steps(&request->first, message);
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
    if (read_request(request, argc, argv)) {
        put_in_order(request, argv + optind);
        diagnostics_print(&request->diagnostics, stderr);
        status = request->diagnostics.errors ? EX_DATAERR : explain(request);
    }
    arena_free(&arena);
    return status;
}
