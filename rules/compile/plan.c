/* From the tree to what runs: the rules in order, what each reads and when it can be certain, and
 * what all of them together ask of the MTA. */
#include "plan.h"

#include "language/operand.h"
#include "values/truth.h"

enum { MOST_MACROS = 40 };

void
plan_visit_action(const struct action *action, operand_visitor *see, void *context)
{
    const struct text *texts[] = {action->text, action->value};

    for (size_t i = 0; i < 2; i++)
        for (const struct text *text = texts[i]; text; text = text->next)
            for (const struct text_piece *piece = text->pieces; piece; piece = piece->next)
                if (piece->operand)
                    see(context, piece->operand);
}

/* The operand itself, those in its brackets, and what its name stands for. */
static void
visit(const struct operand *operand, operand_visitor *see, void *context)
{
    see(context, operand);
    for (const struct operand *key = operand->index; key; key = key->next)
        visit(key, see, context);
    if (operand->alias)
        visit(operand->alias, see, context);
    if (operand->let)
        plan_visit_expr(operand->let, see, context);
}

void
plan_visit_expr(const struct expr *expr, operand_visitor *see, void *context)
{
    if (expr->operand)
        visit(expr->operand, see, context);
    if (expr->right)
        visit(expr->right, see, context);
    for (const struct expr *child = expr->child; child; child = child->next)
        plan_visit_expr(child, see, context);
}

struct visit_context {
    operand_visitor *see;
    void *context;
};

static void
visit_text_operand(void *context, const struct operand *operand)
{
    const struct visit_context *visitor = context;

    visit(operand, visitor->see, visitor->context);
}

void
plan_visit_rule(const struct rule *rule, operand_visitor *see, void *context)
{
    struct visit_context visitor = {see, context};

    if (rule->condition)
        plan_visit_expr(rule->condition, see, context);
    for (const struct action *action = rule->actions; action; action = action->next)
        plan_visit_action(action, visit_text_operand, &visitor);
}

static void
note_operand(void *context, const struct operand *operand)
{
    struct rule *rule = context;

    rule->reads_recipient |= (operand->scope & SCOPE_RECIPIENT) != 0;
    rule->reads_command |= operand->fact && operand->fact->stage == STAGE_UNKNOWN;
    rule->flags |= operand->flags;
    rule->news |= 1u << operand->stage;
    if (operand->stage > rule->needs)
        rule->needs = operand->stage;
}

/* Finds the one test with a regex, not under `not`, that {1} speaks of. */
struct captures {
    const struct expr *test;
    unsigned regexes;
};

static void
find_captures(const struct expr *expr, bool negated, struct captures *captures)
{
    if (expr->kind == EXPR_TEST && expr->operand->meaning == MEANS_LET)
        find_captures(expr->operand->let, negated, captures);
    if (expr->relation == RELATION_MATCHES || expr->relation == RELATION_NOT_MATCHES) {
        captures->regexes++;
        captures->test = expr->relation == RELATION_MATCHES && !negated ? expr : NULL;
    }
    for (const struct expr *child = expr->child; child; child = child->next)
        find_captures(child, negated || expr->kind == EXPR_NOT, captures);
}

static void
plan_actions(struct rule *rule)
{
    for (const struct action *action = rule->actions; action; action = action->next) {
        const struct action_row *row = action_row(action->kind);

        rule->error_defers |= row->error_defers;
        rule->changes |= row->changes;
        rule->flags |= rule->audit ? 0 : row->needs;
        if (rule->verdict != VERDICT_NONE || row->ending == ENDING_NONE)
            continue;
        rule->ending = row->ending;
        rule->verdict = ending_verdict(row->ending);
        rule->verdict_action = rule->verdict != VERDICT_NONE ? action : NULL;
    }
}

