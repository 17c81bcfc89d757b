/* The names of actions and verdicts. */
#include "policy/verdict.h"

static const char *const actions[ACTIONS] = {
    [ACTION_ACCEPT] = "accept",
    [ACTION_REJECT] = "reject",
    [ACTION_TEMPFAIL] = "tempfail",
    [ACTION_DISCARD] = "discard",
    [ACTION_QUARANTINE] = "quarantine",
    [ACTION_LOG] = "log",
    [ACTION_ADD_HEADER] = "add-header",
    [ACTION_REPLACE_HEADER] = "replace-header",
    [ACTION_REMOVE_HEADER] = "remove-header",
    [ACTION_SET_SENDER] = "set-sender",
    [ACTION_ADD_RECIPIENT] = "add-recipient",
    [ACTION_REMOVE_RECIPIENT] = "remove-recipient",
    [ACTION_DOWNGRADE] = "downgrade",
};

static const char *const verdicts[VERDICTS] = {
    [VERDICT_NONE] = "none",         [VERDICT_ACCEPT] = "accept",   [VERDICT_REJECT] = "reject",
    [VERDICT_TEMPFAIL] = "tempfail", [VERDICT_DISCARD] = "discard",
};

bool
action_find(struct slice word, enum action_kind *kind_r)
{
    for (int kind = 0; kind < ACTIONS; kind++)
        if (slice_equal(word, slice_of(action_name(kind)))) {
            *kind_r = kind;
            return true;
        }
    return false;
}

const char *
action_name(enum action_kind kind)
{
    return actions[kind];
}

const char *
verdict_name(enum verdict verdict)
{
    return verdicts[verdict];
}
