/* To syslog, or to standard error. */
#include "base/log.h"

#include <stdio.h>
#include <syslog.h>

static struct {
    const char *name;
    bool to_stderr;
} log_state = {"postern", true};

static const struct {
    const char *name;
    int facility;
} facilities[] = {
    {"mail", LOG_MAIL},     {"daemon", LOG_DAEMON}, {"user", LOG_USER},     {"auth", LOG_AUTH},
    {"authpriv", LOG_AUTHPRIV}, {"cron", LOG_CRON}, {"lpr", LOG_LPR},       {"news", LOG_NEWS},
    {"syslog", LOG_SYSLOG}, {"uucp", LOG_UUCP},
    {"local0", LOG_LOCAL0}, {"local1", LOG_LOCAL1}, {"local2", LOG_LOCAL2}, {"local3", LOG_LOCAL3},
    {"local4", LOG_LOCAL4}, {"local5", LOG_LOCAL5}, {"local6", LOG_LOCAL6}, {"local7", LOG_LOCAL7},
};

static int
facility_number(const char *name)
{
    for (size_t i = 0; i < sizeof facilities / sizeof facilities[0]; i++)
        if (strcmp(facilities[i].name, name) == 0)
            return facilities[i].facility;
    return -1;
}

bool
log_facility_known(const char *facility)
{
    return facility_number(facility) >= 0;
}

void
log_open(const char *name, const char *facility, bool to_stderr)
{
    log_state.name = name;
    log_state.to_stderr = to_stderr;
    if (!to_stderr)
        openlog(name, LOG_PID, facility_number(facility));
}

void
log_write(enum log_level level, const char *format, ...)
{
    static const int priorities[] = {LOG_INFO, LOG_WARNING, LOG_ERR};
    static const char *const prefixes[] = {"", "warning: ", "error: "};
    char line[4096];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (log_state.to_stderr)
        fprintf(stderr, "%s: %s%s\n", log_state.name, prefixes[level], line);
    else
        syslog(priorities[level], "%s%s", prefixes[level], line);
}

void
log_escape(struct buffer *to, struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];

        if (c < 32 || c > 126)
            buffer_printf(to, "\\x{%02X}", c);
        else if (c == '\\')
            buffer_text(to, "\\\\");
        else
            buffer_octet(to, (char)c);
    }
}
