/* What this process tells the counters: where something happens one of these is called. They do
 * nothing where nothing is counted. */
#ifndef POSTERN_FILTER_COUNT_TALLY_H
#define POSTERN_FILTER_COUNT_TALLY_H

#include "policy/stage.h"
#include "policy/watch.h"

/* From now on what becomes of the rules and tables of this policy is counted; the arena must
 * outlive the policy. */
void tally_policy(struct arena *arena, struct policy *policy);

void tally_session_began(void);
void tally_session_ended(void);
void tally_transaction(void);
void tally_message(void);

/* rule: NULL for Postern itself. verdict: as the log has it. withheld: it was only logged. */
void tally_verdict(const char *rule, enum stage stage, const char *verdict, bool withheld);

/* A limit was passed, by the name of its setting. */
void tally_bound(const char *setting);

/* The moment from which a stage is timed; 0: none is. */
int64_t tally_clock(void);
void tally_stage(enum stage stage, int64_t began_ns);

void tally_conversion(bool utf8);
void tally_dropped_line(void);

/* How a generation ended: "drained", "failed", "killed" or "refused". */
void tally_generation_end(const char *end);

/* A policy was taken, by the first generation too, or could not be, and why; a reload that took
 * one, or didn't. */
void tally_policy_taken(void);
void tally_policy_failed(const char *reason);
void tally_reloaded(void);
void tally_not_reloaded(const char *reason);

#endif
