/* Prepares all that doesn't change while the service runs: who serves, and on which socket. */
#include "serve.h"

#include <paths.h>
#include <stdio.h>
#include <sysexits.h>
#include <syslog.h>

#include "base/log.h"
#include "count/counters.h"
#include "count/nonces.h"
#include "count/recall.h"
#include "count/tally.h"
#include "policy/socket_name.h"
#include "handed.h"
#include "leave.h"
#include "notify.h"
#include "supervisor.h"

/* Texts of tests that are played: one for each stage of each transaction. */
enum { PLAYS = 256 };

/* For who starts it too, who may not look into the log. */
static int
serve_fail(const struct service *service, int status, const char *name, const char *reason)
{
    log_write(LOG_LEVEL_ERROR, "%s: %s", name, reason);
    if (!service->to_stderr)
        fprintf(stderr, "postern: error: %s: %s\n", name, reason);
    return status;
}

static int
serve_find_access(struct arena *arena, const struct service *service,
                  struct listen_access *access_r)
{
    const char *reason;

    access_r->mode = service->settings.socket_mode;
    reason =
        privileges_find_access(arena, service->settings.socket_group, &service->identity, access_r);
    return reason ? serve_fail(service, EX_CONFIG, "socket-group", reason) : EX_OK;
}

static int
serve_open_socket(struct arena *arena, struct service *service)
{
    struct listen_access access;
    const char *reason;
    int status;

    if (handed_take(arena, &service->listening, &reason))
        return EX_OK;
    if (reason)
        return serve_fail(service, EX_UNAVAILABLE, "LISTEN_FDS", reason);
    status = serve_find_access(arena, service, &access);
    if (status == EX_OK &&
        !listen_open(arena, service->settings.socket, &access, &service->listening, &reason))
        return serve_fail(service, EX_UNAVAILABLE, service->settings.socket, reason);
    return status;
}

/* Mode 0660, and the group of the milter's socket. */
static int
serve_open_status(struct arena *arena, struct service *service)
{
    const char *name = service->settings.status_socket, *reason;
    struct listen_access access;
    int status = EX_OK;

    service->status = (struct listening){.descriptor = -1, .lock = -1};
    if (*name == '\0')
        return EX_OK;
    status = serve_find_access(arena, service, &access);
    access.mode = 0660;
    if (status == EX_OK && !listen_open(arena, name, &access, &service->status, &reason))
        return serve_fail(service, EX_UNAVAILABLE, name, reason);
    return status;
}

static int
serve_prepare(struct arena *arena, struct service *service)
{
    const struct service_settings *settings = &service->settings;
    const char *reason =
        privileges_find_server(arena, settings->user, settings->group, &service->identity);
    int status;

    if (reason)
        return serve_fail(service, EX_CONFIG, "user and group", reason);
    status = serve_open_socket(arena, service);
    if (status != EX_OK)
        return status;
    status = serve_open_status(arena, service);
    if (status != EX_OK)
        listen_close(&service->listening);
    return status;
}

/* Nobody could ask without a socket, and at a port every user of the machine could. */
static void
serve_make_recall(struct arena *arena, const struct service *service)
{
    const struct service_settings *settings = &service->settings;

    if (*settings->status_socket && !(nonces_make() && recall_make(RECALL_PLAYS, PLAYS)))
        log_write(LOG_LEVEL_WARNING, "no memory is left for nonces: no test is played through");
    if (settings->remember > 0 && socket_name_is_unix(arena, slice_of(settings->status_socket)) &&
        !recall_make(RECALL_VERDICTS, (size_t)settings->remember))
        log_write(LOG_LEVEL_WARNING, "no memory is left for verdicts: nothing is remembered");
}

int
serve(const char *path, const char *version, bool to_stderr)
{
    struct service service = {.path = path, .version = version, .to_stderr = to_stderr};
    struct arena *arena;
    int status = service_settings_read(path, &service.settings);

    if (status != EX_OK && status != EX_CONFIG)
        log_write(LOG_LEVEL_ERROR, "what %s sets can't be read", path);
    if (status != EX_OK)
        return status;
    arena = arena_new(SIZE_MAX);
    log_open(service.settings.syslog_name, service.settings.log_facility,
             to_stderr ? NULL : _PATH_LOG);
    log_set_format(service.settings.log_format);
    if (!counters_make())
        log_write(LOG_LEVEL_WARNING, "no memory is left for counters: nothing is counted");
    serve_make_recall(arena, &service);
    log_on_drop(tally_dropped_line);
    notify_open();
    status = serve_prepare(arena, &service);
    if (status == EX_OK)
        status = supervisor_run(&service);
    leave_flush_log();
    arena_free(&arena);
    return status;
}
