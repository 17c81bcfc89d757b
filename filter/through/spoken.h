/* What Postern says by what it was told, and whether that is what the client heard. */
#ifndef POSTERN_FILTER_THROUGH_SPOKEN_H
#define POSTERN_FILTER_THROUGH_SPOKEN_H

#include "play/play.h"
#include "turn.h"

struct spoken_answer {
    enum stage stage;
    enum verdict verdict;
    bool quarantines;
    const char *code, *text; /* of a refusal */
    struct spoken_answer *next;
};

struct spoken {
    struct arena *arena;
    struct spoken_answer *first, **end;
};

void spoken_begin(struct spoken *spoken, struct arena *arena);

/* A play_watcher. */
void spoken_watch(void *spoken, const struct played *played);

/* Whether a reply is a refusal of the play's. */
bool spoken_has(const struct spoken *spoken, const struct turn_reply *reply);

struct spoken_result {
    const char *problem; /* the first, where a client heard other than Postern says; or NULL */
    const char
        *refused; /* it was refused, and not by Postern: so the test couldn't go on; or NULL */
};

void spoken_compare(const struct spoken *spoken, const struct turn *turns,
                    struct spoken_result *result_r);

#endif