static void
plan_rule(struct rule *rule)
{
    struct captures captures = {0};

    plan_visit_rule(rule, note_operand, rule);
    if (rule->has_at && rule->at > rule->needs)
        rule->needs = rule->at;
    if (rule->has_at)
        rule->news |= 1u << rule->at;
    if (rule->condition)
        find_captures(rule->condition, false, &captures);
    rule->capture = captures.regexes == 1 ? captures.test : NULL;
    plan_actions(rule);
}

/* Nothing is in a list without items, whichever of its values a fact is asked for. */
static bool
is_in_nothing(const struct expr *expr)
{
    return expr->relation == RELATION_IN && expr->right && expr->right->meaning == MEANS_LIST &&
           expr->right->list->items == NULL;
}

static enum truth
fixed_truth_of_test(const struct expr *expr)
{
    const struct operand *operand = expr->operand;

    if (is_in_nothing(expr))
        return TRUTH_FALSE;
    if (expr->relation != RELATION_NONE)
        return TRUTH_LATER;
    operand = operand_named(operand);
    if (operand->meaning == MEANS_LET)
        return plan_fixed_truth(operand->let);
    if (operand->kind < OPERAND_NUMBER || operand->kind > OPERAND_TRUTH)
        return TRUTH_LATER;
    return operand->number == 0 ? TRUTH_FALSE : TRUTH_TRUE;
}

enum truth
plan_fixed_truth(const struct expr *expr)
{
    if (expr->kind == EXPR_TEST)
        return fixed_truth_of_test(expr);
    if (expr->kind == EXPR_NOT)
        return truth_not(plan_fixed_truth(expr->child));
    if (expr->kind == EXPR_AND)
        for (const struct expr *child = expr->child; child; child = child->next)
            if (plan_fixed_truth(child) == TRUTH_FALSE)
                return TRUTH_FALSE;
    return TRUTH_LATER;
}

/* What stands behind a switch that is off is asked of nobody. */
bool
plan_rule_is_off(const struct rule *rule)
{
    return rule->disabled || (rule->condition && plan_fixed_truth(rule->condition) == TRUTH_FALSE);
}

static void
plan_set(const struct policy *policy, const struct rule *rule)
{
    const struct rule_sets *sets = &policy->sets;

    bits_add(sets->all, rule->number);
    if (rule->reads_command)
        bits_add(sets->command, rule->number);
    if (rule->flags & FACT_READS_BODY)
        bits_add(sets->body, rule->number);
    if (rule->changes & CHANGES_BODY)
        bits_add(sets->converting, rule->number);
    for (int stage = 0; stage < STAGES; stage++)
        if (rule->news >> stage & 1)
            bits_add(sets->news[stage], rule->number);
    if (rule->audit)
        return;
    if (rule->changes || rule->ending == ENDING_DISCARD)
        bits_add(sets->changing, rule->number);
    if (rule->changes & CHANGES_RECIPIENTS)
        bits_add(sets->adding, rule->number);
    bits_add(sets->ending[rule->ending], rule->number);
}

static void
plan_sets(struct policy *policy)
{
    struct rule_sets *sets = &policy->sets;
    uint64_t **of_all[] = {&sets->all,      &sets->command, &sets->body,
                           &sets->changing, &sets->adding,  &sets->converting};

    for (size_t i = 0; i < sizeof of_all / sizeof of_all[0]; i++)
        *of_all[i] = bits_new(policy->arena, policy->rule_count);
    for (size_t i = 0; i < ENDINGS; i++)
        sets->ending[i] = bits_new(policy->arena, policy->rule_count);
    for (size_t i = 0; i < STAGES; i++)
        sets->news[i] = bits_new(policy->arena, policy->rule_count);
    for (size_t i = 0; i < policy->rule_count; i++)
        plan_set(policy, policy->rules[i]);
}

