/* The naive evaluator: DESIGN's section "What decides", read as plainly as can be. It looks at the
 * whole transaction at once, keeps no state between stages, and shares no code with the policy's.
 */
#include "walk_model.h"

enum model_ending
model_ending(const struct model_rule *rule)
{
    enum model_ending ending = END_NONE;

    for (unsigned i = 0; i < rule->actions; i++) {
        enum action_kind kind = rule->action[i].kind;

        if (kind == ACTION_ACCEPT)
            ending = END_ACCEPT;
        else if (kind == ACTION_REJECT)
            ending = END_REJECT;
        else if (kind == ACTION_TEMPFAIL)
            ending = END_TEMPFAIL;
        else if (kind == ACTION_DISCARD)
            ending = END_DISCARD;
        else if (kind == ACTION_REMOVE_RECIPIENT)
            ending = END_REMOVE;
    }
    return ending;
}

bool
model_error_is_tempfail(const struct model_rule *rule)
{
    bool tempfail = model_ending(rule) != END_NONE;

    for (unsigned i = 0; i < rule->actions; i++)
        tempfail = tempfail || rule->action[i].kind == ACTION_QUARANTINE ||
                   rule->action[i].kind == ACTION_ADD_RECIPIENT ||
                   rule->action[i].kind == ACTION_REPLACE_HEADER ||
                   rule->action[i].kind == ACTION_REMOVE_HEADER ||
                   rule->action[i].kind == ACTION_DOWNGRADE;
    return tempfail;
}

typedef bool fact_test(enum model_fact fact);

static bool
is_of_recipient(enum model_fact fact)
{
    return model_facts[fact].of_recipient;
}

static bool
is_of_others(enum model_fact fact)
{
    return fact == MODEL_FIRST_RCPT_DOMAIN || fact == MODEL_RECIPIENTS ||
           fact == MODEL_RECIPIENTS_DOMAIN;
}

static bool
operand_reads(const struct model_operand *operand, fact_test *test)
{
    return operand->form <= FORM_LOOKUP && test(operand->fact);
}

static bool
expr_reads(const struct model_policy *policy, const struct model_expr *expr, fact_test *test)
{
    if (expr->kind == MODEL_LET)
        return expr_reads(policy, policy->let[expr->let], test);
    for (unsigned i = 0; i < expr->children; i++)
        if (expr_reads(policy, expr->child[i], test))
            return true;
    if (expr->kind != MODEL_TEST && expr->kind != MODEL_BIND)
        return false;
    return operand_reads(&expr->operand, test) ||
           ((expr->relation == IS_SAME || expr->relation == IS_NOT_SAME) && test(expr->other));
}

static bool
rule_reads(const struct model_policy *policy, const struct model_rule *rule, fact_test *test)
{
    for (unsigned i = 0; i < rule->actions; i++)
        if (rule->action[i].text.reads && operand_reads(&rule->action[i].text.operand, test))
            return true;
    return rule->condition && expr_reads(policy, rule->condition, test);
}

bool
model_reads_recipient(const struct model_policy *policy, const struct model_rule *rule)
{
    return rule_reads(policy, rule, is_of_recipient);
}

bool
model_reads_others(const struct model_policy *policy, const struct model_rule *rule)
{
    return rule_reads(policy, rule, is_of_others);
}

static bool
counts(const struct model_rule *rule)
{
    return !rule->disabled && !rule->audit;
}

enum model_ending
model_naive(const struct view *view, unsigned *rule_r, bool passed_r[MAX_RULES])
{
    unsigned i;

    for (i = 0; i < view->policy->rules; i++) {
        const struct model_rule *rule = &view->policy->rule[i];
        enum truth4 truth = counts(rule) ? model_truth(view, rule) : IS_FALSE;

        *rule_r = i;
        passed_r[i] = truth == IS_TRUE;
        if (truth == IS_ERROR && model_error_is_tempfail(rule))
            return END_TEMPFAIL;
        if (truth == IS_TRUE && model_ending(rule) != END_NONE)
            return model_ending(rule);
    }
    *rule_r = i;
    return END_NONE;
}

bool
model_is_redirected(const struct view *view)
{
    bool passed[MAX_RULES] = {false};
    unsigned rule;

    if (model_naive(view, &rule, passed) != END_REMOVE)
        return false;
    for (unsigned i = 0; i <= rule; i++)
        for (unsigned a = 0; passed[i] && a < view->policy->rule[i].actions; a++)
            if (view->policy->rule[i].action[a].kind == ACTION_ADD_RECIPIENT)
                return true;
    return false;
}

/* Was there a stage at which `speaker` was true and each of these still open? */
static bool
spoke_before(const struct view *view, const struct model_rule *speaker,
             const bool undecidable[MAX_RULES])
{
    struct view then = *view;

    for (then.stage = view->policy->earliest; then.stage <= STAGE_BODY; then.stage++) {
        bool before = model_truth(&then, speaker) == IS_TRUE;

        for (unsigned i = 0; i < view->policy->rules; i++)
            before = before &&
                     (!undecidable[i] || model_truth(&then, &view->policy->rule[i]) == IS_LATER);
        if (before)
            return true;
    }
    return false;
}

