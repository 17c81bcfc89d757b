/* What is known of each action, and the names of verdicts. */
#include "policy/fact.h"
#include "policy/verdict.h"

enum { WHOLE_MESSAGE = FACT_READS_HEADER | FACT_READS_BODY | FACT_READS_PARTS };

static const struct action_row actions[ACTIONS] = {
    [ACTION_ACCEPT] = {"accept", .ending = ENDING_ACCEPT, .error_defers = true},
    [ACTION_REJECT] = {"reject", .ending = ENDING_REJECT, .error_defers = true},
    [ACTION_TEMPFAIL] = {"tempfail", .ending = ENDING_TEMPFAIL, .error_defers = true},
    [ACTION_DISCARD] = {"discard", .ending = ENDING_DISCARD, .error_defers = true},
    [ACTION_QUARANTINE] = {"quarantine", .changes = CHANGES_QUEUE, .error_defers = true},
    [ACTION_LOG] = {"log", .error_defers = false},
    [ACTION_ADD_HEADER] = {"add-header", .changes = CHANGES_HEADER, .seen_by_all = true},
    [ACTION_REPLACE_HEADER] = {"replace-header", .changes = CHANGES_HEADER, .seen_by_all = true,
                               .error_defers = true, .needs = FACT_READS_HEADER},
    [ACTION_REMOVE_HEADER] = {"remove-header", .changes = CHANGES_HEADER, .error_defers = true,
                              .needs = FACT_READS_HEADER},
    [ACTION_SET_SENDER] = {"set-sender", .changes = CHANGES_SENDER, .seen_by_all = true,
                           .makes_address = true},
    [ACTION_ADD_RECIPIENT] = {"add-recipient", .changes = CHANGES_RECIPIENTS,
                              .times = ONCE_EACH_ADDRESS, .makes_address = true,
                              .error_defers = true},
    [ACTION_REMOVE_RECIPIENT] = {"remove-recipient", .ending = ENDING_REMOVE,
                                 .changes = CHANGES_LEAVE_OUT, .error_defers = true},
    [ACTION_DOWNGRADE] = {"downgrade", .changes = CHANGES_HEADER | CHANGES_BODY,
                          .times = ONCE_EACH_RECIPIENT, .error_defers = true,
                          .needs = WHOLE_MESSAGE},
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
    return actions[kind].name;
}

const struct action_row *
action_row(enum action_kind kind)
{
    return &actions[kind];
}

unsigned
actions_change(unsigned kinds)
{
    unsigned changes = 0;

    for (int kind = 0; kind < ACTIONS; kind++)
        if (kinds >> kind & 1)
            changes |= actions[kind].changes;
    return changes;
}

enum verdict
ending_verdict(enum ending ending)
{
    static const enum verdict of[ENDINGS] = {
        [ENDING_NONE] = VERDICT_NONE,         [ENDING_ACCEPT] = VERDICT_ACCEPT,
        [ENDING_REJECT] = VERDICT_REJECT,     [ENDING_TEMPFAIL] = VERDICT_TEMPFAIL,
        [ENDING_DISCARD] = VERDICT_DISCARD,   [ENDING_REMOVE] = VERDICT_NONE,
    };

    return of[ending];
}

const char *
action_ending_name(enum ending ending)
{
    return ending == ENDING_REMOVE ? "remove-recipient" : verdict_name(ending_verdict(ending));
}

const char *
verdict_name(enum verdict verdict)
{
    return verdicts[verdict];
}
