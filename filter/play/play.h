/* Plays the lines of a scenario against a dialogue, as an MTA would, and checks what they expect.
 * What a scenario leaves out has a harmless default; the policy is played as in mode enforce. */
#ifndef POSTERN_FILTER_PLAY_H
#define POSTERN_FILTER_PLAY_H

#include "filter/dialogue.h"
#include "policy/scenario.h"

/* One stage that was played; all of it is valid while the watcher runs. */
struct played {
    enum stage stage;
    const char *command; /* as the client says it; "" where only the MTA speaks */
    bool by_default;     /* no line asked for it */
    struct answer answer;
    const struct recipient *recipient;  /* at RCPT, who is offered */
    const struct recipient *recipients; /* behind it, those that were let in */
    struct walk *walk;                  /* NULL: nothing was walked */
    const struct edit *edits;
};

typedef void play_watcher(void *context, const struct played *played);

struct play_failure {
    struct place place;
    const char *text;
    struct play_failure *next;
};

struct play_line {
    const char *text; /* of the log */
    struct play_line *next;
};

struct play_result {
    const struct play_failure *failures;
    const struct play_line *log;
    const char *over; /* why the client couldn't go on, or NULL */
};

/* to_the_end: what is still missing of a whole transaction is played too. watch may be NULL. */
void play_steps(struct arena *arena, struct policy *policy, const struct step *steps,
                bool to_the_end, play_watcher *watch, void *context, struct play_result *result_r);

#endif
