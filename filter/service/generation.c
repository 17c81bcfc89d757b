/* The process that serves: from its fork to its end. Its main thread listens to the supervisor and
 * to signals; connections are left to an engine on other threads. */
#include "generation.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "complaints.h"
#include "count/tally.h"
#include "descriptors.h"
#include "filter/dialogue.h"
#include "kept_policy.h"
#include "leave.h"
#include "link.h"
#include "memory.h"
#include "milter.h"
#include "native/native.h"
#include "sandbox.h"
#include "signals.h"
#include "spool.h"
#include "status/status_server.h"

enum { START_MS = 5000 };

/* As the setting names them. */
static const struct engine *const engines[] = {&engine_libmilter, &engine_native};

static const struct engine *engine;
static atomic_bool engine_stopped, engine_failed;

struct generation {
    struct generation_orders *orders;
    struct arena *arena;
    struct policy *policy;
    struct engine_needs needs;
    struct status_server *status; /* NULL: nobody may ask, or no more */
    const char *error;            /* of the file, for which a kept policy stands in; or NULL */
};

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

/* False: it has ended already. */
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
    return !engine_stopped && !engine_failed;
}

/* What can't serve ends with this status. */
static int
generation_refuse(const struct generation *generation, int status, const char *reason)
{
    struct link_message message = {.kind = LINK_REFUSED};

    snprintf(message.reason, sizeof message.reason, "%s", reason);
    link_send(generation->orders->link, &message);
    return status;
}

static int
generation_fail(const struct generation *generation, int status, const char *what,
                const char *reason)
{
    const struct generation_orders *orders = generation->orders;

    log_write(LOG_LEVEL_ERROR, "%s: %s", what, reason);
    if (orders->first && !orders->service->to_stderr)
        fprintf(stderr, "postern: error: %s: %s\n", what, reason);
    return generation_refuse(generation, status,
                             arena_printf(generation->arena, "%s: %s", what, reason));
}

static const char *
setting_text_of(const struct generation *generation, enum setting_id id)
{
    return arena_string(generation->arena, policy_settings(generation->policy)->value[id].text);
}

static int
generation_give_up_root(const struct generation *generation)
{
    const char *reason = privileges_drop(generation->arena, &generation->orders->service->identity);

    return reason ? generation_fail(generation, EX_NOPERM, "user", reason) : EX_OK;
}

/* The first generation tells who starts it, as `check` would. */
static void
generation_complain(const struct generation *generation, const struct diagnostics *diagnostics)
{
    const struct identity *identity = &generation->orders->service->identity;

    if (!generation->orders->first) {
        complaints_log(diagnostics);
        return;
    }
    diagnostics_print(diagnostics, stderr);
    if (identity->user && identity->uid == geteuid())
        fprintf(stderr, "postern: the policy was read as user \"%s\"\n", identity->user);
}

/* Where nobody serves, a policy that was served before is better than one that can't be. */
static struct policy *
generation_load_kept(const struct generation *generation)
{
    const struct generation_orders *orders = generation->orders;
    struct diagnostics diagnostics;
    struct policy *policy;

    diagnostics_init(&diagnostics, generation->arena);
    policy = kept_policy_load(orders->instead, orders->service->path, &diagnostics);
    if (policy)
        log_write(LOG_LEVEL_ERROR,
                  "since %s has an error, it is served as it was before; mend it, and reload",
                  orders->service->path);
    return policy;
}

static int
generation_load(struct generation *generation)
{
    struct diagnostics diagnostics;

    diagnostics_init(&diagnostics, generation->arena);
    generation->policy = policy_load(generation->orders->service->path, &diagnostics);
    if (generation->policy == NULL) {
        generation_complain(generation, &diagnostics);
        generation->policy = generation_load_kept(generation);
        generation->error = complaints_first(&diagnostics);
    }
    if (generation->policy == NULL)
        return generation_refuse(generation, EX_CONFIG, generation->error);
    kept_policy_write(generation->orders->text, generation->policy);
    kept_policy_close(&generation->orders->text);
    kept_policy_close(&generation->orders->instead);
    log_rename(setting_text_of(generation, SET_SYSLOG_NAME),
               setting_text_of(generation, SET_LOG_FACILITY));
    log_set_format(settings_log_format(policy_settings(generation->policy)));
    if (diagnostics.errors == 0)
        complaints_log(&diagnostics);
    tally_policy(generation->arena, generation->policy);
    return EX_OK;
}

