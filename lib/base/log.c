/* To syslog's socket, or to standard error. glibc's syslog(3) sends with a lock held, and waits
 * there for who reads; so lines go a way of our own. */
#include "base/log.h"

#include <pthread.h>
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

#include "base/channel.h"
#include "base/clock.h"

enum {
    LONGEST_LINE = 8192 + 512,
    LONGEST_TEXT = 4096,
    LONGEST_NAME = 255,
    BETWEEN_REPORTS_MS = 1000
};

static struct {
    pthread_mutex_t lock; /* of all below it; nothing waits that holds it */
    struct channel channel;
    size_t dropped; /* lines, since their number was last told */
    int64_t next_report_ms;
    const char *name;
    int facility; /* -1: to standard error */
    bool bare;    /* that is a terminal, and gets no priorities */
    enum log_format format;
    void (*on_drop)(void);
} log_state = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .channel = {.descriptor = STDERR_FILENO, .stream = -1, .end = '\n'},
    .name = "postern",
    .facility = -1,
    .bare = true,
};

static const struct {
    const char *name;
    int facility;
} facilities[] = {
    {"mail", LOG_MAIL},     {"daemon", LOG_DAEMON},     {"user", LOG_USER},
    {"auth", LOG_AUTH},     {"authpriv", LOG_AUTHPRIV}, {"cron", LOG_CRON},
    {"lpr", LOG_LPR},       {"news", LOG_NEWS},         {"syslog", LOG_SYSLOG},
    {"uucp", LOG_UUCP},     {"local0", LOG_LOCAL0},     {"local1", LOG_LOCAL1},
    {"local2", LOG_LOCAL2}, {"local3", LOG_LOCAL3},     {"local4", LOG_LOCAL4},
    {"local5", LOG_LOCAL5}, {"local6", LOG_LOCAL6},     {"local7", LOG_LOCAL7},
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

/* What libraries would say through syslog(3), libmilter of what is sent to it among them: no
 * priority has this bit, so that it returns before its lock and its socket. */
static void
mute_libraries(void)
{
    setlogmask(LOG_MASK(LOG_DEBUG + 1));
}

void
log_open(const char *name, const char *facility, const char *socket)
{
    mute_libraries();
    tzset();
    channel_close(&log_state.channel);
    log_state.name = name;
    log_state.facility = socket ? facility_number(facility) : -1;
    log_state.dropped = 0;
    log_state.next_report_ms = 0;
    log_state.bare = isatty(STDERR_FILENO);
    if (socket)
        channel_open_socket(&log_state.channel, socket);
    else
        channel_open_standard_error(&log_state.channel);
}

void
log_rename(const char *name, const char *facility)
{
    log_state.name = name;
    if (log_state.facility >= 0)
        log_state.facility = facility_number(facility);
}

void
log_set_format(enum log_format format)
{
    log_state.format = format;
}

void
log_after_fork(void)
{
    log_state.dropped = 0;
    channel_forget(&log_state.channel);
}

void
log_on_drop(void (*told)(void))
{
    log_state.on_drop = told;
}

/* As syslog(3) writes it; RFC 3164, section 4.1. */
static size_t
write_head(char *line, size_t size, enum log_level level, const char *date)
{
    static const int priorities[] = {LOG_INFO, LOG_WARNING, LOG_ERR};

    if (log_state.facility < 0 && log_state.format == LOG_FORMAT_JSON)
        return 0;
    if (log_state.facility < 0 && log_state.bare)
        return (size_t)snprintf(line, size, "%.*s: ", LONGEST_NAME, log_state.name);
    if (log_state.facility < 0)
        return (size_t)snprintf(line, size, "<%d>%.*s: ", priorities[level], LONGEST_NAME,
                                log_state.name);
    return (size_t)snprintf(line, size, "<%d>%s%.*s[%d]: ", log_state.facility | priorities[level],
                            date, LONGEST_NAME, log_state.name, (int)getpid());
}

static const char *const level_names[] = {"info", "warning", "error"};

static size_t
write_message(char *to, size_t size, enum log_level level, const char *text)
{
    size_t len;

    if (log_state.format == LOG_FORMAT_TEXT)
        return (size_t)snprintf(to, size, "%s%s%s", level ? level_names[level] : "",
                                level ? ": " : "", text);
    len = (size_t)snprintf(to, size, "{\"level\":\"%s\",\"message\":\"", level_names[level]);
    for (; *text && len + sizeof "\\\"\"}" < size; text++) {
        if (*text == '"' || *text == '\\')
            to[len++] = '\\';
        to[len++] = *text;
    }
    return len + (size_t)snprintf(to + len, size - len, "\"}");
}

static size_t
write_made(char *to, size_t size, enum log_level level, const char *text)
{
    if (log_state.format == LOG_FORMAT_TEXT)
        return write_message(to, size, level, text);
    return (size_t)snprintf(to, size, "{\"level\":\"%s\",%s", level_names[level], text + 1);
}

typedef size_t log_writer(char *to, size_t size, enum log_level level, const char *text);

/* Returns how long it is. */
static size_t
write_line(char line[LONGEST_LINE], log_writer *write, enum log_level level, const char *date,
           const char *text)
{
    size_t len = write_head(line, LONGEST_LINE, level, date);

    len += write(line + len, LONGEST_LINE - len, level, text);
    return len < LONGEST_LINE ? len : LONGEST_LINE - 1;
}

static size_t
write_dated_line(char line[LONGEST_LINE], log_writer *write, enum log_level level, const char *text)
{
    time_t now = time(NULL);
    struct tm moment;
    char date[32];

    strftime(date, sizeof date, "%b %e %H:%M:%S ", localtime_r(&now, &moment));
    return write_line(line, write, level, date, text);
}

static void
tell_dropped(void)
{
    int64_t now_ms = clock_ms();
    char text[64], line[LONGEST_LINE];
    size_t len;

    if (now_ms < log_state.next_report_ms)
        return;
    snprintf(text, sizeof text, "log: lines dropped: %zu", log_state.dropped);
    len = write_dated_line(line, write_message, LOG_LEVEL_WARNING, text);
    if (!channel_add(&log_state.channel, line, len))
        return;
    log_state.dropped = 0;
    log_state.next_report_ms = now_ms + BETWEEN_REPORTS_MS;
}

/* With the lock held. */
static bool
flush(void)
{
    bool empty = channel_flush(&log_state.channel);

    if (!empty || log_state.dropped == 0)
        return empty;
    tell_dropped();
    return channel_flush(&log_state.channel) && log_state.dropped == 0;
}

bool
log_flush(void)
{
    bool empty;

    pthread_mutex_lock(&log_state.lock);
    empty = flush();
    pthread_mutex_unlock(&log_state.lock);
    return empty;
}

bool
log_has_reader(void)
{
    return log_state.facility >= 0;
}

/* No clock, lock or memory is asked for; without a date its reader sets one. */
void
log_past(enum log_level level, const char *format, ...)
{
    char text[LONGEST_TEXT], line[LONGEST_LINE];
    va_list args;
    size_t len;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    len = write_line(line, write_message, level, "", text);
    line[len] = log_state.channel.end;
    channel_write_past(&log_state.channel, line, len + 1);
}

static void
log_keep(const char *line, size_t len)
{
    pthread_mutex_lock(&log_state.lock);
    if (log_state.dropped > 0)
        flush();
    if (!channel_add(&log_state.channel, line, len)) {
        log_state.dropped++;
        if (log_state.on_drop)
            log_state.on_drop();
    }
    flush();
    pthread_mutex_unlock(&log_state.lock);
}

void
log_write_made(enum log_level level, const char *text)
{
    char line[LONGEST_LINE];

    log_keep(line, write_dated_line(line, write_made, level, text));
}

void
log_write(enum log_level level, const char *format, ...)
{
    char text[LONGEST_TEXT], line[LONGEST_LINE];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    log_keep(line, write_dated_line(line, write_message, level, text));
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
