/* The log: what goes over its socket, and that no reader, or a slow one, holds nobody up. */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "tap.h"

enum { MANY = 10000, FEW = 1000, THREADS = 4, EACH = 500, LONGEST_READ = 65536 };

static char directory[] = "/tmp/postern-log-XXXXXX";
static char path[64];

/* What a reader of the log has got, and what the lines in it said. */
static struct {
    int listening, connected; /* connected: for a stream alone */
    char rest[LONGEST_READ];  /* of a stream, behind the last whole record */
    size_t rest_len;
    size_t lines, malformed, dropped;
    char last[LONGEST_READ];
} reader;

static void
reader_close(void)
{
    if (reader.connected > 0)
        close(reader.connected);
    if (reader.listening > 0)
        close(reader.listening);
    unlink(path);
    memset(&reader, 0, sizeof reader);
}

static void
reader_open(int type)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    reader_close();
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    reader.listening = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (bind(reader.listening, (struct sockaddr *)&address, sizeof address) < 0 ||
        (type == SOCK_STREAM && listen(reader.listening, 5) < 0))
        tap_check(false, "a socket can be made");
}

static bool
fits(const char *text, const char *pattern)
{
    regex_t regex;
    bool found;

    regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB);
    found = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return found;
}

static void
take_record(const char *record, size_t len)
{
    const char *count = strstr(record, "log: lines dropped: ");
    int pid = 0, end = 0;

    if (strlen(record) != len ||
        sscanf(record, "<%*d>%*3s %*2d %*2d:%*2d:%*2d made-up[%d]: %n", &pid, &end) != 1 ||
        end == 0 || pid != getpid())
        reader.malformed++;
    if (count)
        reader.dropped += strtoul(count + 20, NULL, 10);
    else
        reader.lines++;
    memcpy(reader.last, record, len + 1);
}

static void
read_datagrams(void)
{
    char record[LONGEST_READ];
    ssize_t got;

    while ((got = recv(reader.listening, record, sizeof record - 1, 0)) >= 0) {
        record[got] = '\0';
        take_record(record, (size_t)got);
    }
}

/* A NUL ends each record. */
static void
read_stream(void)
{
    ssize_t got;
    char *end;

    if (reader.connected <= 0)
        reader.connected = accept4(reader.listening, NULL, NULL, SOCK_NONBLOCK);
    while ((got = recv(reader.connected, reader.rest + reader.rest_len,
                       sizeof reader.rest - reader.rest_len, 0)) > 0) {
        reader.rest_len += (size_t)got;
        while ((end = memchr(reader.rest, '\0', reader.rest_len))) {
            size_t len = (size_t)(end - reader.rest);

            take_record(reader.rest, len);
            reader.rest_len -= len + 1;
            memmove(reader.rest, end + 1, reader.rest_len);
        }
    }
}

static void
check_form(void)
{
    static const struct {
        const char *facility;
        enum log_level level;
        const char *pattern;
    } cases[] = {
        {"mail", LOG_LEVEL_INFO,
         "^<22>[A-Z][a-z]{2} [ 1-3][0-9] [0-9:]{8} made-up[[][0-9]+[]]: a 7$"},
        {"mail", LOG_LEVEL_WARNING, "^<20>.*[]]: warning: a 7$"},
        {"mail", LOG_LEVEL_ERROR, "^<19>.*[]]: error: a 7$"},
        {"local7", LOG_LEVEL_INFO, "^<190>"},
        {"daemon", LOG_LEVEL_ERROR, "^<27>"},
    };
    time_t before = time(NULL), after;
    struct tm moment;
    char first[64], second[64];

    reader_open(SOCK_DGRAM);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        log_open("made-up", cases[i].facility, path);
        log_write(cases[i].level, "%c %d", 'a', 7);
        read_datagrams();
        tap_check(fits(reader.last, cases[i].pattern), "form: %s", reader.last);
    }
    after = time(NULL);
    strftime(first, sizeof first, ">%b %e %H:%M:%S ", localtime_r(&before, &moment));
    strftime(second, sizeof second, ">%b %e %H:%M:%S ", localtime_r(&after, &moment));
    tap_check(strstr(reader.last, first) || strstr(reader.last, second),
              "local time, as syslog(3) writes it");
    tap_check(reader.malformed == 0, "the process says its number");
}

