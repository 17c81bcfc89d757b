/* Random policies as text: in the language itself, so that the whole road from the lexer on is
 * walked; and random transactions, for whoever reads a failure. */
#include "walk_model.h"

static void
print_operand(FILE *to, const struct model_operand *operand)
{
    const char *fact = model_facts[operand->fact].text;

    switch (operand->form) {
    case FORM_FACT:
        fputs(fact, to);
        break;
    case FORM_ALIAS:
        fprintf(to, "alias-%u", operand->fact);
        break;
    case FORM_COUNT:
        fprintf(to, "count[%s]", fact);
        break;
    case FORM_LOOKUP:
        fprintf(to, "t%u[%s]", operand->table, fact);
        break;
    case FORM_BOUND:
        fprintf(to, "b%u", operand->depth);
        break;
    case FORM_BOUND_LOOKUP:
        fprintf(to, "t%u[b%u]", operand->table, operand->depth);
        break;
    }
    if (operand->otherwise)
        fprintf(to, " else \"%s\"", operand->otherwise);
}

/* Items of these forms stand bare between braces; all others are texts. */
static bool
is_bare(const char *item)
{
    return strpbrk(item, "@./") != NULL;
}

static void
print_items(FILE *to, const struct model_expr *test)
{
    fputs("{ ", to);
    for (unsigned i = 0; i < test->items; i++)
        fprintf(to, is_bare(test->item[i]) ? "%s%s" : "%s\"%s\"", i ? ", " : "", test->item[i]);
    fputs(" }", to);
}

static void
print_test(FILE *to, const struct model_expr *test)
{
    static const char *const quantifier[] = {"", "any ", "every "};
    static const char *const relation[] = {
        "",     " == ", " != ",     " < ",  " > ",  " in ", " not in ", " ~ ",
        " !~ ", " in ", " not in ", " == ", " != ", " in ", " not in ",
    };

    if (test->relation == HAS_WORD || test->relation == HAS_NOT_WORD) {
        fprintf(to, "\"%s\"%s", test->item[0], relation[test->relation]);
        print_operand(to, &test->operand);
        return;
    }
    fputs(quantifier[test->quantifier], to);
    print_operand(to, &test->operand);
    fputs(relation[test->relation], to);
    if (test->relation == IS_LESS || test->relation == IS_GREATER)
        fprintf(to, "%u%s", test->number, test->unit);
    else if (test->relation == IS_EQUAL || test->relation == IS_NOT_EQUAL)
        fprintf(to, "\"%s\"", test->item[0]);
    else if (test->relation == IS_MATCH || test->relation == IS_NO_MATCH)
        fprintf(to, "/%s/", test->item[0]);
    else if (test->relation == IS_IN_TABLE || test->relation == IS_NOT_IN_TABLE)
        fprintf(to, "t%u", test->table);
    else if (test->relation == IS_SAME || test->relation == IS_NOT_SAME)
        fputs(model_facts[test->other].text, to);
    else if (test->relation != IS_THERE)
        print_items(to, test);
}

/* How tightly it holds together: parentheses stand only where the language needs them. */
static unsigned
tightness(const struct model_expr *expr)
{
    static const unsigned tight[] = {
        [MODEL_OR] = 1,   [MODEL_AND] = 2,  [MODEL_NOT] = 3,
        [MODEL_TEST] = 4, [MODEL_BIND] = 0, [MODEL_LET] = 4,
    };

    return tight[expr->kind];
}

static void
print_expr(FILE *to, const struct model_expr *expr, unsigned around)
{
    bool loose = tightness(expr) < around;

    fputs(loose ? "(" : "", to);
    if (expr->kind == MODEL_TEST) {
        print_test(to, expr);
    } else if (expr->kind == MODEL_LET) {
        fprintf(to, "l%u", expr->let);
    } else if (expr->kind == MODEL_NOT) {
        fputs("not ", to);
        print_expr(to, expr->child[0], tightness(expr));
    } else if (expr->kind == MODEL_BIND) {
        fprintf(to, "%s %s as b%u: ", expr->quantifier == ANY ? "any" : "every",
                model_facts[expr->operand.fact].text, expr->operand.depth);
        print_expr(to, expr->child[0], 0);
    } else {
        for (unsigned i = 0; i < expr->children; i++) {
            fputs(i == 0 ? "" : expr->kind == MODEL_OR ? " or " : " and ", to);
            print_expr(to, expr->child[i], tightness(expr) + 1);
        }
    }
    fputs(loose ? ")" : "", to);
}

