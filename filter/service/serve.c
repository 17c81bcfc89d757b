/* One process that serves: it makes the socket, gives up root, leaves connections to an engine on
 * another thread, and itself waits for signals. A stop lets open sessions end: the process ends
 * when they have. */
#include "serve.h"

#include <stdatomic.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "descriptors.h"
#include "filter/dialogue.h"
#include "listen.h"
#include "memory.h"
#include "milter.h"
#include "native/native.h"
#include "privileges.h"
#include "signals.h"
#include "spool.h"

/* GRACE_MS: for connections that were accepted just before a stop, and that nobody counts before
 * their MTA negotiates. */
enum {
    LOOK_MS = 20,
    IDLE_LOOK_MS = 1000,
    LAST_LINES_MS = 1000,
    GRACE_MS = 1000,
    START_MS = 5000,
};

/* As the setting names them. */
static const struct engine *const engines[] = {&engine_libmilter, &engine_native};

static const struct engine *engine;
static atomic_bool engine_stopped, engine_failed;

static void *
run_engine(void *unused)
{
    (void)unused;
    if (engine->serve())
        engine_stopped = true;
    else
        engine_failed = true;
    signals_wake();
    return NULL;
}

static bool
start_engine(void)
{
    const struct timespec nap = {.tv_nsec = 1000 * 1000};

    if (!signals_start_thread(run_engine, NULL))
        return false;
    for (int waited_ms = 0; waited_ms < START_MS && !engine->is_serving(); waited_ms++) {
        if (engine_stopped || engine_failed)
            break;
        nanosleep(&nap, NULL);
    }
    return true;
}

/* A reader of the log that is slow, but there, gets the last lines too. */
static void
flush_log(void)
{
    for (int waited_ms = 0; !log_flush() && waited_ms < LAST_LINES_MS; waited_ms += LOOK_MS)
        signals_wait(LOOK_MS);
}

/* Lets open sessions end; a second signal ends the patience. What becomes of mail whose session is
 * cut off is for its MTA to say (milter_default_action in Postfix). */
static _Noreturn void
drain(struct listening *listening, int64_t patience_ms)
{
    int64_t began = clock_ms(), waited_ms = 0;
    unsigned seen = 0;
    struct engine_sessions sessions;

    if (!engine_stopped)
        engine->stop_accepting();
    listen_close(listening);
    sessions = engine->sessions();
    log_write(LOG_LEVEL_INFO, "stopping: sessions open: %zu", sessions.open);
    while ((sessions.open > 0 || waited_ms < GRACE_MS) && waited_ms < patience_ms &&
           !(seen & SIGNALS_END) && !engine_stopped) {
        seen = signals_wait(LOOK_MS);
        log_flush();
        waited_ms = clock_ms() - began;
        sessions = engine->sessions();
    }
    log_write(sessions.open ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO,
              "stopped: sessions served: %zu, cut off: %zu", sessions.total - sessions.open,
              sessions.open);
    if (!engine_stopped)
        engine->end();
    flush_log();
    _exit(EX_OK);
}

/* An engine that stops by itself has got a signal that was meant for this thread, and has cut off
 * what was open. Without exit(), which would take away from an engine's threads what they still
 * use. */
static _Noreturn void
wait_for_end(struct listening *listening, const struct settings *settings)
{
    while (!engine_failed) {
        unsigned seen = signals_wait(log_flush() ? IDLE_LOOK_MS : LOOK_MS);

        if (seen & SIGNALS_RELOAD)
            log_write(LOG_LEVEL_WARNING,
                      "the policy is read at the start only: restart to read it afresh");
        if (seen & SIGNALS_END || engine_stopped)
            drain(listening, settings->value[SET_DRAIN_TIME].number);
    }
    log_write(LOG_LEVEL_ERROR, "%s has ended by itself", engine->name);
    _exit(EX_SOFTWARE);
}

static const char *
setting_text_of(struct arena *arena, const struct settings *settings, enum setting_id id)
{
    return arena_string(arena, settings->value[id].text);
}

