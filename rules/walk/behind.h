/* Mode audit: what the rules behind verdicts would have said. */
#ifndef POSTERN_RULES_WALK_BEHIND_H
#define POSTERN_RULES_WALK_BEHIND_H

#include "track.h"

/* Once a stage was walked: events of the rules that hold behind what was decided, now or before.
 * recipient: of STAGE_RCPT, or NULL. */
void walk_behind(struct walk *walk, struct recipient *recipient);

/* The same for an unknown command, which is walked alone. */
void walk_behind_command(struct walk *walk, struct track *track);

#endif