static void
print_text(FILE *to, const struct model_text *text)
{
    const struct model_operand *operand = &text->operand;

    fprintf(to, " \"%s", text->before);
    if (text->reads && operand->form == FORM_LOOKUP)
        fprintf(to, "{t%u[%s]}", operand->table, model_facts[operand->fact].braced);
    else if (text->reads)
        fprintf(to, "{%s}", model_facts[operand->fact].braced);
    fputc('"', to);
}

static void
print_action(FILE *to, const struct model_action *action)
{
    static const char *const word[ACTIONS] = {
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

    fprintf(to, "    %s", word[action->kind]);
    if (action->kind == ACTION_DOWNGRADE)
        fprintf(to, " %s", action->name);
    else if (action->name)
        fprintf(to, " \"%s\"", action->name);
    if (action->text.before)
        print_text(to, &action->text);
    fputc('\n', to);
}

static void
print_rule(FILE *to, const struct model_rule *rule)
{
    fprintf(to, "rule %s%s", rule->name, rule->audit ? " audit" : "");
    if (rule->has_at)
        fprintf(to, " at %s", stage_name(rule->at));
    fputc('\n', to);
    if (rule->condition) {
        fputs("    if ", to);
        print_expr(to, rule->condition, 0);
        fputc('\n', to);
    }
    for (unsigned i = 0; i < rule->actions; i++)
        print_action(to, &rule->action[i]);
    if (rule->disabled)
        fprintf(to, "disable %s\n", rule->name);
}

void
model_print_policy(FILE *to, const struct model_policy *policy)
{
    fprintf(to, "set earliest-verdict %s\n", stage_name(policy->earliest));
    if (policy->audit)
        fputs("set mode audit\n", to);
    else if (policy->soft)
        fputs("set mode soft\n", to);
    fputs("set max-message-steps 1000000000000000\n", to); /* as good as no bound */
    fputs("table t0 = \"none:\"\n"
          "table t1 = \"none:\" on-error not-found\n",
          to);
    for (unsigned i = 0; i < MODEL_FACTS; i++)
        fprintf(to, "let alias-%u = %s\n", i, model_facts[i].text);
    for (unsigned i = 0; i < policy->lets; i++) {
        fprintf(to, "let l%u = ", i);
        print_expr(to, policy->let[i], 0);
        fputc('\n', to);
    }
    for (unsigned i = 0; i < policy->rules; i++)
        print_rule(to, &policy->rule[i]);
}

static void
print_list(FILE *to, const char *what, const char *const *item, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        fprintf(to, "    %s %s\n", what, item[i]);
}

void
model_print_mail(FILE *to, const struct model_mail *mail)
{
    fprintf(to, "    client %s, helo %s, sender <%s>, SIZE %s, %s body\n",
            mail->client_ip ? mail->client_ip : "without address", mail->helo ? mail->helo : "none",
            mail->sender, mail->size ? mail->size : "none", mail->large ? "large" : "small");
    print_list(to, "rcpt", mail->recipient, mail->recipients);
    print_list(to, "X-A:", mail->header_a, mail->headers_a);
    print_list(to, "X-B:", mail->header_b, mail->headers_b);
    print_list(to, "From:", mail->from, mail->froms);
    print_list(to, "body:", mail->body, mail->lines);
    for (unsigned i = 0; i < mail->entries; i++)
        fprintf(to, "    t%u %s -> %s\n", mail->entry[i].table, mail->entry[i].key,
                mail->entry[i].value ? mail->entry[i].value : "error");
}
