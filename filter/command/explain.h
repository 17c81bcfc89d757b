/* How a played transaction is shown. */
#ifndef POSTERN_FILTER_COMMAND_EXPLAIN_H
#define POSTERN_FILTER_COMMAND_EXPLAIN_H

#include "play/play.h"

struct show {
    struct arena *arena;
    FILE *to;
    const struct policy *policy;
    bool json;
    bool all;            /* rules that stand as they stood before are shown again */
    unsigned stages;     /* shown so far */
    unsigned walks;      /* of this stage */
    bool was_early;      /* the last stage came before any verdict */
    const char **before; /* by the number of a recipient: his rules, as last shown */
    size_t recipients;
};

/* A watcher of play_steps(); context is a struct show. */
void show_stage(void *context, const struct played *played);

void show_begin(struct show *show);
void show_end(struct show *show, const struct play_result *result);

/* What the client is told, or what happens to its mail: "550 5.7.1 no", "go on" ... */
const char *show_answer(struct arena *arena, const struct played *played);

/* The same as JSON. */
void show_stage_json(struct show *show, const struct played *played);
void show_end_json(struct show *show, const struct play_result *result);

/* The rules of one recipient, a line each; valid until `to` is used again. */
enum { SHOW_LARGEST_RULES = 4 << 20 };
const char *show_rules(struct show *show, char to[SHOW_LARGEST_RULES], const struct played *played,
                       const struct recipient *recipient);

/* Calls `write` once, if the rules go the same way for all recipients, else for each of them. */
typedef void show_writer(struct show *show, const struct played *played,
                         const struct recipient *recipient, bool one_of_several);
void show_each_recipient(struct show *show, const struct played *played, show_writer *write);

#endif