/* What it will need once messages come. */
static int
generation_look(const struct generation *generation)
{
    const char *reason = dialogue_keeps_bodies(policy_needs(generation->policy))
                             ? spool_problem(generation->arena)
                             : NULL;

    if (reason)
        return generation_fail(generation, EX_CANTCREAT, "large bodies can't be kept", reason);
    return EX_OK;
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
generation_take_engine(struct generation *generation)
{
    const struct settings *settings = policy_settings(generation->policy);
    const char *reason;

    engine = engines[settings->value[SET_ENGINE].number];
    memory_prepare(settings);
    witness_use(generation->orders->witness);
    generation->needs = (struct engine_needs){
        .listening = generation->orders->service->listening.descriptor,
        .policy = present_policy,
        .of = generation->policy,
        .most_sessions = count_sessions(settings),
    };
    reason = engine->take(&generation->needs);
    if (reason)
        return generation_fail(generation, EX_UNAVAILABLE, engine->name, reason);
    return EX_OK;
}

static void
generation_shut_in(const struct generation *generation)
{
    const struct generation_orders *orders = generation->orders;

    if (orders->first && policy_patterns_are_slow())
        log_write(LOG_LEVEL_INFO,
                  "patterns are matched more slowly: no memory may be written and executed here");
    sandbox_close(generation->arena, generation->policy, orders->sandbox, orders->first_sandboxed);
}

static int
generation_take_status(struct generation *generation)
{
    const struct service *service = generation->orders->service;
    const struct exposition_about about = {service->version, service->path, generation->policy};

    if (service->status.descriptor < 0)
        return EX_OK;
    generation->status = status_server_new(generation->arena, service->status.descriptor, &about);
    if (generation->status == NULL)
        return generation_fail(generation, EX_OSERR, "status-socket",
                               "no descriptor is left for it");
    return EX_OK;
}

static int
generation_begin(const struct generation *generation)
{
    if (!start_engine())
        return generation_fail(generation, EX_OSERR, engine->name, "it can't begin to serve");
    if (generation->status && !signals_start_thread(status_server_run, generation->status))
        return generation_fail(generation, EX_OSERR, "status-socket",
                               "no thread can be started for it");
    return EX_OK;
}

/* In this order: nothing of the policy is read with the rights of root, and the sandbox closes
 * behind all that must be opened, and before there are threads. */
static int
generation_prepare(struct generation *generation)
{
    int status = generation_give_up_root(generation);

    if (status == EX_OK)
        status = generation_load(generation);
    if (status == EX_OK)
        status = generation_look(generation);
    if (status == EX_OK)
        status = generation_take_engine(generation);
    if (status == EX_OK)
        status = generation_take_status(generation);
    if (status != EX_OK)
        return status;
    generation_shut_in(generation);
    return generation_begin(generation);
}

static void
generation_tell_ready(const struct generation *generation)
{
    struct link_message message = {.kind = LINK_READY};
    const struct service *service = generation->orders->service;

    log_write(LOG_LEVEL_INFO,
              "version %s, policy %s, hash %s: %zu rules, mode %s, engine %s; on %s, for up to %zu "
              "sessions; generation %u",
              service->version, service->path,
              exposition_hash(generation->arena, generation->policy),
              policy_needs(generation->policy)->rules, setting_text_of(generation, SET_MODE),
              engine->name, service->listening.name, generation->needs.most_sessions,
              generation->orders->number);
    service_settings_from(policy_settings(generation->policy), &message.settings);
    if (generation->error)
        snprintf(message.reason, sizeof message.reason, "%s", generation->error);
    link_send(generation->orders->link, &message);
}

/* Without exit(), which would take away from an engine's threads what they still use. */
static _Noreturn void
generation_end(int status)
{
    leave_flush_log();
    _exit(status);
}

/* Who serves answers, and nobody else. */
static void
generation_stop_status(struct generation *generation)
{
    if (generation->status)
        status_server_stop(generation->status);
    generation->status = NULL;
}

/* An engine that stops by itself has got a signal that was meant for this thread, and has cut off
 * what was open. */
static _Noreturn void
generation_serve(struct generation *generation)
{
    struct leaving leaving;

    leave_init(&leaving, engine, generation->orders,
               policy_settings(generation->policy)->value[SET_DRAIN_TIME].number);
    while (!engine_failed && !engine_stopped && !leave_is_due(&leaving)) {
        leave_wait(&leaving);
        if (leaving.why != LEAVE_NOT)
            generation_stop_status(generation);
    }
    if (engine_failed) {
        log_write(LOG_LEVEL_ERROR, "%s has ended by itself", engine->name);
        generation_end(EX_SOFTWARE);
    }
    leave_tell(&leaving);
    if (!engine_stopped)
        engine->end();
    generation_end(EX_OK);
}

void
generation_run(struct generation_orders *orders)
{
    struct generation generation = {.orders = orders, .arena = arena_new(SIZE_MAX)};
    int status;

    if (!signals_take())
        generation_end(
            generation_fail(&generation, EX_OSERR, "signals", "no descriptor is left for them"));
    status = generation_prepare(&generation);
    if (status != EX_OK)
        generation_end(status);
    generation_tell_ready(&generation);
    generation_serve(&generation);
}
