/* A played transaction as it is kept, to be shown once it is over. */
#ifndef POSTERN_FILTER_COMMAND_EXPLAIN_INSIDE_H
#define POSTERN_FILTER_COMMAND_EXPLAIN_INSIDE_H

#include "play/play.h"
#include "policy/explain.h"

struct shown_recipient {
    const char *argument; /* as the client wrote him */
    size_t number;        /* 1 for the first that was offered */
    struct shown_recipient *next;
};

/* How the rules went, for one recipient or for several alike. */
struct shown_walk {
    const struct explained *rule;
    size_t rules;
    const struct shown_recipient *recipients; /* NULL: of the message */
    const void *way; /* of the first recipient: who has the same needs no look */
    struct shown_walk *next;
};

struct shown_answer {
    enum verdict verdict;
    const struct reply *reply;
    const char *rule;      /* or NULL */
    const char *reason;    /* or NULL */
    const char *recipient; /* whose verdict it is, where it is one recipient's; or NULL */
    const struct shown_recipient *struck; /* the others, who get it too */
};

struct shown_stage {
    enum stage stage;
    const char *command; /* as the client says it; "" where only the MTA speaks */
    bool by_default;     /* no line asked for it */
    struct shown_answer answer;
    const struct shown_walk *walks;
    const struct edit *edits;
    struct shown_stage *next;
};

struct show {
    struct arena *arena; /* outlives what is played */
    FILE *to;
    const struct policy *policy;
    bool json;
    bool all; /* rules without interest too, and those that stand as they stood before */
    struct shown_stage *stages;
    struct shown_stage **stages_end;
    const struct shown_walk **before; /* by the number of a recipient: what was last shown of him */
    size_t numbers;
};

void explain_begin(struct show *show);

/* A watcher of play_steps(); context is a struct show. */
void show_record(void *context, const struct played *played);

void show_text(struct show *show, const struct play_result *result);
void show_json(struct show *show, const struct play_result *result);

/* The stage that settled the last message, or NULL where it is open still; and how. */
const struct shown_stage *explain_deciding(const struct show *show);
const char *explain_fate(const struct shown_stage *deciding);

/* The rule of this stage that gave its answer, or NULL. */
const struct explained *explain_rule(const struct shown_stage *stage);

/* Whether a rule stands as another one. */
bool explained_alike(const struct explained *a, const struct explained *b, bool facts);

/* Is the rule more than false, or open? */
bool explained_is_of_interest(const struct explained *explained);

/* The rules of a stage, a line each; and the facts of one of them in one line. */
void explain_walks(struct show *show, const struct shown_stage *stage);
void explain_facts(struct show *show, const struct explained *explained);
void explain_escaped(struct show *show, const char *text);

/* "<a>, <b> and 3 more" */
void explain_recipients(struct show *show, const struct shown_recipient *first);

#endif
