/* What a rule does. */
#ifndef POSTERN_POLICY_VERDICT_H
#define POSTERN_POLICY_VERDICT_H

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

#endif
