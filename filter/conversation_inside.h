/* A conversation from the inside. */
#ifndef POSTERN_FILTER_CONVERSATION_INSIDE_H
#define POSTERN_FILTER_CONVERSATION_INSIDE_H

#include "conversation.h"
#include "played.h"
#include "witness.h"

struct conversation {
    bool beyond;               /* max-sessions; then it has no dialogue and no scratch */
    bool withholds;            /* mode audit */
    struct arena *arena;       /* the dialogue's, or where there is none its own */
    struct arena *scratch;     /* until the next call; NULL: nothing was said since a message */
    const struct needs *needs; /* of the policy, which the dialogue keeps */
    struct dialogue *dialogue;
    unsigned long steps; /* agreed on */
    struct terms *terms; /* in scratch: until the first command */
    conversation_macro *macro;
    void *engine;
    const struct edit *change; /* that the engine makes just now */
    struct answer end;         /* of the message, once its changes are made */
    struct played *played;     /* NULL: no test was played in this session */
    struct witness_session *seen;
    bool by_smtp; /* and not from a program of the MTA's own machine */
};

#endif
