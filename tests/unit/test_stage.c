/* The names of stages, actions and verdicts. */
#include "policy/stage.h"

#include "policy/verdict.h"
#include "tap.h"

static const struct {
    enum stage stage;
    const char *name;
    const char *log_name;
} stages[] = {
    {STAGE_CONNECT, "connect", "CONNECT"},
    {STAGE_HELO, "helo", "EHLO"},
    {STAGE_MAIL, "mail", "MAIL"},
    {STAGE_RCPT, "rcpt", "RCPT"},
    {STAGE_DATA, "data", "DATA"},
    {STAGE_HEADER, "header", "END-OF-HEADER"},
    {STAGE_BODY, "body", "END-OF-MESSAGE"},
    {STAGE_UNKNOWN, "unknown", "UNKNOWN"},
};

static const char *const strangers[] = {"", "Mail", "eom", "bod", "bodyx"};

static const struct {
    enum action_kind kind;
    const char *name;
} actions[] = {
    {ACTION_ACCEPT, "accept"},
    {ACTION_REJECT, "reject"},
    {ACTION_TEMPFAIL, "tempfail"},
    {ACTION_DISCARD, "discard"},
    {ACTION_QUARANTINE, "quarantine"},
    {ACTION_LOG, "log"},
    {ACTION_ADD_HEADER, "add-header"},
    {ACTION_REPLACE_HEADER, "replace-header"},
    {ACTION_REMOVE_HEADER, "remove-header"},
    {ACTION_SET_SENDER, "set-sender"},
    {ACTION_ADD_RECIPIENT, "add-recipient"},
    {ACTION_REMOVE_RECIPIENT, "remove-recipient"},
    {ACTION_DOWNGRADE, "downgrade"},
};

static const struct {
    enum verdict verdict;
    const char *name;
} verdicts[] = {
    {VERDICT_NONE, "none"},         {VERDICT_ACCEPT, "accept"},   {VERDICT_REJECT, "reject"},
    {VERDICT_TEMPFAIL, "tempfail"}, {VERDICT_DISCARD, "discard"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
test_stages(void)
{
    enum stage found = STAGES;

    tap_check(COUNT(stages) == STAGES, "every stage is tested");
    for (size_t i = 0; i < COUNT(stages); i++) {
        tap_check(strcmp(stage_name(stages[i].stage), stages[i].name) == 0, "%s is its name",
                  stages[i].name);
        tap_check(strcmp(stage_log_name(stages[i].stage), stages[i].log_name) == 0,
                  "logs write %s for %s", stages[i].log_name, stages[i].name);
        tap_check(stage_find(slice_of(stages[i].name), &found) && found == stages[i].stage,
                  "%s is found", stages[i].name);
    }
    for (size_t i = 0; i < COUNT(strangers); i++)
        tap_check(!stage_find(slice_of(strangers[i]), &found), "\"%s\" is no stage", strangers[i]);
}

static void
test_verdicts(void)
{
    tap_check(COUNT(actions) == ACTIONS && COUNT(verdicts) == VERDICTS,
              "every action and verdict is tested");
    for (size_t i = 0; i < COUNT(actions); i++)
        tap_check(strcmp(action_name(actions[i].kind), actions[i].name) == 0, "action %s",
                  actions[i].name);
    for (size_t i = 0; i < COUNT(verdicts); i++)
        tap_check(strcmp(verdict_name(verdicts[i].verdict), verdicts[i].name) == 0, "verdict %s",
                  verdicts[i].name);
}

int
main(void)
{
    test_stages();
    test_verdicts();
    return tap_done();
}
