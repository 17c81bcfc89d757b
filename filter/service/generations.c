/* Forks generations, and gives each its end of a link, and shared memory. */
#include "generations.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "count/counters.h"
#include "generation.h"
#include "kept_policy.h"
#include "notify.h"

bool
generations_init(struct generations *generations, const struct service *service)
{
    void *shared = mmap(NULL, GENERATIONS * sizeof(struct sandbox_report), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    *generations = (struct generations){.service = service, .sandboxes = shared, .served = -1};
    for (size_t i = 0; i < GENERATIONS; i++)
        generations->place[i].link = generations->place[i].text = -1;
    return shared != MAP_FAILED;
}

/* A link that stays open in a third process never ends, nor does a lock; and what others are doing
 * is theirs to write. */
static void
generations_leave_to_others(struct generations *generations, const struct generation_place *own)
{
    for (size_t i = 0; i < GENERATIONS; i++) {
        struct generation_place *place = &generations->place[i];

        if (place->link >= 0)
            close(place->link);
        if (place == own)
            continue;
        kept_policy_close(&place->text);
        witness_free(&place->witness);
    }
    if (generations_first(generations, GENERATION_SERVING))
        kept_policy_close(&generations->served);
    if (generations->service->listening.lock >= 0)
        close(generations->service->listening.lock);
    notify_close();
    if (generations->service->status.lock >= 0)
        close(generations->service->status.lock);
}

/* In the new process. */
static _Noreturn void
generations_run(struct generations *generations, const struct generation_place *place, int link)
{
    struct generation_orders orders = {
        .service = generations->service,
        .number = place->number,
        .first = !generations->have_served,
        .first_sandboxed = !generations->sandboxed,
        .link = link,
        .text = place->text,
        .witness = place->witness,
        .sandbox = place->sandbox,
    };

    log_after_fork();
    generations_leave_to_others(generations, place);
    counters_begin_generation((unsigned)(place - generations->place));
    orders.instead = generations->served;
    generation_run(&orders);
}

static bool
generations_fork(struct generations *generations, struct generation_place *place)
{
    int link;

    place->witness = witness_new();
    place->text = kept_policy_new();
    if (place->witness == NULL || place->text < 0 || !link_open(&place->link, &link))
        return false;
    place->process = fork();
    if (place->process == 0)
        generations_run(generations, place, link);
    close(link);
    return place->process > 0;
}

struct generation_place *
generations_start(struct generations *generations)
{
    struct generation_place *place = generations_first(generations, GENERATION_NONE);

    if (place == NULL)
        return NULL;
    *place = (struct generation_place){
        .number = ++generations->begun,
        .link = -1,
        .text = -1,
        .sandbox = &generations->sandboxes[place - generations->place],
    };
    atomic_store(&place->sandbox->syscall, 0);
    if (!generations_fork(generations, place)) {
        generations_forget(place);
        return NULL;
    }
    generations_set_state(place, GENERATION_LOADING);
    return place;
}

void
generations_serve(struct generations *generations, struct generation_place *place)
{
    generations_set_state(place, GENERATION_SERVING);
    generations->have_served = true;
    kept_policy_close(&generations->served);
    generations->served = place->text;
    place->text = -1;
}

struct generation_place *
generations_first(struct generations *generations, enum generation_state state)
{
    return generations_next(generations, state, 0);
}

struct generation_place *
generations_next(struct generations *generations, enum generation_state state, unsigned behind)
{
    struct generation_place *first = NULL;

    for (size_t i = 0; i < GENERATIONS; i++) {
        struct generation_place *place = &generations->place[i];

        if (place->state == state && (state == GENERATION_NONE || place->number > behind) &&
            (first == NULL || place->number < first->number))
            first = place;
    }
    return first;
}

size_t
generations_count(const struct generations *generations, enum generation_state state)
{
    size_t count = 0;

    for (size_t i = 0; i < GENERATIONS; i++)
        count += generations->place[i].state == state;
    return count;
}

struct generation_place *
generations_of_process(struct generations *generations, pid_t process)
{
    for (size_t i = 0; i < GENERATIONS; i++)
        if (generations->place[i].state != GENERATION_NONE &&
            generations->place[i].process == process)
            return &generations->place[i];
    return NULL;
}

void
generations_set_state(struct generation_place *place, enum generation_state state)
{
    place->state = state;
    place->since_ms = clock_ms();
}

void
generations_tell(const struct generation_place *place, enum link_kind kind, int64_t patience_ms)
{
    struct link_message message = {.kind = kind, .patience_ms = patience_ms};

    if (place->link >= 0)
        link_send(place->link, &message);
}

void
generations_forget(struct generation_place *place)
{
    if (place->link >= 0)
        close(place->link);
    place->link = -1;
    kept_policy_close(&place->text);
    witness_free(&place->witness);
    place->state = GENERATION_NONE;
}
