/* `postern report`: sums up logs. */
#include "report/report.h"

#include <errno.h>
#include <sysexits.h>

#include "base/system.h"
#include "command.h"
#include "input.h"
#include "report/stamp.h"

static int report_run(int argc, char **argv);

enum { REPORT_RULE = OPTION_LONG, REPORT_ID, REPORT_SINCE, REPORT_HTML, REPORT_NAME };

static const struct command_option report_options[] = {
    {REPORT_RULE, "rule", "NAME", "only lines of this rule; with * at its end of all that begin so",
     OPTION_FREE},
    {REPORT_ID, "id", "ID", "print the lines of this transaction", OPTION_FREE},
    {REPORT_SINCE, "since", "WHEN", "only lines from then on: 2026-11-28, yesterday, 7d",
     OPTION_FREE},
    {REPORT_HTML, "html", "OUT", "write a page with charts", OPTION_FREE},
    {REPORT_NAME, "name", "NAME", "the syslog-name under which is logged", OPTION_FREE},
    {'c', NULL, "FILE", "name the rules of this policy that no line names", OPTION_FREE},
    COMMAND_OPTIONS_END,
};

const struct command command_report = {
    .name = "report",
    .operands = "[LOG...]",
    .help = "sum up logs: which rules fired, for whom, how often",
    .options = report_options,
    .examples = {"report --since yesterday /var/log/mail.log",
                 "report --html week.html /var/log/mail.log*"},
    .run = report_run,
};

enum { NOTHING_FOUND = 1 };

struct report_request {
    struct report_wish wish;
    const char *html, *policy;
};

static bool
read_since(struct report_wish *wish, const char *text)
{
    wish->has_since = stamp_since(text, time(NULL), &wish->since);
    if (!wish->has_since)
        command_fail(&command_report, EX_USAGE,
                     "\"%s\" is no time; it is written 2026-11-28, \"2026-11-28 20:00\", today, "
                     "yesterday, 7d, 12h or 30min",
                     text);
    return wish->has_since;
}

static bool
read_wishes(struct report_request *request, int argc, char **argv)
{
    int option;

    while ((option = command_option(&command_report, argc, argv)) != -1) {
        if (option == REPORT_RULE)
            request->wish.rule = optarg;
        else if (option == REPORT_ID)
            request->wish.id = optarg;
        else if (option == REPORT_NAME)
            request->wish.name = optarg;
        else if (option == REPORT_HTML)
            request->html = optarg;
        else if (option == 'c')
            request->policy = optarg;
        else if (option == REPORT_SINCE && read_since(&request->wish, optarg))
            continue;
        else
            return false;
    }
    return true;
}

/* What can't be read is told, and the others are read all the same. */
static int
read_logs(struct report *report, char **name)
{
    static char *standard_input[] = {(char *)"-", NULL};
    int status = EX_OK;

    for (name = *name ? name : standard_input; *name; name++) {
        const char *reason = report_read(report, *name);

        if (reason == NULL)
            continue;
        status = command_fail(&command_report, EX_NOINPUT, "%s: %s", *name, reason);
    }
    return status;
}

static int
write_html(const struct report *report, const char *path)
{
    FILE *to = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
    int failed = to == NULL;

    if (to) {
        report_html(to, report, command_version());
        failed = ferror(to) || fflush(to) != 0;
        if (to != stdout)
            failed |= fclose(to) != 0;
    }
    if (failed)
        return command_fail(&command_report, EX_IOERR, "%s: %s", path, system_error(errno));
    return EX_OK;
}

static int
make_report(struct arena *arena, const struct report_request *request, char **logs)
{
    struct report *report = report_new(arena, &request->wish);
    struct policy *policy = NULL;
    int status = request->policy ? input_policy(request->policy, &policy) : EX_OK;
    int written = EX_OK;

    if (status != EX_OK)
        return status;
    status = read_logs(report, logs);
    report_finish(report, policy);
    policy_unref(&policy);
    if (request->wish.id)
        return status == EX_OK && report_lines_shown(report) == 0 ? NOTHING_FOUND : status;
    if (request->html)
        written = write_html(report, request->html);
    else
        report_text(stdout, report);
    return written == EX_OK ? status : written;
}

static int
report_run(int argc, char **argv)
{
    struct report_request request = {.wish = {.name = "postern", .to = stdout}};
    struct arena *arena;
    int status;

    if (!read_wishes(&request, argc, argv))
        return EX_USAGE;
    request.wish.progress = isatty(STDERR_FILENO) && !request.wish.id;
    arena = arena_new(SIZE_MAX);
    status = make_report(arena, &request, argv + optind);
    arena_free(&arena);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    return command_fail(&command_report, EX_IOERR, "the output can't be written: %s",
                        system_error(errno));
}
