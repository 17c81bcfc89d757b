/* A random transaction played to the policy itself, stage by stage, as the milter would: what the
 * policy says that it doesn't need, it doesn't get. */
#ifndef POSTERN_TESTS_WALK_WALK_PLAY_H
#define POSTERN_TESTS_WALK_WALK_PLAY_H

#include "policy/walk.h"
#include "walk_model.h"

/* What one stage gave: of the message, or at RCPT of one recipient. */
struct said {
    enum model_ending ending;
    const char *rule;
    const struct reply *reply;
};

struct seen_event {
    enum event_kind kind;
    enum action_kind action;
    const char *rule;
    const char *text;
    const char *after; /* mode audit: behind which rule's verdict; or NULL */
    int recipient;
};

struct seen_change {
    enum action_kind kind;
    const char *rule;
    struct slice name, value;
    int recipient;
    bool utf8;
};

struct played {
    struct said stage[STAGES];
    struct said rcpt[MAX_RECIPIENTS];
    enum stage over; /* where the message was refused or discarded, or had nobody left; STAGES: it
                        was accepted. In mode audit, where it would have been, and all goes on. */
    bool walked[STAGES];  /* the MTA is asked for this stage */
    bool answers[STAGES]; /* and waits for an answer */
    bool let_in[MAX_RECIPIENTS], off[MAX_RECIPIENTS];
    struct seen_event event[192];
    unsigned events;
    struct seen_change change[128];
    unsigned changes;
};

/* All that played_r points to lives in the arena. */
void play(struct arena *arena, const struct policy *policy, const struct model_mail *mail,
          struct played *played_r);

#endif
