/* `postern why`: what decided a verdict that the running milter gave, and a test of it. */
#include <stdio.h>
#include <sysexits.h>

#include "command.h"
#include "count/recall.h"
#include "explain_inside.h"
#include "input.h"
#include "policy/socket_name.h"
#include "status/status_client.h"

static int why_run(int argc, char **argv);

static const struct command_option why_options[] = {
    COMMAND_OPTION_POLICY,
    COMMAND_OPTIONS_END,
};

const struct command command_why = {
    .name = "why",
    .operands = "ID",
    .help = "why the running milter gave a verdict, and a test that gives it again",
    .options = why_options,
    .examples = {"why 0000H6B2KQ1Z", "why -c /etc/postern/postern.conf '[0000H6B2KQ1Z]'"},
    .run = why_run,
};

enum { WHY_NOTHING = 1 };

struct question {
    struct arena *arena;
    struct diagnostics diagnostics;
    const char *path; /* of the policy */
    const char *id;
};

/* The next of the texts, or false. */
static bool
why_next(struct slice *all, struct slice *text_r)
{
    const char *end = memmem(all->at, all->len, RECALL_END, strlen(RECALL_END));

    if (end == NULL)
        return false;
    *text_r = slice_first(*all, (size_t)(end - all->at));
    *all = slice_from(*all, text_r->len + strlen(RECALL_END));
    return true;
}

/* Lines of a test are indented in a policy. */
static void
why_print_tests(const struct question *question, struct slice all)
{
    struct slice text;

    for (unsigned number = 1; why_next(&all, &text); number++) {
        printf("\ntest \"why %s", question->id);
        printf(number > 1 ? ", verdict %u\"\n" : "\"\n", number);
        while (text.len > 0) {
            size_t len = slice_find(text, '\n');

            printf("%s%.*s\n", len > 0 ? "    " : "", (int)len, text.at);
            text = slice_from(text, len + 1);
        }
    }
}

/* False: the policy doesn't come to that verdict. */
static bool
why_explain(struct question *question, struct policy *policy, struct slice text)
{
    const struct step *steps =
        scenario_text(question->arena, question->id, text, &question->diagnostics);
    struct show show = {.arena = question->arena, .to = stdout, .policy = policy};
    struct play_result result;

    if (question->diagnostics.errors)
        return false;
    explain_begin(&show);
    play_steps(question->arena, policy, steps, false, show_record, &show, &result);
    show_text(&show, &result);
    for (const struct play_failure *failure = result.failures; failure; failure = failure->next)
        fprintf(stderr, "postern: why: the policy comes to another verdict now: %s\n",
                failure->text);
    return result.failures == NULL;
}

/* Tests stand behind all that is explained, so that they can be pasted at once. */
static int
why_explain_all(struct question *question, struct slice all)
{
    struct policy *policy;
    struct slice rest = all, text;
    int status = input_policy(question->path, &policy);

    if (policy == NULL)
        return status;
    while (why_next(&rest, &text)) {
        if (!why_explain(question, policy, text))
            status = EX_DATAERR;
        if (rest.len > 0)
            putchar('\n');
    }
    why_print_tests(question, all);
    diagnostics_print(&question->diagnostics, stderr);
    policy_unref(&policy);
    return fflush(stdout) == 0 ? status : EX_IOERR;
}

static int
why_ask(struct question *question, const char *socket)
{
    struct slice all;
    const char *reason;
    const char *path = arena_printf(question->arena, "/why/%s", question->id);

    if (*socket == '\0')
        return command_fail(&command_why, EX_CONFIG,
                            "%s sets no status-socket, so that nobody remembers", question->path);
    if (!socket_name_is_unix(question->arena, slice_of(socket)))
        return command_fail(&command_why, EX_CONFIG,
                            "the status-socket of %s is a port, which every user of this machine "
                            "can ask, so that nothing is remembered; set a unix socket",
                            question->path);
    if (!status_client_ask(question->arena, socket, path, &all, &reason))
        return command_fail(&command_why, EX_UNAVAILABLE, "%s; is the milter running?", reason);
    if (all.len == 0)
        return command_fail(&command_why, WHY_NOTHING, "nothing is remembered of %s", question->id);
    return why_explain_all(question, all);
}

/* People paste it with the brackets that stand around it in a reply. */
static const char *
why_id(struct arena *arena, const char *word)
{
    struct slice id = slice_of(word);

    if (id.len > 2 && id.at[0] == '[' && id.at[id.len - 1] == ']')
        id = (struct slice){id.at + 1, id.len - 2};
    for (size_t i = 0; i < id.len; i++)
        if (!ascii_is_alnum(id.at[i]))
            return NULL;
    return id.len > 0 && id.len < ID_SIZE ? arena_string(arena, id) : NULL;
}

static int
why_of_policy(struct question *question, const char *word)
{
    struct settings settings;

    question->id = why_id(question->arena, word);
    if (question->id == NULL)
        return command_fail(&command_why, WHY_NOTHING, "nothing is remembered of %s", word);
    if (policy_read_settings(question->path, &question->diagnostics, &settings))
        return why_ask(question,
                       arena_string(question->arena, settings.value[SET_STATUS_SOCKET].text));
    diagnostics_print(&question->diagnostics, stderr);
    return EX_CONFIG;
}

static int
why_run(int argc, char **argv)
{
    struct question question = {.path = command_default_policy()};
    int option, status;

    while ((option = command_option(&command_why, argc, argv)) != -1) {
        if (option != 'c')
            return EX_USAGE;
        question.path = optarg;
    }
    if (argc - optind != 1)
        return EX_USAGE;
    question.arena = arena_new(SIZE_MAX);
    diagnostics_init(&question.diagnostics, question.arena);
    status = why_of_policy(&question, argv[optind]);
    arena_free(&question.arena);
    return status;
}
