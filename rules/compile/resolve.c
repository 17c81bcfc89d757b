/* Goes through conditions and texts, with the names that `as` binds on the way, and has every
 * operand resolved. */
#include "resolve_inside.h"

#include "value_words.h"
#include "values/list.h"

static void
resolve_test(struct resolver *resolver, struct expr *expr)
{
    struct policy *policy = resolver->policy;

    resolve_operand(resolver, expr->operand);
    expr->scope = expr->operand->scope;
    if (expr->right) {
        resolve_operand(resolver, expr->right);
        expr->scope |= expr->right->scope;
    }
    if (expr->right_is_items)
        expr->list = list_build(policy->arena, expr->items, false,
                                settings_local_case(&policy->settings), resolver->diagnostics);
    else if (expr->right && expr->right->meaning == MEANS_LIST)
        expr->list = expr->right->list->list;
    if (expr->list && words_drop_dot(expr->operand))
        expr->list = list_without_dots(policy->arena, expr->list);
}

static void
resolve_bind(struct resolver *resolver, struct expr *expr)
{
    struct binding binding = {expr, resolver->bindings};

    resolve_operand(resolver, expr->operand);
    expr->bound_type = expr->operand->type;
    resolver->bindings = &binding;
    resolve_expr(resolver, expr->child);
    resolver->bindings = binding.outer;
    expr->scope = expr->operand->scope | expr->child->scope;
    if (binding.outer == NULL)
        expr->scope &= ~(unsigned)SCOPE_BINDING;
}

/* How large and how deep a condition is, with the lets that it is made from. */
static void
measure(struct resolver *resolver, struct expr *expr)
{
    const struct expr *let = expr->operand ? expr->operand->let : NULL;

    expr->tests = let ? let->tests : expr->kind == EXPR_TEST ? 1 : 0;
    expr->lets = let ? let->lets + 1 : 0;
    for (const struct expr *child = expr->child; child; child = child->next) {
        expr->tests += child->tests;
        if (child->lets > expr->lets)
            expr->lets = child->lets;
    }
    if (expr->tests > MAX_TESTS)
        diagnostics_error(resolver->diagnostics, expr->place,
                          "this condition is made from more than %d tests", MAX_TESTS);
}

void
resolve_expr(struct resolver *resolver, struct expr *expr)
{
    if (expr->kind == EXPR_TEST) {
        resolve_test(resolver, expr);
    } else if (expr->kind == EXPR_BIND) {
        resolve_bind(resolver, expr);
    } else {
        for (struct expr *child = expr->child; child; child = child->next) {
            resolve_expr(resolver, child);
            expr->scope |= child->scope;
        }
    }
    measure(resolver, expr);
    if (!(expr->scope & SCOPE_BINDING))
        expr->node = resolver->policy->nodes[expr->scope & SCOPE_RECIPIENT]++;
}

/* Every name that `as` bound in the condition may stand in the texts, for the first item that held.
 */
static const struct binding *
all_bindings(struct arena *arena, const struct expr *expr, const struct binding *outer)
{
    if (expr->kind == EXPR_BIND) {
        struct binding *binding = ARENA_NEW(arena, struct binding);

        *binding = (struct binding){expr, outer};
        outer = binding;
    }
    for (const struct expr *child = expr->child; child; child = child->next)
        outer = all_bindings(arena, child, outer);
    return outer;
}

static void
resolve_text(struct resolver *resolver, struct text *text)
{
    for (; text; text = text->next)
        for (struct text_piece *piece = text->pieces; piece; piece = piece->next)
            if (piece->operand)
                resolve_operand(resolver, piece->operand);
}

static void
resolve_rule(struct resolver *resolver, struct rule *rule)
{
    resolver->rule_stage = rule->has_at ? rule->at : STAGE_CONNECT;
    if (rule->condition) {
        resolve_expr(resolver, rule->condition);
        resolver->bindings = all_bindings(resolver->policy->arena, rule->condition, NULL);
    }
    for (struct action *action = rule->actions; action; action = action->next) {
        resolve_text(resolver, action->text);
        resolve_text(resolver, action->value);
    }
    resolver->bindings = NULL;
}

void
resolve_policy(struct policy *policy, struct diagnostics *diagnostics)
{
    struct resolver resolver = {.policy = policy, .diagnostics = diagnostics};

    policy->names = map_new(policy->arena);
    resolver.slots = map_new(policy->arena);
    for (size_t i = 0; i < 2; i++)
        policy->slots[i] = policy->nodes[i] = 1;
    declare_names(&resolver);
    declare_names_statements(&resolver);
    for (struct statement *s = policy->tree.first; s; s = s->next)
        if (s->kind == STATEMENT_LET && !s->overridden && !s->let.resolved) {
            bool used = s->let.used;

            resolve_let(&resolver, &s->let, s->place);
            s->let.used = used;
        }
    for (struct statement *s = policy->tree.first; s; s = s->next)
        if (s->kind == STATEMENT_RULE)
            resolve_rule(&resolver, &s->rule);
}