void
plan_rules(struct policy *policy)
{
    size_t count = 0;

    for (struct statement *s = policy->tree.first; s; s = s->next)
        count += s->kind == STATEMENT_RULE;
    policy->rules = ARENA_ARRAY(policy->arena, count, struct rule *);
    for (struct statement *s = policy->tree.first; s; s = s->next) {
        if (s->kind != STATEMENT_RULE)
            continue;
        s->rule.label = arena_string(policy->arena, s->rule.name);
        plan_rule(&s->rule);
        if (plan_rule_is_off(&s->rule))
            continue;
        s->rule.number = (unsigned)policy->rule_count;
        policy->rules[policy->rule_count++] = &s->rule;
        policy->reads_recipient |= s->rule.reads_recipient;
    }
    plan_sets(policy);
}

/* What is gathered of all rules. */
struct gathering {
    struct policy *policy;
    const struct rule *rule;
    const char **macros[STAGES];
    size_t count[STAGES];
    bool verdicts;
};

static void
want_macro(struct gathering *gathering, enum stage stage, struct slice name)
{
    const char **list = gathering->macros[stage];

    for (size_t i = 0; i < gathering->count[stage]; i++)
        if (slice_equal(slice_of(list[i]), name))
            return;
    if (gathering->count[stage] < MOST_MACROS)
        list[gathering->count[stage]++] = arena_string(gathering->policy->arena, name);
}

static void
gather_operand(void *context, const struct operand *operand)
{
    struct gathering *gathering = context;
    const struct rule *rule = gathering->rule;
    struct slice macros, name;
    enum stage stage;

    if (operand->meaning != MEANS_FACT)
        return;
    gathering->policy->needs.read_stages |=
        1u << (operand->fact->stage == STAGE_UNKNOWN ? STAGE_UNKNOWN : operand->stage);
    macros = slice_of(operand->fact->macros ? operand->fact->macros : "");
    while (slice_word(&macros, " ", &name))
        want_macro(gathering, operand->fact->stage, name);
    if (slice_equal(slice_of(operand->fact->name), SLICE("macro"))) {
        stage = rule->has_at ? rule->at : STAGE_CONNECT;
        fact_macro_stage(operand->fact_index, &stage);
        want_macro(gathering, stage, operand->fact_index);
    }
}

static void
gather_rule(struct gathering *gathering, const struct rule *rule)
{
    struct needs *needs = &gathering->policy->needs;

    gathering->rule = rule;
    plan_visit_rule(rule, gather_operand, gathering);
    needs->flags |=
        rule->flags & (FACT_READS_HEADER | FACT_READS_BODY | FACT_READS_PARTS | FACT_HOLDS_BODY);
    if (rule->has_at)
        needs->read_stages |= 1u << rule->at;
    for (const struct action *action = rule->actions; action && !rule->audit;
         action = action->next) {
        needs->actions |= 1u << action->kind;
        gathering->verdicts |= action->kind != ACTION_LOG;
    }
}

/* After the earliest stage of all, a verdict can fall only where something new is known; or at
 * MAIL, if a client left out the HELO at which it would have fallen. */
static unsigned
verdict_stages(const struct policy *policy, bool verdicts)
{
    enum stage earliest = settings_earliest_verdict(&policy->settings);
    unsigned before = (1u << earliest) - 1;
    unsigned without_helo = earliest < STAGE_MAIL ? 1u << STAGE_MAIL : 0;

    if (!verdicts)
        return 0;
    return (1u << earliest) | without_helo | (policy->needs.read_stages & ~before);
}

void
plan_needs(struct policy *policy)
{
    struct gathering gathering = {.policy = policy};

    for (size_t s = 0; s < STAGES; s++) {
        gathering.macros[s] = ARENA_ARRAY(policy->arena, MOST_MACROS + 1, const char *);
        policy->needs.macros[s] = gathering.macros[s];
    }
    for (size_t i = 0; i < policy->rule_count; i++)
        gather_rule(&gathering, policy->rules[i]);
    policy->needs.rules = policy->rule_count;
    policy->needs.verdict_stages = verdict_stages(policy, gathering.verdicts);
}
