/* The filters that a Sendmail's .mc file names: what is wrong with their words, and which of them
 * leads to a policy. */
#include <stdarg.h>
#include <stdio.h>

#include "policy/policy.h"
#include "import_inside.h"

struct filters {
    struct arena *arena;
    struct slice text;
    const struct policy *policy; /* that one of them is to be; NULL: any */
    struct socket_name socket;   /* then */
    const char *lead;            /* of each line that is printed */
    size_t count, ours, wrong;
};

/* NAME=VALUE, parted by commas. */
struct filter {
    struct slice name, socket, flags, times;
    bool has_flags;
};

__attribute__((format(printf, 2, 3))) static void
tell_filter(struct filters *filters, const char *format, ...)
{
    va_list arguments;

    fputs(filters->lead, stdout);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    filters->wrong++;
}

static struct filter
read_filter(const struct m4_call *call)
{
    struct filter filter = {.name = call->first};
    struct slice rest = call->second, equate;

    while (slice_word(&rest, ",", &equate)) {
        struct slice value = slice_trim(slice_from(equate, slice_find(equate, '=') + 1));

        equate = slice_trim(equate);
        if (slice_starts_nocase(equate, SLICE("S=")))
            filter.socket = value;
        if (slice_starts_nocase(equate, SLICE("F="))) {
            filter.flags = value;
            filter.has_flags = true;
        }
        if (slice_starts_nocase(equate, SLICE("T=")))
            filter.times = value;
    }
    return filter;
}

static void
check_flags(struct filters *filters, const struct filter *filter)
{
    if (!filter->has_flags)
        tell_filter(filters,
                    "the filter %.*s has no F=: mail passes unseen while it is away; write F=T",
                    (int)filter->name.len, filter->name.at);
    else if (!slice_equal(filter->flags, SLICE("T")) && !slice_equal(filter->flags, SLICE("R")) &&
             !slice_equal(filter->flags, SLICE("4")))
        tell_filter(filters,
                    "the filter %.*s has F=%.*s: Sendmail knows R (reject), T (tempfail) and 4 "
                    "(421) alone; write F=T",
                    (int)filter->name.len, filter->name.at, (int)filter->flags.len,
                    filter->flags.at);
}

/* Postfix has host and port the other way round. */
static void
check_socket(struct filters *filters, const struct filter *filter)
{
    struct socket_name socket;
    const char *reason;

    if (filter->socket.len == 0) {
        tell_filter(filters, "the filter %.*s has no S=, the socket that is called",
                    (int)filter->name.len, filter->name.at);
        return;
    }
    reason = socket_name_read(filters->arena, filter->socket, &socket);
    if (reason)
        tell_filter(filters, "the filter %.*s: S=%.*s: %s", (int)filter->name.len, filter->name.at,
                    (int)filter->socket.len, filter->socket.at, reason);
    else if (filters->policy)
        filters->ours += import_sockets_are_one(&socket, &filters->socket);
}

/* "S:10s;R:30s": how long an answer may take, R, is what counts. */
static void
check_times(struct filters *filters, const struct filter *filter)
{
    enum { LEAST_MS = 10 * 1000 };
    struct slice rest = filter->times, time;

    while (slice_word(&rest, ";", &time)) {
        int64_t ms = import_time_ms(slice_from(slice_trim(time), 2));

        if (slice_starts_nocase(slice_trim(time), SLICE("R:")) && ms >= 0 && ms < LEAST_MS)
            tell_filter(filters,
                        "the filter %.*s has T=%.*s: an answer may take %d s; write "
                        "T=C:5s;S:10s;R:30s;E:5m",
                        (int)filter->name.len, filter->name.at, (int)filter->times.len,
                        filter->times.at, LEAST_MS / 1000);
    }
}

/* MAIL_FILTER only says what a filter is; a list says which are called. */
static bool
is_listed(const struct filters *filters, struct slice name)
{
    struct slice text = filters->text, line, item;
    struct m4_call call;

    while (slice_word(&text, "\n", &line))
        if (import_m4_call(line, "define", &call) &&
            slice_equal(call.first, SLICE("confINPUT_MAIL_FILTERS")))
            while (slice_word(&call.second, ", \t", &item))
                if (slice_equal(item, name))
                    return true;
    return false;
}

static void
check_filter(struct filters *filters, const struct m4_call *call)
{
    struct filter filter = read_filter(call);

    filters->count++;
    check_socket(filters, &filter);
    check_flags(filters, &filter);
    check_times(filters, &filter);
}

/* m4 takes `' for quotes, and anything else as a part of the name. */
static void
check_line(struct filters *filters, struct slice line)
{
    struct m4_call call;

    if (import_m4_call(line, "INPUT_MAIL_FILTER", &call)) {
        if (call.first.len > 0)
            check_filter(filters, &call);
        else
            tell_filter(filters, "the filter of this line isn't in m4's quotes, `and': %.*s",
                        (int)line.len, line.at);
    }
    if (!import_m4_call(line, "MAIL_FILTER", &call))
        return;
    check_filter(filters, &call);
    if (!is_listed(filters, call.first))
        tell_filter(filters,
                    "the filter %.*s is never called: write INPUT_MAIL_FILTER, or name it in "
                    "confINPUT_MAIL_FILTERS",
                    (int)call.first.len, call.first.at);
}

static void
check_lines(struct filters *filters)
{
    struct slice text = filters->text, line;

    while (slice_word(&text, "\n", &line))
        check_line(filters, line);
}

size_t
import_note_filters(struct arena *arena, struct slice text)
{
    struct filters filters = {.arena = arena, .text = text, .lead = "# Note: "};

    check_lines(&filters);
    return filters.count;
}

size_t
import_check_filters(struct arena *arena, struct slice text, const struct policy *policy)
{
    struct filters filters = {.arena = arena, .text = text, .policy = policy, .lead = ""};
    struct slice socket = policy_settings(policy)->value[SET_SOCKET].text;

    if (socket_name_read(arena, socket, &filters.socket) != NULL)
        return 0;
    check_lines(&filters);
    if (filters.ours == 0)
        tell_filter(&filters,
                    "no filter has this policy's socket; write: INPUT_MAIL_FILTER(`postern', "
                    "`S=%.*s, F=T, T=C:5s;S:10s;R:30s;E:5m')",
                    (int)socket.len, socket.at);
    else if (filters.ours > 1)
        tell_filter(&filters,
                    "%zu filters have this policy's socket, and each message is judged "
                    "as often",
                    filters.ours);
    return filters.wrong;
}
