/* Loads a milter as MTAs do: connections that never pause, each session on one of its own, every
 * negotiated flag and list of macros honoured.
 *
 * usage: load [-c N] [-n N] [-w N] [-i N] [-p PID] SOCKET SESSIONS
 *        load -t TERMS SOCKET
 *
 * SESSIONS holds tests as postern-test(5) has them. They are played one after the other, again and
 * again, on -c connections at once (1), until -n messages have been sent (1000); -w: so many before
 * anything is measured. -i more connections stay open all the time, each after its first message.
 * PID is the filter. Prints one line of NAME=VALUE: the time of an answer in ms, CPU in us a
 * message (load: of this program itself), memory in KB (idle_rss: for one idle connection).
 * -t: leaves what the filter negotiates in a file, for those that are to do alike. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "policy/scenario.h"
#include "script.h"

enum { ROOM = 1 << 17, EVENTS = 256, OFFERED_ACTIONS = 0x1ff, OFFERED_STEPS = 0x1fffff };

struct connection {
    int descriptor;
    const struct script *script;
    bool negotiated;
    size_t message;
    size_t move;
    unsigned refused; /* recipients of this message */
    struct slice out;
    double asked;
    size_t in_len;
    unsigned char in[ROOM];
};

/* What one run of connections is to do, and what it did. */
struct run {
    int poll;
    size_t wanted, begun; /* messages */
    bool keeps_open;      /* one message on each connection, which then stays */
    size_t open;
    size_t accepted, refused;
    float *answer; /* seconds each took */
    size_t answers, room;
};

static struct {
    const char *socket;
    size_t connections, messages, warming, idle;
    int pid;
} options = {.connections = 1, .messages = 1000};

static struct terms terms;
static const struct script **scripts;
static size_t script_count, next_script;
static unsigned char offer[] = {0, 0, 0, 13, 'O', 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0};

struct cost {
    double time;
    double own;    /* CPU of this process */
    double filter; /* and of the filter, in seconds */
    double user_ticks, system_ticks;
};

static double
seconds_of(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double
now(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

/* What doesn't fit now goes out when there is room. */
static void
flush_out(struct connection *connection)
{
    struct slice *out = &connection->out;

    while (out->len > 0) {
        ssize_t sent = send(connection->descriptor, out->at, out->len, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (sent < 0 && errno == EAGAIN)
            return;
        if (sent < 0)
            give_up("the filter closed a connection", "load");
        *out = slice_from(*out, (size_t)sent);
    }
}

static void
ask(struct connection *connection, struct slice octets)
{
    connection->asked = now();
    connection->out = octets;
    flush_out(connection);
}

static void
tell(struct connection *connection, const void *packet, size_t len)
{
    if (send(connection->descriptor, packet, len, MSG_NOSIGNAL) != (ssize_t)len)
        give_up("the filter closed a connection", "load");
}

static void
send_move(struct connection *connection)
{
    ask(connection, connection->script->move[connection->move].octets);
}

static void
open_session(struct run *run, struct connection *connection)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = connection};

    connection->descriptor = wire_connect(options.socket);
    connection->script = scripts[next_script++ % script_count];
    connection->negotiated = false;
    connection->message = connection->move = connection->in_len = connection->refused = 0;
    run->open++;
    run->begun++;
    if (epoll_ctl(run->poll, EPOLL_CTL_ADD, connection->descriptor, &event) != 0)
        give_up("too many connections", "load");
    ask(connection, (struct slice){(const char *)offer, sizeof offer});
}

/* The present session is over; the next begins as long as messages are wanted. */
static void
end_session(struct run *run, struct connection *connection)
{
    if (run->keeps_open) {
        epoll_ctl(run->poll, EPOLL_CTL_DEL, connection->descriptor, NULL);
    } else {
        tell(connection, "\0\0\0\1Q", 5);
        close(connection->descriptor);
    }
    run->open--;
    if (run->begun < run->wanted)
        open_session(run, connection);
}

static void
end_message(struct run *run, struct connection *connection, bool accepted)
{
    const struct script *script = connection->script;
    const struct message *message = &script->message[connection->message++];

    run->accepted += accepted;
    run->refused += !accepted;
    if (connection->move + 1 < message->end)
        tell(connection, "\0\0\0\1A", 5);
    connection->move = message->end;
    connection->refused = 0;
    if (run->keeps_open || connection->message == script->messages || run->begun >= run->wanted) {
        end_session(run, connection);
        return;
    }
    run->begun++;
    send_move(connection);
}

/* A word that settles more than its own command. One about the client settles the session. */
static void
end_early(struct run *run, struct connection *connection, char awaited, bool accepted)
{
    const struct message *message = &connection->script->message[connection->message];

    if (awaited == 'R' && !accepted && ++connection->refused < message->recipients) {
        connection->move++;
        send_move(connection);
    } else if (awaited == 'C' || awaited == 'H') {
        run->accepted += accepted;
        run->refused += !accepted;
        end_session(run, connection);
    } else {
        end_message(run, connection, accepted);
    }
}

static void
note_answer(struct run *run, double seconds)
{
    if (run->answers == run->room) {
        run->room = run->room ? 2 * run->room : 1 << 16;
        run->answer = realloc(run->answer, run->room * sizeof *run->answer);
        if (run->answer == NULL)
            give_up("no memory", "load");
    }
    run->answer[run->answers++] = (float)seconds;
}

static void
take_final(struct run *run, struct connection *connection, char letter)
{
    const struct message *message = &connection->script->message[connection->message];
    char awaited = connection->script->move[connection->move].awaits;

    note_answer(run, now() - connection->asked);
    if (letter == 'c' && connection->move + 1 == message->end) {
        end_message(run, connection, true);
    } else if (letter == 'c' || letter == 's') {
        connection->move = letter == 's' ? message->end - 1 : connection->move + 1;
        send_move(connection);
    } else {
        end_early(run, connection, awaited, letter == 'a' || letter == 'd');
    }
}

static void
take_terms(struct run *run, struct connection *connection, const unsigned char *packet, size_t len)
{
    note_answer(run, now() - connection->asked);
    if (len != terms.len || memcmp(packet, terms.packet, len) != 0)
        give_up("the filter negotiates anew", "load");
    connection->negotiated = true;
    send_move(connection);
}

static void
take_packet(struct run *run, struct connection *connection, const unsigned char *packet, size_t len)
{
    char letter = (char)packet[WIRE_HEAD];

    if (!connection->negotiated)
        take_terms(run, connection, packet, len);
    else if (letter && strchr("casdrty", letter))
        take_final(run, connection, letter);
    else if (letter == '\0' || !strchr("p+-2bhimeq", letter))
        give_up("an answer that no MTA knows", "load");
}

static void
read_in(struct run *run, struct connection *connection)
{
    ssize_t got = recv(connection->descriptor, connection->in + connection->in_len,
                       ROOM - connection->in_len, MSG_DONTWAIT);
    unsigned char *at = connection->in;
    size_t len;

    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0)
        give_up("the filter closed a connection", "load");
    len = connection->in_len + (size_t)got;
    while (len >= WIRE_HEAD + 1 && len - WIRE_HEAD >= wire_number(at)) {
        size_t packet = WIRE_HEAD + wire_number(at);

        if (connection->out.len > 0)
            give_up("an answer before the question", "load");
        connection->in_len = 0;
        take_packet(run, connection, at, packet);
        at += packet;
        len -= packet;
    }
    memmove(connection->in, at, len);
    connection->in_len = len;
}