static bool
may_speak_behind(enum model_ending ending, const struct model_rule *open)
{
    if (model_ending(open) == END_NONE)
        return ending != END_ACCEPT && ending != END_REMOVE;
    return model_ending(open) == ending && ending != END_REMOVE;
}

static bool
may_speak_behind_all(const struct view *view, enum model_ending ending,
                     const bool undecidable[MAX_RULES])
{
    for (unsigned i = 0; i < view->policy->rules; i++)
        if (undecidable[i] && !may_speak_behind(ending, &view->policy->rule[i]))
            return false;
    return true;
}

/* What a rule that reads recipients does without a verdict, it does for each of them: as long as
 * there is none, it waits. */
static bool
waits_for_recipient(const struct view *view, const struct model_rule *rule)
{
    enum model_ending ending = model_ending(rule);

    return view->recipient == NOBODY && (ending == END_NONE || ending == END_REMOVE) &&
           model_reads_recipient(view->policy, rule);
}

/* Every other kind holds back; but at RCPT a reject no tempfail. */
static bool
held_by(const struct view *view, enum model_ending ending, unsigned open_endings)
{
    if (view->stage == STAGE_RCPT && ending == END_TEMPFAIL)
        open_endings &= ~(1u << END_REJECT);
    return open_endings & ~(1u << ending);
}

static struct certainty
certain_at(const struct view *view)
{
    struct certainty certainty = {.ending = END_NONE, .rule = view->policy->rules};
    unsigned open_endings = 0;
    bool open = false;

    for (unsigned i = 0; i < view->policy->rules; i++) {
        const struct model_rule *rule = &view->policy->rule[i];
        enum truth4 truth = counts(rule) ? model_truth(view, rule) : IS_FALSE;
        enum model_ending ending = model_ending(rule);

        if (truth == IS_TRUE && waits_for_recipient(view, rule))
            truth = IS_LATER;
        if (truth == IS_LATER) {
            open = true;
            open_endings |= ending == END_NONE ? 0 : 1u << ending;
        }
        if (truth == IS_ERROR)
            ending = model_error_is_tempfail(rule) ? END_TEMPFAIL : END_NONE;
        if (truth == IS_LATER || truth == IS_FALSE || ending == END_NONE)
            continue;
        if (view->stage < view->policy->earliest || held_by(view, ending, open_endings) ||
            (open && (ending == END_ACCEPT || ending == END_REMOVE))) {
            open_endings |= 1u << ending;
            break;
        }
        return (struct certainty){.ending = ending,
                                  .rule = i,
                                  .by_error = truth == IS_ERROR,
                                  .past_reject =
                                      ending == END_TEMPFAIL && (open_endings & 1u << END_REJECT)};
    }
    certainty.could_reject = (open_endings & 1u << END_REJECT) != 0;
    return certainty;
}

/* What was certain at an earlier stage of the same walk stays, though an open rule before it now
 * says the same, or can't be decided. The connection has a walk of its own. */
struct certainty
model_certain(const struct view *view)
{
    struct view then = *view;
    struct certainty certainty;

    for (then.stage = view->stage < STAGE_MAIL ? STAGE_CONNECT : STAGE_MAIL;
         then.stage <= view->stage; then.stage++) {
        certainty = certain_at(&then);
        if (certainty.ending != END_NONE)
            break;
    }
    return certainty;
}

/* Whoever spoke, no rule before him turned out to bring another verdict. */
static unsigned
freedom_of_error(const struct view *view)
{
    bool undecidable[MAX_RULES] = {false};
    enum model_ending spoken = END_NONE;

    for (unsigned j = 0; j < view->policy->rules; j++) {
        const struct model_rule *rule = &view->policy->rule[j];
        enum truth4 truth = counts(rule) ? model_truth(view, rule) : IS_FALSE;
        enum model_ending ending = model_ending(rule);

        undecidable[j] = truth == IS_ERROR && model_error_is_tempfail(rule);
        if (truth != IS_TRUE || ending == END_NONE)
            continue;
        if ((spoken != END_NONE && ending != spoken) ||
            !may_speak_behind_all(view, ending, undecidable))
            return 0;
        if (spoke_before(view, rule, undecidable))
            return 1u << ending;
        spoken = ending;
    }
    return 0;
}

/* The staged walk is the law where the two differ. */
static bool
deferred_past_reject(const struct view *view)
{
    struct view then = *view;
    struct certainty certain;

    then.stage = STAGE_RCPT;
    certain = model_certain(&then);
    return certain.ending == END_TEMPFAIL && certain.past_reject;
}

unsigned
model_freedoms(const struct view *view)
{
    unsigned freedoms = freedom_of_error(view);

    return deferred_past_reject(view) ? freedoms | 1u << END_TEMPFAIL : freedoms;
}

const char *
model_ending_name(enum model_ending ending)
{
    static const char *const name[] = {"nothing",  "accept",  "reject",
                                       "tempfail", "discard", "remove-recipient"};

    return name[ending];
}
