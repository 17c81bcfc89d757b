/* The generations as the supervisor knows them: processes, and how to reach them. */
#ifndef POSTERN_FILTER_SERVICE_GENERATIONS_H
#define POSTERN_FILTER_SERVICE_GENERATIONS_H

#include "link.h"
#include "sandbox_report.h"
#include "service.h"
#include "witness.h"

/* One serves, one loads, and so many let their last sessions end. */
enum { GENERATIONS_DRAINING = 8, GENERATIONS = GENERATIONS_DRAINING + 2 };

enum generation_state {
    GENERATION_NONE, /* the place is free */
    GENERATION_LOADING,
    GENERATION_SERVING,
    GENERATION_DRAINING,
};

struct generation_place {
    enum generation_state state;
    unsigned number; /* from 1 */
    pid_t process;
    int link;             /* -1: it has been closed */
    int text;             /* its policy (kept_policy.h) */
    int64_t since_ms;     /* of its state */
    int64_t leave_ms;     /* when it was told to leave between messages; 0: it wasn't */
    unsigned relieved_by; /* whom it was told to leave to, until it says that it has */
    struct witness *witness;
    struct sandbox_report *sandbox;
    char reason[LINK_REASON]; /* why it can't serve, as far as it said so */
};

struct generations {
    const struct service *service;
    unsigned begun;
    bool have_served; /* any of them */
    bool sandboxed;   /* any of those, and the log says how far */
    int served;       /* the policy of the last that got to serve, or -1 */
    struct generation_place place[GENERATIONS];
    struct sandbox_report *sandboxes; /* shared, a place each */
};

/* False: there is no memory. */
bool generations_init(struct generations *generations, const struct service *service);

/* Forks one, which begins to load. Where nobody serves, it may do so under the policy that was
 * served last. NULL: there is no place, memory or process for it. */
struct generation_place *generations_start(struct generations *generations);

/* It has got to serve. */
void generations_serve(struct generations *generations, struct generation_place *place);

/* The first in this state, by their numbers, and the first behind a number; NULL: there is none. */
struct generation_place *generations_first(struct generations *generations,
                                           enum generation_state state);
struct generation_place *generations_next(struct generations *generations,
                                          enum generation_state state, unsigned behind);
size_t generations_count(const struct generations *generations, enum generation_state state);

struct generation_place *generations_of_process(struct generations *generations, pid_t process);

void generations_set_state(struct generation_place *place, enum generation_state state);

/* Tells it something that takes no words. */
void generations_tell(const struct generation_place *place, enum link_kind kind,
                      int64_t patience_ms);

/* Once its process has ended. */
void generations_forget(struct generation_place *place);

#endif
