/* Hears signals and generations, and starts, relieves and replaces them. A reload starts one beside
 * the one that serves, which stays if the new one isn't ready. */
#include "supervisor.h"

#include <errno.h>
#include <signal.h>
#include <sysexits.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/system.h"
#include "count/counters.h"
#include "count/tally.h"
#include "generations.h"
#include "notify.h"
#include "obituary.h"
#include "signals.h"

/* HELD_MS: a generation that served for so long was none that dies at once. OVERTIME_MS: what one
 * that was told to end may take beyond its time. LEAVING_MS: how long others wait for one that is
 * to end between two messages. */
enum {
    LOOK_MS = 20,
    WAIT_MS = 200,
    REST_MS = 1000,
    PAUSE_FIRST_MS = 100,
    PAUSE_MOST_MS = 10 * 1000,
    HELD_MS = 10 * 1000,
    OVERTIME_MS = 5000,
    LEAVING_MS = 60 * 1000,
};

struct supervisor {
    struct service *service;
    struct service_settings now; /* of the generation that serves */
    struct generations generations;
    bool reload;       /* one is wanted */
    bool reloads;      /* one is under way */
    bool told_waiting; /* the log says that one waits */
    int64_t pause_ms;  /* before the next start in the place of one that died */
    int64_t start_ms;  /* not before this */
    int64_t stop_ms;   /* when all must have ended; 0: the service isn't stopping */
    bool over;
    int status;
};

static struct generation_place *
supervisor_serving(struct supervisor *supervisor)
{
    return generations_first(&supervisor->generations, GENERATION_SERVING);
}

static struct generation_place *
supervisor_loading(struct supervisor *supervisor)
{
    return generations_first(&supervisor->generations, GENERATION_LOADING);
}

/* The next start waits longer each time, as long as none gets to serve. */
static void
supervisor_pause(struct supervisor *supervisor)
{
    int64_t next_ms = supervisor->pause_ms * 2;

    supervisor->start_ms = clock_ms() + supervisor->pause_ms;
    if (next_ms < PAUSE_FIRST_MS)
        next_ms = PAUSE_FIRST_MS;
    supervisor->pause_ms = next_ms < PAUSE_MOST_MS ? next_ms : PAUSE_MOST_MS;
}

static void
supervisor_start(struct supervisor *supervisor)
{
    if (generations_start(&supervisor->generations))
        return;
    log_write(LOG_LEVEL_ERROR, "no process can be had to serve: %s", system_error(errno));
    supervisor_pause(supervisor);
    if (supervisor->reloads)
        notify_ready();
    supervisor->reloads = false;
}

static void
supervisor_take_settings(struct supervisor *supervisor, const struct service_settings *settings)
{
    char names[SERVICE_SETTINGS_NAMES];

    if (*service_settings_changed(&supervisor->service->settings, settings, names))
        log_write(LOG_LEVEL_WARNING, "changed, which takes effect at a restart: %s", names);
    supervisor->now = *settings;
    log_rename(supervisor->now.syslog_name, supervisor->now.log_facility);
    log_set_format(supervisor->now.log_format);
}

static void
supervisor_relieve(struct generation_place *old, unsigned by)
{
    generations_set_state(old, GENERATION_DRAINING);
    old->relieved_by = by;
    generations_tell(old, LINK_DRAIN, 0);
}

/* From now on whoever connects is under the new policy. */
static void
supervisor_end_reload(struct supervisor *supervisor, struct generation_place *old)
{
    if (old->relieved_by == 0)
        return;
    log_write(LOG_LEVEL_INFO, "reloaded: generation %u serves; sessions left to generation %u: %zu",
              old->relieved_by, old->number, old->witness->open);
    old->relieved_by = 0;
    supervisor->reloads = false;
    tally_reloaded();
    notify_ready();
}

/* An old one that is to let go of the socket first has its reload counted then. */
static void
supervisor_count_ready(struct supervisor *supervisor, const char *reason)
{
    if (*reason && supervisor->reloads)
        tally_not_reloaded(reason);
    else if (*reason)
        tally_policy_failed(reason);
    else
        tally_policy_taken();
    if (*reason == '\0' && supervisor->reloads && supervisor_serving(supervisor) == NULL)
        tally_reloaded();
}

static void
supervisor_hear_ready(struct supervisor *supervisor, struct generation_place *place,
                      const struct link_message *message)
{
    struct generation_place *old = supervisor_serving(supervisor);
    bool is_first = !supervisor->generations.have_served;

    supervisor_take_settings(supervisor, &message->settings);
    supervisor_count_ready(supervisor, message->reason);
    generations_serve(&supervisor->generations, place);
    supervisor->generations.sandboxed |= message->settings.sandbox != 0;
    if (old) {
        supervisor_relieve(old, place->number);
        return;
    }
    if (!is_first)
        log_write(LOG_LEVEL_INFO, "generation %u serves", place->number);
    supervisor->reloads = false;
    notify_ready();
}

