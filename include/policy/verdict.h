/* What a rule does. */
#ifndef POSTERN_POLICY_VERDICT_H
#define POSTERN_POLICY_VERDICT_H

#include "base/slice.h"

enum action_kind {
    ACTION_ACCEPT,
    ACTION_REJECT,
    ACTION_TEMPFAIL,
    ACTION_DISCARD,
    ACTION_QUARANTINE,
    ACTION_LOG,
    ACTION_ADD_HEADER,
    ACTION_REPLACE_HEADER,
    ACTION_REMOVE_HEADER,
    ACTION_SET_SENDER,
    ACTION_ADD_RECIPIENT,
    ACTION_REMOVE_RECIPIENT,
    ACTION_DOWNGRADE,
    ACTIONS,
};

enum verdict {
    VERDICT_NONE,
    VERDICT_ACCEPT,
    VERDICT_REJECT,
    VERDICT_TEMPFAIL,
    VERDICT_DISCARD,
    VERDICTS,
};

/* How a rule ends a walk: with a verdict, or with one recipient taken off. */
enum ending {
    ENDING_NONE,
    ENDING_ACCEPT,
    ENDING_REJECT,
    ENDING_TEMPFAIL,
    ENDING_DISCARD,
    ENDING_REMOVE,
    ENDINGS,
};

/* What an action changes about an accepted message, as bits. */
enum action_changes {
    CHANGES_HEADER = 1,
    CHANGES_SENDER = 2,
    CHANGES_RECIPIENTS = 4, /* somebody gets it too */
    CHANGES_LEAVE_OUT = 8,  /* somebody doesn't get it */
    CHANGES_BODY = 16,
    CHANGES_QUEUE = 32,
};

/* How often a change is made, where several recipients ask for it. */
enum action_times { ONCE, ONCE_EACH_ADDRESS, ONCE_EACH_RECIPIENT };

/* All that is known of a kind of action beside its syntax, its check, and how it is carried out. */
struct action_row {
    const char *name; /* as the language writes it */
    enum ending ending;
    unsigned changes; /* enum action_changes */
    enum action_times times;
    bool seen_by_all;  /* every recipient of the message may read its text */
    bool makes_address; /* its text is one */
    bool error_defers; /* what it does must not be left out because it couldn't be decided */
    unsigned needs;    /* of the message, to carry it out: FACT_READS_HEADER ... */
};

/* Never NULL. */
const struct action_row *action_row(enum action_kind kind);

/* What actions (bits by enum action_kind) change together. */
unsigned actions_change(unsigned actions);

/* The verdict that an ending is; NONE for remove-recipient. */
enum verdict ending_verdict(enum ending ending);

/* "accept", "add-header" ... as the language writes them. */
const char *action_name(enum action_kind kind);
const char *verdict_name(enum verdict verdict);
const char *action_ending_name(enum ending ending);

/* The action of this name; false: there is none. */
bool action_find(struct slice word, enum action_kind *kind_r);

#endif
