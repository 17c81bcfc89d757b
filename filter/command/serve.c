/* `postern serve`: the milter, in the foreground. It logs to syslog, or with -f to standard error.
 */
#include "service/serve.h"

#include <sysexits.h>
#include <syslog.h>
#include <unistd.h>

#include "base/log.h"
#include "command.h"

static int serve_run(int argc, char **argv);

static const struct command_option serve_options[] = {
    {'f', NULL, NULL, "log to standard error, and nowhere else", OPTION_FREE},
    COMMAND_OPTION_POLICY,
    COMMAND_OPTIONS_END,
};

const struct command command_serve = {
    .name = "serve",
    .operands = "",
    .help = "be the milter",
    .options = serve_options,
    .examples = {"serve", "serve -f -c my.conf"},
    .run = serve_run,
};

static void
log_warnings(struct arena *arena, const struct diagnostics *diagnostics)
{
    for (const struct diagnostic *entry = diagnostics->first; entry; entry = entry->next) {
        struct buffer *text = ARENA_NEW(arena, struct buffer);

        buffer_init(text, arena, 4000);
        log_escape(text, slice_of(entry->text));
        log_write(LOG_LEVEL_WARNING, "%s: %s", diagnostics_place_text(arena, entry->place),
                  buffer_slice(text).at);
    }
}

static void
open_log(struct arena *arena, const struct settings *settings, bool to_stderr)
{
    const char *name = arena_string(arena, settings->value[SET_SYSLOG_NAME].text);
    const char *facility = arena_string(arena, settings->value[SET_LOG_FACILITY].text);

    log_open(name, facility, to_stderr ? NULL : _PATH_LOG);
}

static int
load_and_serve(struct arena *arena, const char *path, bool to_stderr)
{
    struct diagnostics diagnostics;
    struct policy *policy;
    int status;

    diagnostics_init(&diagnostics, arena);
    policy = policy_load(path, &diagnostics);
    if (policy == NULL) {
        diagnostics_print(&diagnostics, stderr);
        return EX_CONFIG;
    }
    open_log(arena, policy_settings(policy), to_stderr);
    log_warnings(arena, &diagnostics);
    status = serve(policy, command_version(), path);
    policy_unref(&policy);
    return status;
}

static int
serve_run(int argc, char **argv)
{
    const char *path = command_default_policy();
    bool to_stderr = false;
    struct arena *arena;
    int option, status;

    while ((option = command_option(&command_serve, argc, argv)) != -1) {
        if (option == 'c')
            path = optarg;
        else if (option == 'f')
            to_stderr = true;
        else
            return EX_USAGE;
    }
    if (optind < argc)
        return EX_USAGE;
    arena = arena_new(SIZE_MAX);
    status = load_and_serve(arena, path, to_stderr);
    arena_free(&arena);
    return status;
}