static struct policy *
present_policy(void *of)
{
    return policy_ref(of);
}

/* As many as max-sessions says, or as there are descriptors for. */
static size_t
count_sessions(const struct settings *settings)
{
    size_t wanted = (size_t)settings->value[SET_MAX_SESSIONS].number;
    size_t descriptors = descriptors_raise();
    size_t most = engine->most_sessions(descriptors);

    if (most >= wanted)
        return wanted;
    log_write(LOG_LEVEL_WARNING,
              "max-sessions is %zu, but %zu descriptors are enough for %zu sessions", wanted,
              descriptors, most);
    return most;
}

static int
serve_fail(int status, const char *name, const char *reason)
{
    log_write(LOG_LEVEL_ERROR, "%s: %s", name, reason);
    return status;
}

static int
open_socket(struct arena *arena, const struct settings *settings, struct identity *identity_r,
            struct listening *listening_r)
{
    const char *name = setting_text_of(arena, settings, SET_SOCKET);
    struct listen_access access;
    const char *reason;

    reason = privileges_find(arena, setting_text_of(arena, settings, SET_USER),
                             setting_text_of(arena, settings, SET_GROUP), identity_r);
    if (reason)
        return serve_fail(EX_CONFIG, "user and group", reason);
    access.mode = settings_socket_mode(settings);
    reason = privileges_find_access(arena, setting_text_of(arena, settings, SET_SOCKET_GROUP),
                                    identity_r, &access);
    if (reason)
        return serve_fail(EX_CONFIG, "socket-group", reason);
    if (!listen_open(arena, name, &access, listening_r, &reason))
        return serve_fail(EX_UNAVAILABLE, name, reason);
    return EX_OK;
}

static int
give_up_root(struct arena *arena, const struct policy *policy, const struct identity *identity)
{
    const char *reason = privileges_drop(arena, identity);

    if (reason)
        return serve_fail(EX_NOPERM, "user", reason);
    reason = dialogue_keeps_bodies(policy_needs(policy)) ? spool_problem(arena) : NULL;
    if (reason)
        return serve_fail(EX_CANTCREAT, "large bodies can't be kept", reason);
    if (geteuid() == 0)
        log_write(LOG_LEVEL_WARNING,
                  "serving as root: \"set user\" names somebody with fewer rights");
    return EX_OK;
}

/* In this order: the socket may take root, an engine's threads must not have it. */
static int
prepare(struct arena *arena, struct policy *policy, struct engine_needs *needs,
        struct listening *listening_r)
{
    const struct settings *settings = policy_settings(policy);
    struct identity identity;
    const char *reason;
    int status = open_socket(arena, settings, &identity, listening_r);

    if (status != EX_OK)
        return status;
    needs->listening = listening_r->descriptor;
    needs->policy = present_policy;
    needs->of = policy;
    needs->most_sessions = count_sessions(settings);
    reason = engine->take(needs);
    if (reason)
        return serve_fail(EX_UNAVAILABLE, engine->name, reason);
    if (!signals_take())
        return serve_fail(EX_OSERR, "signals", "no descriptor is left for them");
    return give_up_root(arena, policy, &identity);
}

int
serve(struct policy *policy, const char *version, const char *path)
{
    struct arena *arena = arena_new(SIZE_MAX);
    const struct settings *settings = policy_settings(policy);
    struct engine_needs needs;
    struct listening listening;
    int status;

    engine = engines[settings->value[SET_ENGINE].number];
    memory_prepare(settings);
    status = prepare(arena, policy, &needs, &listening);
    if (status != EX_OK) {
        arena_free(&arena);
        return status;
    }
    if (!start_engine())
        return serve_fail(EX_OSERR, engine->name, "no thread can be started for it");
    log_write(LOG_LEVEL_INFO,
              "version %s, policy %s: %zu rules, mode %s; on %s, for up to %zu sessions", version,
              path, policy_needs(policy)->rules, setting_text_of(arena, settings, SET_MODE),
              setting_text_of(arena, settings, SET_SOCKET), needs.most_sessions);
    wait_for_end(&listening, settings);
}
