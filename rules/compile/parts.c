/* The parts of conditions, numbered, so that it can be told which ever were true, and which false.
 */
#include "language/print.h"
#include "plan.h"
#include "policy/explain.h"

static void
see_reading(void *context, const struct operand *operand)
{
    bool *reads = context;

    *reads |= operand->meaning == MEANS_FACT || operand->meaning == MEANS_TABLE ||
              operand->meaning == MEANS_LOOKUP || operand->meaning == MEANS_BOUND;
}

/* A list without items is a switch: whatever is asked, the answer is the same. */
static bool
is_of_empty_list(const struct expr *expr)
{
    return expr->right && expr->right->meaning == MEANS_LIST && expr->right->list->items == NULL;
}

static bool
depends_on_mail(const struct expr *expr)
{
    bool reads = false;

    plan_visit_expr(expr, see_reading, &reads);
    return reads && !is_of_empty_list(expr);
}

struct numbering {
    struct policy *policy;
    size_t room;
};

static void
number_test(struct numbering *numbering, struct expr *expr)
{
    struct policy *policy = numbering->policy;

    if (expr->part > 0 || !depends_on_mail(expr))
        return;
    if (policy->part_count == numbering->room) {
        const struct expr **old = policy->parts;

        numbering->room = 2 * numbering->room + 16;
        policy->parts = ARENA_ARRAY(policy->arena, numbering->room, const struct expr *);
        for (size_t i = 0; i < policy->part_count; i++)
            policy->parts[i] = old[i];
    }
    policy->parts[policy->part_count++] = expr;
    expr->part = (unsigned)policy->part_count;
}

static void number_parts(struct numbering *numbering, struct expr *expr);

/* Once is enough: many rules may read one let. */
static void
number_children(struct numbering *numbering, struct expr *expr)
{
    if (expr->part > 0)
        return;
    expr->part = 1;
    for (struct expr *child = expr->child; child; child = child->next)
        number_parts(numbering, child);
}

/* What stands behind a switch that is off is asked of nobody. */
static void
number_parts(struct numbering *numbering, struct expr *expr)
{
    if (plan_fixed_truth(expr) != TRUTH_LATER)
        return;
    if (expr->kind != EXPR_TEST)
        number_children(numbering, expr);
    else if (expr->operand->meaning == MEANS_LET)
        number_parts(numbering, expr->operand->let);
    else
        number_test(numbering, expr);
}

void
plan_parts(struct policy *policy)
{
    struct numbering numbering = {policy, 0};

    for (size_t i = 0; i < policy->rule_count; i++)
        if (policy->rules[i]->condition)
            number_parts(&numbering, policy->rules[i]->condition);
}

size_t
policy_rules(const struct policy *policy)
{
    return policy->rule_count;
}

struct policy_rule
policy_rule(const struct policy *policy, struct arena *arena, size_t number)
{
    const struct rule *rule = policy->rules[number];

    return (struct policy_rule){arena_string(arena, rule->name), rule->place};
}

size_t
policy_parts(const struct policy *policy)
{
    return policy->part_count;
}

struct policy_part
policy_part(const struct policy *policy, struct arena *arena, size_t number)
{
    const struct expr *expr = policy->parts[number - 1];

    return (struct policy_part){print_expr_text(arena, expr), expr->place};
}