static void
play(struct run *run, size_t at_once)
{
    struct connection *connections = calloc(at_once, sizeof *connections);
    struct epoll_event events[EVENTS];

    if (connections == NULL)
        give_up("no memory", "load");
    run->poll = epoll_create1(EPOLL_CLOEXEC);
    for (size_t i = 0; i < at_once && run->begun < run->wanted; i++)
        open_session(run, &connections[i]);
    while (run->open > 0) {
        int count = epoll_wait(run->poll, events, EVENTS, -1);

        for (int i = 0; i < count; i++) {
            flush_out(events[i].data.ptr);
            read_in(run, events[i].data.ptr);
        }
    }
    close(run->poll);
    free(connections);
}

static void
negotiate_first(void)
{
    int descriptor = wire_connect(options.socket);
    ssize_t got;

    wire_put_number(offer + 9, OFFERED_ACTIONS);
    wire_put_number(offer + 13, OFFERED_STEPS);
    if (send(descriptor, offer, sizeof offer, MSG_NOSIGNAL) != sizeof offer)
        give_up("the filter closed a connection", "load");
    while (!terms_parse(&terms)) {
        got = recv(descriptor, terms.packet + terms.len, MOST_TERMS - terms.len, 0);
        if (got <= 0)
            give_up("the filter doesn't negotiate", "load");
        terms.len += (size_t)got;
    }
    send(descriptor, "\0\0\0\1Q", 5, MSG_NOSIGNAL);
    close(descriptor);
}

static void
save_terms(const char *path)
{
    FILE *file = fopen(path, "we");

    if (file == NULL || fwrite(terms.packet, 1, terms.len, file) != terms.len || fclose(file) != 0)
        give_up("can't be written", path);
}

static void
load_scripts(struct arena *arena, const char *path)
{
    struct diagnostics diagnostics;
    const struct test *tests;

    diagnostics_init(&diagnostics, arena);
    tests = policy_tests_load(arena, path, &diagnostics);
    diagnostics_print(&diagnostics, stderr);
    for (const struct test *test = tests; test; test = test->next)
        script_count++;
    if (script_count == 0)
        give_up("there are no sessions in it", path);
    scripts = ARENA_ARRAY(arena, script_count, const struct script *);
    for (size_t i = 0; i < script_count; i++, tests = tests->next)
        scripts[i] = script_make(arena, tests, &terms);
}

