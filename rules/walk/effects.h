/* What comes of a rule that holds or can't be decided: replies, texts, events, and the end of a
 * track. */
#ifndef POSTERN_RULES_WALK_EFFECTS_H
#define POSTERN_RULES_WALK_EFFECTS_H

#include "track.h"

/* The rule acts: its changes are asked for, and its `log` actions are events. */
void effects_act(struct walk *walk, struct track *track, const struct rule *rule);

/* The rule ends the track. error: why it couldn't be decided; else NULL. */
void effects_end(struct walk *walk, struct track *track, const struct rule *rule,
                 enum ending ending, const char *error);

/* An event that the rule can't be decided, and so doesn't act. */
void effects_undecided(struct walk *walk, const struct track *track, const struct rule *rule,
                       const char *reason);

/* What an audit rule that holds would have done, an event an action, once where it is of the
 * message; or why it can't be decided. */
void effects_watch(struct walk *walk, const struct track *track, const struct rule *rule,
                   enum truth truth, const char *reason);

/* One action of a rule that holds, as an event would tell it. */
struct event effects_event(struct walk *walk, const struct track *track, const struct rule *rule,
                           const struct action *action, enum event_kind kind);

void effects_add_event(struct walk *walk, struct event event);

/* 451 4.3.0, for what can't be decided. */
const struct reply *effects_undecided_reply(struct walk *walk);

#endif
