/* Many connections on few threads: a made-up language of lines is spoken here. */
#include "native/loop.h"

#include <errno.h>
#include <pthread.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/pool.h"
#include "tap.h"

enum { LARGE = 2 * 1024 * 1024, WAIT_MS = 30 * 1000 };

static atomic_bool released;
static atomic_size_t held, begun, ended;

static void
rest_ms(int64_t ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static int64_t
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool
wait_until_at_least(atomic_size_t *number, size_t wanted)
{
    for (int64_t end = now_ms() + WAIT_MS; *number < wanted && now_ms() < end;)
        rest_ms(2);
    return *number >= wanted;
}

static void *
line_begin(void *of, struct arena *arena, int descriptor)
{
    (void)of, (void)descriptor;
    begun++;
    return ARENA_NEW(arena, int);
}

static void
line_end(void *peer)
{
    (void)peer;
    ended++;
}

/* More than a socket takes at once. */
static void
line_answer_large(struct outflow *to)
{
    for (size_t i = 0; i < LARGE / 8; i++) {
        buffer_printf(&to->buffer, "%07zu\n", i);
        if (to->buffer.len >= OUTFLOW_MUCH)
            to->relieve(to);
    }
}

static void
line_hold(void)
{
    held++;
    while (!released)
        rest_ms(2);
    held--;
}

static void
line_say(struct slice line, struct outflow *to)
{
    if (slice_equal(line, SLICE("hold")))
        line_hold();
    if (slice_equal(line, SLICE("large")))
        line_answer_large(to);
    if (slice_equal(line, SLICE("slow"))) {
        to->slow(to, true);
        line_hold();
        to->slow(to, false);
    }
    buffer_add(&to->buffer, line);
    buffer_octet(&to->buffer, '\n');
}

static size_t
line_take(void *peer, struct slice octets, struct outflow *to)
{
    size_t taken = 0;

    ++*(int *)peer;
    while (to->buffer.len < OUTFLOW_MUCH) {
        struct slice rest = slice_from(octets, taken);
        size_t end = slice_find(rest, '\n');

        if (slice_equal(slice_first(rest, end), SLICE("end")))
            return LOOP_END;
        if (end == rest.len)
            return taken;
        line_say(slice_first(rest, end), to);
        taken += end + 1;
    }
    return taken;
}

static const struct loop_speech lines = {
    .begin = line_begin,
    .take = line_take,
    .end = line_end,
    .sign = {"wait\n", 5},
};

static const struct loop_limits usual = {
    .sessions = 200,
    .longest = 1000,
    .least_threads = 2,
    .most_threads = 16,
    .idle_ms = 3600 * 1000,
    .sign_ms = 1000,
};

/* A loop and where it is found: a unix socket without a file. */
struct trial {
    struct sockaddr_un at;
    socklen_t length;
    int listening;
    struct loop *loop;
};

static void
trial_begin(struct trial *trial, const struct loop_limits *limits)
{
    released = false;
    begun = ended = 0;
    *trial = (struct trial){.at.sun_family = AF_UNIX, .length = sizeof(sa_family_t)};
    trial->listening = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bind(trial->listening, (const void *)&trial->at, trial->length);
    trial->length = sizeof trial->at;
    getsockname(trial->listening, (void *)&trial->at, &trial->length);
    listen(trial->listening, 100);
    trial->loop = loop_start(trial->listening, &lines, limits);
    if (trial->loop == NULL)
        abort();
}

static void
trial_end(struct trial *trial)
{
    released = true;
    loop_free(&trial->loop);
    close(trial->listening);
    tap_check(begun == ended && pool_used() == 0, "all %zu connections were ended, %zu octets left",
              (size_t)begun, pool_used());
}

static int
trial_connect(const struct trial *trial)
{
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (connect(descriptor, (const void *)&trial->at, trial->length) < 0)
        abort();
    return descriptor;
}

static void
say(int descriptor, const char *text)
{
    if (send(descriptor, text, strlen(text), MSG_NOSIGNAL) < 0)
        perror("send");
}

/* The octets that come until there are `wanted`, or none came for so long, or the end. */
static size_t
hear(int descriptor, char *room, size_t wanted, int64_t patience_ms)
{
    struct pollfd waiting = {.fd = descriptor, .events = POLLIN};
    size_t got = 0;

    while (got < wanted && poll(&waiting, 1, (int)patience_ms) > 0) {
        ssize_t more = recv(descriptor, room + got, wanted - got, 0);

        if (more <= 0)
            break;
        got += (size_t)more;
    }
    return got;
}

static bool
hears(int descriptor, const char *text, int64_t patience_ms)
{
    char room[100] = "";
    size_t wanted = strlen(text);

    return hear(descriptor, room, wanted, patience_ms) == wanted && strcmp(room, text) == 0;
}

static bool
hears_end(int descriptor)
{
    struct pollfd waiting = {.fd = descriptor, .events = POLLIN};
    char octet;

    return poll(&waiting, 1, WAIT_MS) > 0 && recv(descriptor, &octet, 1, 0) <= 0;
}

static bool
answers(int descriptor)
{
    say(descriptor, "a\n");
    return hears(descriptor, "a\n", WAIT_MS);
}

static void
test_lines(void)
{
    struct trial trial;
    int peer;

    trial_begin(&trial, &usual);
    peer = trial_connect(&trial);
    tap_check(answers(peer), "a line is answered");
    say(peer, "a\nb\nc\n");
    tap_check(hears(peer, "a\nb\nc\n", WAIT_MS), "three at once are answered");
    say(peer, "a\nhal");
    tap_check(hears(peer, "a\n", WAIT_MS), "half a line waits");
    say(peer, "f a l");
    tap_check(!hears(peer, "h", 50), "and waits");
    say(peer, "ine\nb\n");
    tap_check(hears(peer, "half a line\nb\n", WAIT_MS), "until the rest came");
    say(peer, "a\nend\nb\n");
    tap_check(hears(peer, "a\n", WAIT_MS) && hears_end(peer), "the end");
    close(peer);
    tap_check(loop_total(trial.loop) == 1 && loop_threads(trial.loop) == 2, "on two threads");
    trial_end(&trial);
}

/* True once all of them were sent and answered. */
static bool
pours(int peer, const char *octets, size_t count, char *heard)
{
    size_t sent = 0, got = 0;

    while (got < count) {
        struct pollfd ready = {.fd = peer, .events = sent < count ? POLLIN | POLLOUT : POLLIN};
        ssize_t more;

        if (poll(&ready, 1, WAIT_MS) <= 0)
            break;
        more = ready.revents & POLLOUT
                   ? send(peer, octets + sent, count - sent, MSG_DONTWAIT | MSG_NOSIGNAL)
                   : recv(peer, heard + got, count - got, 0);
        if (more <= 0)
            break;
        if (ready.revents & POLLOUT)
            sent += (size_t)more;
        else
            got += (size_t)more;
    }
    return sent == count && got == count && memcmp(octets, heard, count) == 0;
}

/* Nobody reads the answers before the sockets are full of them. */
static void
test_many_lines(void)
{
    enum { COUNT = 4 * 1024 * 1024 };
    struct trial trial;
    char *octets = malloc(COUNT), *heard = malloc(COUNT);
    int peer;

    for (size_t i = 0; i < COUNT; i++)
        octets[i] = (char)(i % 101 == 7 || i + 1 == COUNT ? '\n' : 'a' + i % 26);
    trial_begin(&trial, &usual);
    peer = trial_connect(&trial);
    tap_check(pours(peer, octets, COUNT, heard), "many lines that are sent before one is read");
    free(octets);
    free(heard);
    close(peer);
    trial_end(&trial);
}

static void
test_held_up(void)
{
    enum { HELD = 14 };
    struct trial trial;
    int peer[HELD + 1];
    int64_t began;

    trial_begin(&trial, &usual);
    for (size_t i = 0; i < HELD; i++) {
        peer[i] = trial_connect(&trial);
        say(peer[i], "hold\n");
    }
    tap_check(wait_until_at_least(&held, HELD), "14 calls are under way at once");
    peer[HELD] = trial_connect(&trial);
    began = now_ms();
    tap_check(answers(peer[HELD]), "another connection is served beside them");
    tap_check(now_ms() - began < 1000, "soon");
    tap_check(loop_threads(trial.loop) > HELD && loop_threads(trial.loop) <= 16, "%zu threads",
              loop_threads(trial.loop));
    released = true;
    for (size_t i = 0; i < HELD; i++) {
        tap_check(hears(peer[i], "hold\n", WAIT_MS), "call %zu goes on", i);
        close(peer[i]);
    }
    close(peer[HELD]);
    trial_end(&trial);
}

static void
test_most_threads(void)
{
    struct trial trial;
    int peer[30];

    trial_begin(&trial, &usual);
    for (size_t i = 0; i < 30; i++) {
        peer[i] = trial_connect(&trial);
        say(peer[i], "hold\n");
    }
    wait_until_at_least(&held, 16);
    rest_ms(100);
    tap_check(held == 16 && loop_threads(trial.loop) == 16, "no more than 16 threads: %zu",
              loop_threads(trial.loop));
    released = true;
    for (size_t i = 0; i < 30; i++) {
        if (!hears(peer[i], "hold\n", WAIT_MS))
            tap_check(false, "connection %zu is served afterwards", i);
        close(peer[i]);
    }
    trial_end(&trial);
}

static bool
hears_large(int peer)
{
    char *room = malloc(LARGE + 6);
    size_t got = hear(peer, room, LARGE + 6, WAIT_MS);
    bool right = got == LARGE + 6 && memcmp(room + LARGE, "large\n", 6) == 0;

    for (size_t i = 0; right && i < LARGE / 8; i++)
        right = strtoul(room + 8 * i, NULL, 10) == i && room[8 * i + 7] == '\n';
    free(room);
    return right;
}

static void
test_not_reading(void)
{
    struct loop_limits narrow = usual;
    struct trial trial;
    int peer[6];

    narrow.most_threads = 2;
    trial_begin(&trial, &narrow);
    for (size_t i = 0; i < 6; i++)
        peer[i] = trial_connect(&trial);
    for (size_t i = 0; i < 5; i++)
        say(peer[i], "large\nafter\n");
    rest_ms(300);
    tap_check(answers(peer[5]), "peers that don't read hold up nobody");
    tap_check(pool_used() < 5 * 1024 * 1024, "nor take memory: %zu octets", pool_used());
    for (size_t i = 0; i < 4; i++)
        tap_check(hears_large(peer[i]) && hears(peer[i], "after\n", WAIT_MS),
                  "peer %zu gets all once it reads, and is heard again", i);
    for (size_t i = 0; i < 6; i++)
        close(peer[i]);
    trial_end(&trial);
}

/* What doesn't go into memory can't be kept: the peer gets what was written before, and nothing
 * behind what is missing. */
static void
test_no_file(void)
{
    struct trial trial;
    char *room = malloc(LARGE);
    size_t got, right = 0;
    int peer;

    setenv("TMPDIR", "/nonexistent", 1);
    trial_begin(&trial, &usual);
    peer = trial_connect(&trial);
    say(peer, "large\nafter\n");
    tap_check(wait_until_at_least(&ended, 1), "a connection whose answers can't be kept is closed");
    got = hear(peer, room, LARGE, WAIT_MS);
    while (right + 8 <= got && strtoul(room + right, NULL, 10) == right / 8 &&
           room[right + 7] == '\n')
        right += 8;
    tap_check(got > 0 && got < LARGE && got - right < 8, "behind whole answers: %zu of %zu octets",
              right, got);
    free(room);
    close(peer);
    trial_end(&trial);
    unsetenv("TMPDIR");
}

static int64_t
cpu_ms(void)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    return (int64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
           (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
}

static void
test_sessions(void)
{
    struct loop_limits few = usual;
    struct trial trial;
    int64_t used;
    int peer[4];

    few.sessions = 3;
    trial_begin(&trial, &few);
    for (size_t i = 0; i < 4; i++)
        peer[i] = trial_connect(&trial);
    for (size_t i = 0; i < 3; i++)
        tap_check(answers(peer[i]), "session %zu of 3", i);
    say(peer[3], "a\n");
    used = cpu_ms();
    tap_check(!hears(peer[3], "a\n", 500), "the fourth waits");
    used = cpu_ms() - used;
    tap_check(used < 100, "without a spin: %lld ms", (long long)used);
    tap_check(loop_sessions(trial.loop) == 3, "3 are open");
    close(peer[1]);
    tap_check(hears(peer[3], "a\n", WAIT_MS), "and is served when another has left");
    for (size_t i = 0; i < 4; i++)
        if (i != 1)
            close(peer[i]);
    trial_end(&trial);
}

static void
test_idle(void)
{
    struct loop_limits impatient = usual;
    struct trial trial;
    int peer[3];

    impatient.idle_ms = 300;
    trial_begin(&trial, &impatient);
    for (size_t i = 0; i < 3; i++)
        peer[i] = trial_connect(&trial);
    say(peer[1], "hal");
    say(peer[2], "large\n");
    tap_check(hears_end(peer[0]), "a connection on which nothing happens is closed");
    tap_check(hears_end(peer[1]), "and one with half a line");
    tap_check(wait_until_at_least(&ended, 3), "and one that doesn't read");
    for (size_t i = 0; i < 3; i++)
        close(peer[i]);
    trial_end(&trial);
}

static void
test_signs(void)
{
    struct trial trial;
    int peer;

    trial_begin(&trial, &usual);
    peer = trial_connect(&trial);
    say(peer, "a\nslow\nb\n");
    tap_check(hears(peer, "a\nwait\nwait\n", WAIT_MS), "signs come while an answer takes long");
    released = true;
    tap_check(hears(peer, "slow\nb\n", WAIT_MS), "and the answers behind them");
    tap_check(!hears(peer, "w", 1500), "and no sign behind these");
    close(peer);
    trial_end(&trial);
}

static void
test_stop(void)
{
    struct trial trial;
    int peer, late;

    trial_begin(&trial, &usual);
    peer = trial_connect(&trial);
    tap_check(answers(peer), "before");
    loop_stop_accepting(trial.loop);
    late = trial_connect(&trial);
    say(late, "a\n");
    tap_check(!hears(late, "a\n", 200), "nobody is accepted any more");
    tap_check(answers(peer) && loop_sessions(trial.loop) == 1, "who was there is served");
    say(peer, "end\n");
    tap_check(hears_end(peer), "until its end");
    for (int64_t end = now_ms() + WAIT_MS; loop_sessions(trial.loop) > 0 && now_ms() < end;)
        rest_ms(2);
    tap_check(loop_sessions(trial.loop) == 0, "and then nobody is there");
    close(peer);
    close(late);
    trial_end(&trial);
}

struct crowd {
    const struct trial *trial;
    atomic_size_t right;
};

static void *
crowd_run(void *of)
{
    struct crowd *crowd = of;

    for (size_t i = 0; i < 50; i++) {
        int peer = trial_connect(crowd->trial);

        crowd->right += answers(peer) && answers(peer);
        if (i % 2)
            say(peer, "a\nb\nhal");
        close(peer);
    }
    return NULL;
}

static void
test_crowd(void)
{
    struct trial trial;
    struct crowd crowd = {&trial, 0};
    pthread_t thread[12];

    trial_begin(&trial, &usual);
    for (size_t i = 0; i < 12; i++)
        pthread_create(&thread[i], NULL, crowd_run, &crowd);
    for (size_t i = 0; i < 12; i++)
        pthread_join(thread[i], NULL);
    tap_check(crowd.right == 12 * 50, "%zu of 600 sessions, 12 at a time, are served",
              (size_t)crowd.right);
    trial_end(&trial);
}

int
main(void)
{
    signal(SIGPIPE, SIG_IGN);
    log_open("test", "mail", NULL);
    test_lines();
    test_many_lines();
    test_held_up();
    test_most_threads();
    test_not_reading();
    test_no_file();
    test_sessions();
    test_idle();
    test_signs();
    test_stop();
    test_crowd();
    return tap_done();
}
