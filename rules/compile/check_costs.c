/* What a policy says that strangers can make expensive: loops over what they send within each
 * other, and patterns that repeat what repeats already. */
#include "language/print.h"
#include "plan.h"
#include "values/regex_cost.h"

struct coster {
    struct policy *policy;
    struct diagnostics *diagnostics;
};

static bool
is_of_authors(const struct fact *fact)
{
    return fact->type == TYPE_MAILBOX &&
           mailbox_author_field_of(slice_of(fact->of)) < AUTHOR_FIELDS;
}

/* As many as the sender likes; of authors there are max-author-mailboxes at most. */
static bool
is_senders_list(const struct operand *operand)
{
    while (operand && operand->meaning == MEANS_ALIAS)
        operand = operand->alias;
    return operand && operand->meaning == MEANS_FACT && operand->fact->flags & FACT_MANY &&
           operand->fact->flags & (FACT_READS_HEADER | FACT_READS_BODY) &&
           !is_of_authors(operand->fact);
}

/* The first operand in a condition whose items are gone through, or NULL. */
static const struct operand *
find_loop(const struct expr *expr)
{
    const struct operand *found = NULL;

    if (expr->kind == EXPR_TEST && expr->operand->meaning == MEANS_LET)
        return find_loop(expr->operand->let);
    if (expr->quantifier != QUANTIFIER_NONE && is_senders_list(expr->operand))
        return expr->operand;
    if (expr->kind == EXPR_TEST && is_senders_list(expr->right))
        return expr->right;
    for (const struct expr *child = expr->child; child && found == NULL; child = child->next)
        found = find_loop(child);
    return found;
}

static void
check_pattern(struct coster *coster, const struct pattern *pattern)
{
    if (regex_explodes(pattern->text, pattern->flags))
        diagnostics_warning(coster->diagnostics, pattern->place,
                            "this pattern repeats what repeats already, as (a+)+ does: a text that "
                            "nearly matches takes it to regex-match-limit, and the message gets "
                            "451");
}

static void
check_expr(struct coster *coster, const struct expr *expr)
{
    struct arena *arena = coster->policy->arena;
    const struct operand *inner = NULL;

    if (expr->pattern.regex)
        check_pattern(coster, &expr->pattern);
    if (expr->kind == EXPR_BIND && is_senders_list(expr->operand))
        inner = find_loop(expr->child);
    if (inner)
        diagnostics_warning(coster->diagnostics, expr->place,
                            "for each of %s this goes through all of %s: a message with "
                            "thousands of both passes max-message-steps, and gets "
                            "451",
                            print_operand_text(arena, expr->operand),
                            print_operand_text(arena, inner));
    for (const struct expr *child = expr->child; child; child = child->next)
        check_expr(coster, child);
}

static void
check_rule(struct coster *coster, const struct rule *rule)
{
    if (rule->disabled)
        return;
    if (rule->condition)
        check_expr(coster, rule->condition);
    for (const struct action *action = rule->actions; action; action = action->next)
        if (action->has_pattern)
            check_pattern(coster, &action->pattern);
}

void
check_costs(struct policy *policy, struct diagnostics *diagnostics)
{
    struct coster coster = {policy, diagnostics};

    for (const struct statement *s = policy->tree.first; s; s = s->next)
        if (s->kind == STATEMENT_RULE)
            check_rule(&coster, &s->rule);
        else if (s->kind == STATEMENT_LET && !s->overridden)
            check_expr(&coster, s->let.expr);
}
