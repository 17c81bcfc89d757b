/* One process that serves: it makes the socket, gives up root, leaves connections to libmilter on
 * other threads, and itself waits for signals. smfi_stop() and libmilter's own handling of signals
 * cut open sessions off; so libmilter gets no signal (see gate.c), and the process ends when its
 * sessions have. */
#include "serve.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "filter/dialogue.h"
#include "gate.h"
#include "listen.h"
#include "memory.h"
#include "milter.h"
#include "privileges.h"
#include "spool.h"

enum { LOOK_MS = 20, IDLE_LOOK_MS = 1000, LAST_LINES_MS = 1000 };

/* Those that the main thread waits for; SIGUSR1 comes from the milter's thread. */
static sigset_t awaited;
static atomic_bool milter_ended;

/* The next signal, or 0 after this time. */
static int
next_signal(int64_t timeout_ms)
{
    struct timespec timeout = {.tv_nsec = timeout_ms % 1000 * 1000000, .tv_sec = timeout_ms / 1000};
    int signal_number;

    do
        signal_number = sigtimedwait(&awaited, NULL, &timeout);
    while (signal_number < 0 && errno == EINTR);
    return signal_number < 0 ? 0 : signal_number;
}

static void *
run_milter(void *unused)
{
    (void)unused;
    milter_run();
    milter_ended = true;
    kill(getpid(), SIGUSR1);
    return NULL;
}

/* Threads inherit the blocked signals. */
static bool
start_milter(void)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};
    pthread_t thread;

    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&awaited);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        sigaddset(&awaited, signals[i]);
    pthread_sigmask(SIG_BLOCK, &awaited, NULL);
    return pthread_create(&thread, NULL, run_milter, NULL) == 0;
}

/* A reader of the log that is slow, but there, gets the last lines too. */
static void
flush_log(void)
{
    for (int waited_ms = 0; !log_flush() && waited_ms < LAST_LINES_MS; waited_ms += LOOK_MS)
        next_signal(LOOK_MS);
}

/* Lets open sessions end; a second signal ends the patience. What becomes of mail whose session is
 * cut off is for its MTA to say (milter_default_action in Postfix). */
static _Noreturn void
drain(struct listening *listening, int64_t patience_ms)
{
    int64_t deadline = clock_ms() + patience_ms;
    int ended_by = 0;
    size_t left;

    gate_shut();
    listen_close(listening);
    log_write(LOG_LEVEL_INFO, "stopping: sessions open: %zu", gate_count());
    while (gate_count() > 0 && clock_ms() < deadline && ended_by != SIGTERM && ended_by != SIGINT) {
        ended_by = next_signal(LOOK_MS);
        log_flush();
    }
    left = gate_count();
    log_write(left ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO,
              "stopped: sessions served: %zu, cut off: %zu", gate_total() - left, left);
    flush_log();
    _exit(EX_OK);
}

/* Without exit(), which would take away from libmilter's threads what they still use. */
static _Noreturn void
wait_for_end(struct listening *listening, const struct settings *settings)
{
    while (!milter_ended) {
        switch (next_signal(log_flush() ? IDLE_LOOK_MS : LOOK_MS)) {
        case SIGTERM:
        case SIGINT:
            drain(listening, settings->value[SET_DRAIN_TIME].number);
        case SIGHUP:
            log_write(LOG_LEVEL_WARNING,
                      "the policy is read at the start only: restart to read it afresh");
            break;
        default:
            break;
        }
    }
    log_write(LOG_LEVEL_ERROR, "libmilter has ended by itself");
    _exit(EX_SOFTWARE);
}

static const char *
text_of(struct arena *arena, const struct settings *settings, enum setting_id id)
{
    return arena_string(arena, settings->value[id].text);
}

/* A libmilter that can't be handed a descriptor makes the socket of that name itself. */
static const char *
hand_over(struct policy *policy, const char *name, struct listening *listening)
{
    if (!milter_register(policy))
        return "libmilter can't be set up";
    if (milter_take_descriptor(listening->descriptor))
        return NULL;
    log_write(LOG_LEVEL_WARNING, "this libmilter takes no descriptor, and makes its socket itself");
    listen_close(listening);
    return milter_make_socket(name) ? NULL : "libmilter can't listen on the socket";
}

static int
fail(int status, const char *name, const char *reason)
{
    log_write(LOG_LEVEL_ERROR, "%s: %s", name, reason);
    return status;
}

/* In this order: the socket may take root, libmilter's threads must not have it. */
static int
prepare(struct arena *arena, struct policy *policy, const char *name, struct listening *listening_r)
{
    const struct settings *settings = policy_settings(policy);
    struct listen_access access;
    struct identity identity;
    const char *reason;

    reason = identity_find(arena, text_of(arena, settings, SET_USER),
                           text_of(arena, settings, SET_GROUP), &identity);
    if (reason)
        return fail(EX_CONFIG, "user and group", reason);
    access.mode = settings_socket_mode(settings);
    reason =
        identity_find_access(arena, text_of(arena, settings, SET_SOCKET_GROUP), &identity, &access);
    if (reason)
        return fail(EX_CONFIG, "socket-group", reason);
    if (!listen_open(arena, name, &access, listening_r, &reason))
        return fail(EX_UNAVAILABLE, name, reason);
    reason = hand_over(policy, name, listening_r);
    if (reason)
        return fail(EX_UNAVAILABLE, name, reason);
    reason = privileges_drop(arena, &identity);
    if (reason)
        return fail(EX_NOPERM, "user", reason);
    reason = dialogue_keeps_bodies(policy_needs(policy)) ? spool_problem(arena) : NULL;
    if (reason)
        return fail(EX_CANTCREAT, "large bodies can't be kept", reason);
    if (geteuid() == 0)
        log_write(LOG_LEVEL_WARNING,
                  "serving as root: \"set user\" names somebody with fewer rights");
    return EX_OK;
}

int
serve(struct policy *policy, const char *version, const char *path)
{
    struct arena *arena = arena_new(SIZE_MAX);
    const struct settings *settings = policy_settings(policy);
    const char *name = text_of(arena, settings, SET_SOCKET);
    struct listening listening;
    int status;

    memory_prepare(settings);
    status = prepare(arena, policy, name, &listening);
    if (status != EX_OK) {
        arena_free(&arena);
        return status;
    }
    log_write(LOG_LEVEL_INFO,
              "version %s, policy %s: %zu rules, mode %s; on %s, for up to %zu sessions", version,
              path, policy_needs(policy)->rules, text_of(arena, settings, SET_MODE), name,
              gate_limit_descriptors());
    if (!start_milter())
        return fail(EX_OSERR, "libmilter", "no thread can be started for it");
    wait_for_end(&listening, settings);
}