/* Behind a name in a file of /proc, or "" */
static const char *
proc_text(const char *file, const char *name)
{
    static char text[4096];
    char path[64];
    FILE *opened;
    size_t len;

    snprintf(path, sizeof path, "/proc/%d/%s", options.pid, file);
    opened = fopen(path, "re");
    if (opened == NULL)
        give_up("there is no such process", path);
    len = fread(text, 1, sizeof text - 1, opened);
    fclose(opened);
    text[len] = '\0';
    return strstr(text, name) ? strstr(text, name) + strlen(name) : "";
}

static double
memory_kb(void)
{
    return options.pid ? strtod(proc_text("status", "VmRSS:"), NULL) : 0;
}

enum { USER_COLUMN = 11 };

/* The clock of a process is exact; its ticks say only how it parts into user and system, and what
 * children that have ended took. */
static struct cost
cost_so_far(void)
{
    struct cost cost = {.time = now(), .own = seconds_of(CLOCK_PROCESS_CPUTIME_ID)};
    double ticks[4] = {0}; /* user and system, and those of children */
    clockid_t clock;
    char *at;

    if (options.pid == 0)
        return cost;
    if (clock_getcpuclockid(options.pid, &clock) != 0)
        give_up("the CPU of the filter can't be read", "load");
    cost.filter = seconds_of(clock);
    at = (char *)proc_text("stat", ") ");
    for (unsigned column = 0; at && column < USER_COLUMN; column++)
        at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL;
    for (size_t i = 0; at && i < 4; i++)
        ticks[i] = strtod(at, &at);
    cost.user_ticks = ticks[0] + ticks[2];
    cost.system_ticks = ticks[1] + ticks[3];
    cost.filter += (ticks[2] + ticks[3]) / (double)sysconf(_SC_CLK_TCK);
    return cost;
}

static int
compare(const void *a, const void *b)
{
    float first = *(const float *)a, second = *(const float *)b;

    return (first > second) - (first < second);
}

static double
percentile(const struct run *run, double share)
{
    return 1000 * (double)run->answer[(size_t)(share * (double)(run->answers - 1))];
}

static void
print_run(struct run *run, const struct cost *begun, const struct cost *ended)
{
    double messages = (double)(run->accepted + run->refused), us = 1e6 / messages;
    double user = ended->user_ticks - begun->user_ticks;
    double ticks = user + ended->system_ticks - begun->system_ticks;
    double cpu = (ended->filter - begun->filter) * us;

    qsort(run->answer, run->answers, sizeof *run->answer, compare);
    printf("messages=%.0f accepted=%zu refused=%zu answers=%zu rate=%.1f ", messages, run->accepted,
           run->refused, run->answers, messages / (ended->time - begun->time));
    printf("p50=%.3f p99=%.3f max=%.3f ", percentile(run, 0.5), percentile(run, 0.99),
           percentile(run, 1));
    user = ticks > 0 ? cpu * user / ticks : 0;
    printf("user=%.1f system=%.1f cpu=%.1f load=%.1f ", user, cpu - user, cpu,
           (ended->own - begun->own) * us);
}

static void
measure(void)
{
    struct run warming = {.wanted = options.warming}, run = {.wanted = options.messages};
    struct run idle = {.wanted = options.idle, .keeps_open = true};
    double before, with_idle;
    struct cost begun, ended;

    play(&warming, options.connections);
    before = memory_kb();
    play(&idle, options.connections);
    with_idle = memory_kb();
    begun = cost_so_far();
    play(&run, options.connections);
    ended = cost_so_far();
    print_run(&run, &begun, &ended);
    printf("rss=%.0f idle_rss=%.1f\n", memory_kb(),
           options.idle ? (with_idle - before) / (double)options.idle : 0);
    free(warming.answer);
    free(idle.answer);
    free(run.answer);
}

static size_t
read_count(const char *text)
{
    char *end;
    unsigned long count = strtoul(text, &end, 10);

    if (end == text || *end != '\0')
        give_up("is no number", text);
    return count;
}

static const char *
read_options(int argc, char **argv)
{
    const char *terms_path = NULL;
    int option;

    while ((option = getopt(argc, argv, "c:n:w:i:p:t:")) != -1) {
        switch (option) {
        case 'c':
            options.connections = read_count(optarg);
            break;
        case 'n':
            options.messages = read_count(optarg);
            break;
        case 'w':
            options.warming = read_count(optarg);
            break;
        case 'i':
            options.idle = read_count(optarg);
            break;
        case 'p':
            options.pid = (int)read_count(optarg);
            break;
        case 't':
            terms_path = optarg;
            break;
        default:
            exit(EXIT_FAILURE);
        }
    }
    if (argc - optind != (terms_path ? 1 : 2) || options.connections == 0 || options.messages == 0)
        give_up(
            "usage: load [-c N] [-n N] [-w N] [-i N] [-p PID] SOCKET SESSIONS, or -t TERMS SOCKET",
            argv[0]);
    options.socket = argv[optind];
    return terms_path;
}

int
main(int argc, char **argv)
{
    const char *terms_path = read_options(argc, argv);
    struct arena *arena = arena_new(SIZE_MAX);
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    negotiate_first();
    if (terms_path) {
        save_terms(terms_path);
    } else {
        load_scripts(arena, argv[optind + 1]);
        measure();
    }
    arena_free(&arena);
    return 0;
}