static void
supervisor_hear(struct supervisor *supervisor, struct generation_place *place)
{
    struct link_message message;

    switch (link_receive(place->link, &message)) {
    case LINK_READY:
        if (place->state == GENERATION_LOADING)
            supervisor_hear_ready(supervisor, place, &message);
        break;
    case LINK_REFUSED:
        memcpy(place->reason, message.reason, sizeof place->reason);
        break;
    case LINK_RELIEVED:
        supervisor_end_reload(supervisor, place);
        break;
    case LINK_ENDED:
        close(place->link);
        place->link = -1;
        break;
    case LINK_NOTHING:
    case LINK_DRAIN:
    case LINK_LEAVE:
    case LINK_STOP:
        break;
    }
}

/* One that was to serve, and doesn't. */
static void
supervisor_bury_loading(struct supervisor *supervisor, const struct generation_place *place,
                        int status)
{
    const struct generation_place *serving = supervisor_serving(supervisor);
    char cause[OBITUARY_ROOM];

    if (WIFSIGNALED(status))
        obituary_write(place, status);
    if (!supervisor->generations.have_served) {
        supervisor->over = true;
        supervisor->status =
            WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
        return;
    }
    if (serving)
        log_write(LOG_LEVEL_ERROR, "not reloaded: generation %u goes on; %s", serving->number,
                  place->reason[0] ? place->reason : obituary_cause(status, cause));
    else
        supervisor_pause(supervisor);
    if (!serving)
        log_write(LOG_LEVEL_ERROR, "nobody serves, and connections wait: %s",
                  place->reason[0] ? place->reason : obituary_cause(status, cause));
    if (supervisor->reloads) {
        tally_not_reloaded(place->reason[0] ? place->reason : obituary_cause(status, cause));
        notify_ready();
    }
    supervisor->reloads = false;
}

static void
supervisor_bury_serving(struct supervisor *supervisor, const struct generation_place *place,
                        int status)
{
    obituary_write(place, status);
    if (place->witness->total > 0 || clock_ms() - place->since_ms > HELD_MS)
        supervisor->pause_ms = 0;
    supervisor_pause(supervisor);
}

static void
supervisor_bury_draining(struct supervisor *supervisor, struct generation_place *place, int status)
{
    supervisor_end_reload(supervisor, place);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != EX_OK)
        obituary_write(place, status);
}

static void
supervisor_count_end(const struct supervisor *supervisor, const struct generation_place *place,
                     int status)
{
    counters_end_generation((unsigned)(place - supervisor->generations.place));
    if (place->state == GENERATION_LOADING)
        tally_generation_end("refused");
    else if (WIFSIGNALED(status))
        tally_generation_end("killed");
    else
        tally_generation_end(WEXITSTATUS(status) == EX_OK ? "drained" : "failed");
}

/* What it said last is heard first. */
static void
supervisor_bury(struct supervisor *supervisor, struct generation_place *place, int status)
{
    while (place->link >= 0 && place->state == GENERATION_LOADING && place->reason[0] == '\0')
        supervisor_hear(supervisor, place);
    supervisor_count_end(supervisor, place, status);
    switch (place->state) {
    case GENERATION_LOADING:
        supervisor_bury_loading(supervisor, place, status);
        break;
    case GENERATION_SERVING:
        supervisor_bury_serving(supervisor, place, status);
        break;
    case GENERATION_DRAINING:
        supervisor_bury_draining(supervisor, place, status);
        break;
    case GENERATION_NONE:
        break;
    }
    generations_forget(place);
}

static void
supervisor_reap(struct supervisor *supervisor)
{
    struct generation_place *place;
    pid_t process;
    int status;

    while ((process = waitpid(-1, &status, WNOHANG)) > 0) {
        place = generations_of_process(&supervisor->generations, process);
        if (place)
            supervisor_bury(supervisor, place, status);
    }
}

static void
supervisor_close_sockets(struct supervisor *supervisor)
{
    listen_close(&supervisor->service->listening);
    if (supervisor->service->status.descriptor >= 0)
        listen_close(&supervisor->service->status);
}

/* The one that accepts ends the socket for all, once it has let go of it. One that loads may be
 * about to accept. */
static void
supervisor_stop(struct supervisor *supervisor)
{
    bool again = supervisor->stop_ms != 0;
    int64_t patience_ms = again ? 0 : supervisor->now.drain_ms;
    struct generations *generations = &supervisor->generations;

    if (!again) {
        notify_stopping();
        if (supervisor_serving(supervisor) == NULL)
            listen_end(&supervisor->service->listening);
        supervisor_close_sockets(supervisor);
    }
    supervisor->stop_ms = clock_ms() + patience_ms + OVERTIME_MS;
    for (size_t i = 0; i < GENERATIONS; i++) {
        struct generation_place *place = &generations->place[i];

        if (place->state != GENERATION_NONE) {
            generations_set_state(place, GENERATION_DRAINING);
            generations_tell(place, LINK_STOP, patience_ms);
        }
    }
}