/* As a handler of a signal says it: without a date, past what is kept. */
static void
check_past(void)
{
    reader_open(SOCK_DGRAM);
    log_open("made-up", "mail", path);
    log_past(LOG_LEVEL_ERROR, "%c %d", 'a', 7);
    read_datagrams();
    tap_check(fits(reader.last, "^<19>made-up[[][0-9]+[]]: error: a 7$"), "at once: %s",
              reader.last);
    tap_check(log_has_reader(), "a socket is one that may come again");
}

static void
write_many(size_t count)
{
    for (size_t i = 0; i < count; i++)
        log_write(LOG_LEVEL_INFO, "line %zu of many, with something behind it", i);
}

static void
wait_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static void
flush(void (*read_all)(void))
{
    for (size_t i = 0; i < 3000 && !log_flush(); i++)
        read_all();
    read_all();
}

/* A reader that is slow, but there, misses nothing of a burst, though the kernel keeps ten
 * datagrams or so. */
static void
check_burst(const char *name, int type, void (*read_all)(void))
{
    reader_open(type);
    log_open("made-up", "mail", path);
    write_many(FEW);
    tap_check(!log_flush(), "%s: what isn't read is kept", name);
    flush(read_all);
    tap_check(reader.lines == FEW && reader.malformed == 0, "%s: all of a burst comes, whole (%zu)",
              name, reader.lines);
    tap_check(fits(reader.last, "line 999 "), "%s: in order", name);
}

/* What is beyond that is counted, and its number told behind what was kept. */
static void
check_unread(const char *name, int type, void (*read_all)(void))
{
    int64_t told;
    size_t first;

    reader_open(type);
    log_open("made-up", "mail", path);
    write_many(MANY);
    read_all();
    tap_check(reader.lines > 0 && reader.dropped == 0, "%s: the kernel keeps some", name);
    flush(read_all);
    told = clock_ms();
    first = reader.dropped;
    tap_check(first > 0 && reader.lines + first == MANY,
              "%s: unread, lines are dropped and counted (%zu and %zu)", name, reader.lines, first);
    write_many(MANY);
    for (size_t i = 0; i < 1000; i++) {
        log_flush();
        read_all();
    }
    tap_check(reader.dropped == first || clock_ms() - told >= 1000,
              "%s: which isn't told twice within a second", name);
    wait_ms(1000);
    flush(read_all);
    tap_check(reader.lines + reader.dropped == 2 * MANY, "%s: but after it (%zu and %zu)", name,
              reader.lines, reader.dropped);
    tap_check(reader.malformed == 0, "%s: no line is torn", name);
}

static void
check_restart(const char *name, int before, int after, void (*read_all)(void))
{
    reader_open(before);
    log_open("made-up", "mail", path);
    write_many(1);
    reader_close();
    write_many(5);
    reader_open(after);
    write_many(2);
    read_all();
    tap_check(reader.lines == 7 && reader.dropped == 0 && reader.malformed == 0,
              "%s: a reader that comes again hears what it missed (%zu)", name, reader.lines);
}

/* Some of the lines that the kernel held are gone with the reader; of those that come, each is
 * whole. */
static void
check_restart_unread(const char *name, int type, void (*read_all)(void))
{
    reader_open(type);
    log_open("made-up", "mail", path);
    write_many(FEW);
    reader_open(type);
    write_many(1);
    flush(read_all);
    tap_check(reader.lines > FEW / 2 && reader.malformed == 0 && fits(reader.last, "line 0 "),
              "%s: a reader that comes again gets no half line (%zu)", name, reader.lines);
}

static void
check_late_reader(void)
{
    reader_close();
    log_open("made-up", "mail", path);
    write_many(3);
    reader_open(SOCK_DGRAM);
    write_many(1);
    read_datagrams();
    tap_check(reader.lines == 4, "who comes late gets lines all the same");
}

