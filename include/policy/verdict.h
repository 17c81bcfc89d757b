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

/* "accept", "add-header" ... as the language writes them. */
const char *action_name(enum action_kind kind);
const char *verdict_name(enum verdict verdict);

/* The action of this name; false: there is none. */
bool action_find(struct slice word, enum action_kind *kind_r);

#endif
