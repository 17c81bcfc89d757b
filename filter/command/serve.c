/* `postern serve`: the milter, in the foreground. It logs to syslog, or with -f to standard error.
 */
#include "service/serve.h"

#include <sysexits.h>
#include <unistd.h>

#include "audit_mask.h"
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

static int
serve_run(int argc, char **argv)
{
    const char *path = command_default_policy();
    bool to_stderr = false;
    int option;

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
    audit_mask_draw_key();
    return serve(path, command_version(), to_stderr);
}