static void
supervisor_kill_all(const struct supervisor *supervisor)
{
    for (size_t i = 0; i < GENERATIONS; i++)
        if (supervisor->generations.place[i].state != GENERATION_NONE)
            kill(supervisor->generations.place[i].process, SIGKILL);
}

static void
supervisor_wind_up(struct supervisor *supervisor)
{
    if (generations_count(&supervisor->generations, GENERATION_NONE) == GENERATIONS)
        supervisor->over = true;
    else if (clock_ms() >= supervisor->stop_ms)
        supervisor_kill_all(supervisor);
}

/* Told once for each one that waits. */
static void
supervisor_tell_waiting(struct supervisor *supervisor, const char *why)
{
    if (!supervisor->told_waiting)
        log_write(LOG_LEVEL_INFO, "a reload waits: %s", why);
    supervisor->told_waiting = true;
}

/* Whoever has been relieved for the longest time makes room; a message of his that takes for ever
 * holds nobody up, since the next one follows. */
static void
supervisor_make_room(struct supervisor *supervisor)
{
    struct generations *generations = &supervisor->generations;
    struct generation_place *oldest = generations_first(generations, GENERATION_DRAINING);
    int64_t now_ms = clock_ms();

    supervisor_tell_waiting(supervisor, "as many generations as may be still have sessions");
    while (oldest && oldest->leave_ms && now_ms - oldest->leave_ms >= LEAVING_MS)
        oldest = generations_next(generations, GENERATION_DRAINING, oldest->number);
    if (oldest == NULL || oldest->leave_ms || now_ms - oldest->since_ms < supervisor->now.drain_ms)
        return;
    oldest->leave_ms = now_ms;
    generations_tell(oldest, LINK_LEAVE, 0);
}

static void
supervisor_reload(struct supervisor *supervisor)
{
    if (supervisor_loading(supervisor)) {
        supervisor_tell_waiting(supervisor, "a generation is loading");
        return;
    }
    if (generations_count(&supervisor->generations, GENERATION_DRAINING) >= GENERATIONS_DRAINING) {
        supervisor_make_room(supervisor);
        return;
    }
    supervisor->reload = supervisor->told_waiting = false;
    supervisor->reloads = true;
    notify_reloading();
    supervisor_start(supervisor);
}

static void
supervisor_steer(struct supervisor *supervisor)
{
    if (supervisor->stop_ms) {
        supervisor_wind_up(supervisor);
        return;
    }
    if (supervisor->reload)
        supervisor_reload(supervisor);
    if (supervisor_serving(supervisor) == NULL && supervisor_loading(supervisor) == NULL &&
        clock_ms() >= supervisor->start_ms)
        supervisor_start(supervisor);
}

/* Until something is due that nobody tells of. */
static int64_t
supervisor_patience(struct supervisor *supervisor)
{
    if (!log_flush() || supervisor->stop_ms || supervisor_serving(supervisor) == NULL)
        return LOOK_MS;
    return supervisor->reload ? WAIT_MS : REST_MS;
}

static void
supervisor_wait(struct supervisor *supervisor)
{
    struct pollfd links[GENERATIONS];
    int64_t patience_ms = supervisor_patience(supervisor);
    unsigned seen;

    for (size_t i = 0; i < GENERATIONS; i++)
        links[i] = (struct pollfd){supervisor->generations.place[i].link, POLLIN, 0};
    seen = signals_wait(links, GENERATIONS, patience_ms);
    for (size_t i = 0; i < GENERATIONS; i++)
        if (supervisor->generations.place[i].link >= 0)
            supervisor_hear(supervisor, &supervisor->generations.place[i]);
    supervisor_reap(supervisor);
    if (seen & SIGNALS_RELOAD)
        supervisor->reload = true;
    if (seen & SIGNALS_END)
        supervisor_stop(supervisor);
}

int
supervisor_run(struct service *service)
{
    struct supervisor supervisor = {.service = service, .now = service->settings};

    if (!signals_take() || !generations_init(&supervisor.generations, service)) {
        log_write(LOG_LEVEL_ERROR, "no memory or descriptor is left to supervise with");
        return EX_OSERR;
    }
    log_rename(supervisor.now.syslog_name, supervisor.now.log_facility);
    log_set_format(supervisor.now.log_format);
    while (!supervisor.over) {
        supervisor_steer(&supervisor);
        supervisor_wait(&supervisor);
    }
    if (supervisor.stop_ms == 0)
        supervisor_close_sockets(&supervisor);
    return supervisor.status;
}