static void *
write_each(void *unused)
{
    write_many(EACH);
    return unused;
}

static void
check_threads(const char *name, int type, void (*read_all)(void))
{
    pthread_t thread[THREADS];

    reader_open(type);
    log_open("made-up", "mail", path);
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, write_each, NULL);
    for (size_t i = 0; i < 50; i++) {
        read_all();
        wait_ms(1);
    }
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    flush(read_all);
    tap_check(reader.lines == THREADS * EACH && reader.malformed == 0,
              "%s: lines of several threads come whole (%zu)", name, reader.lines);
}

static void
read_pipe(int from)
{
    static char text[1 << 20];
    size_t len = 0;
    ssize_t got;

    while ((got = read(from, text + len, sizeof text - 1 - len)) > 0)
        len += (size_t)got;
    text[len] = '\0';
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        const char *count;

        *end = '\0';
        count = strstr(line, "log: lines dropped: ");
        if (!fits(line, "^(<6>made-up: line [0-9]+ of many, with something behind it|"
                        "<4>made-up: warning: log: lines dropped: [0-9]+)$"))
            reader.malformed++;
        if (count)
            reader.dropped += strtoul(count + 20, NULL, 10);
        else
            reader.lines++;
    }
}

/* Others hold the pipe too, and mustn't find it changed. */
static void
check_standard_error(void)
{
    int kept = dup(STDERR_FILENO), ends[2], flags;

    reader_close();
    if (pipe2(ends, O_CLOEXEC) < 0)
        return;
    dup2(ends[1], STDERR_FILENO);
    flags = fcntl(ends[1], F_GETFL);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    log_open("made-up", "mail", NULL);
    write_many(MANY);
    tap_check(fcntl(ends[1], F_GETFL) == flags, "standard error: a pipe stays as others have it");
    for (size_t i = 0; i < 1000 && !log_flush(); i++)
        read_pipe(ends[0]);
    read_pipe(ends[0]);
    dup2(kept, STDERR_FILENO);
    close(kept);
    tap_check(reader.lines < MANY && reader.lines + reader.dropped == MANY,
              "standard error: unread, lines are dropped and counted (%zu and %zu)", reader.lines,
              reader.dropped);
    tap_check(reader.malformed == 0, "standard error: no line is torn");
    close(ends[0]);
    close(ends[1]);
}

/* syslog(3) sends with a lock held, and waits for who reads: nothing that a library says through
 * it may get that far. */
static void
check_syslog_is_mute(void)
{
    log_open("made-up", "mail", path);
    for (int priority = LOG_EMERG; priority <= LOG_DEBUG; priority++)
        tap_check((setlogmask(0) & LOG_MASK(priority)) == 0, "syslog(3) is mute at priority %d",
                  priority);
}

int
main(void)
{
    if (mkdtemp(directory) == NULL)
        return 1;
    snprintf(path, sizeof path, "%s/log", directory);
    alarm(60);
    check_form();
    check_past();
    check_burst("datagrams", SOCK_DGRAM, read_datagrams);
    check_burst("stream", SOCK_STREAM, read_stream);
    check_unread("datagrams", SOCK_DGRAM, read_datagrams);
    check_unread("stream", SOCK_STREAM, read_stream);
    check_restart("datagrams", SOCK_DGRAM, SOCK_DGRAM, read_datagrams);
    check_restart("stream", SOCK_STREAM, SOCK_STREAM, read_stream);
    check_restart("datagrams, then a stream", SOCK_DGRAM, SOCK_STREAM, read_stream);
    check_restart("a stream, then datagrams", SOCK_STREAM, SOCK_DGRAM, read_datagrams);
    check_restart_unread("datagrams", SOCK_DGRAM, read_datagrams);
    check_restart_unread("stream", SOCK_STREAM, read_stream);
    check_late_reader();
    check_threads("datagrams", SOCK_DGRAM, read_datagrams);
    check_threads("stream", SOCK_STREAM, read_stream);
    check_standard_error();
    check_syslog_is_mute();
    reader_close();
    rmdir(directory);
    return tap_done();
}
