/* What a policy says and can't mean: facts whose absence was forgotten, rules that are never
 * reached or come late, names that nothing reads. */
#include "language/operand.h"
#include "language/print.h"
#include "language/source.h"
#include "check_inside.h"

struct warner {
    struct policy *policy;
    struct diagnostics *diagnostics;
};

/* The chains of `and` and `or` that a test stands in, innermost first. */
struct around {
    const struct expr *chain;
    const struct around *outer;
};

static bool
is_negative(enum relation relation)
{
    return relation == RELATION_NOT_EQUAL || relation == RELATION_NOT_IN ||
           relation == RELATION_NOT_MATCHES;
}

static bool
is_ordering(enum relation relation)
{
    return relation >= RELATION_LESS && relation <= RELATION_GREATER_EQUAL;
}

static bool
same_text(struct warner *warner, const struct operand *a, const struct operand *b)
{
    return strcmp(print_operand_text(warner->policy->arena, a),
                  print_operand_text(warner->policy->arena, b)) == 0;
}

/* Whether a fact is there is shown by itself; by the fact that the catalogue names for it; by what
 * it is a part of; and for parts of a sender, by .null. */
static bool
shows_presence(struct warner *warner, const struct operand *test, const struct operand *fact)
{
    test = operand_named(test);
    if (test->meaning != MEANS_FACT)
        return false;
    if (same_text(warner, test, fact))
        return true;
    if (fact->fact->presence && test->part_count == 0 &&
        strcmp(test->fact->name, fact->fact->presence) == 0)
        return true;
    if (test->fact != fact->fact || !slice_equal(test->fact_index, fact->fact_index))
        return false;
    if (test->part_count == 1 && strcmp(test->part[0]->name, "null") == 0)
        return true;
    return test->part_count == 0 && fact->part_count > 0 && fact->fact->flags & FACT_MAY_BE_ABSENT;
}

static bool
tests_presence(struct warner *warner, const struct expr *expr, const struct operand *fact)
{
    if (expr->kind == EXPR_BIND)
        return false;
    if (expr->kind == EXPR_TEST && expr->operand->meaning == MEANS_LET)
        return tests_presence(warner, expr->operand->let, fact);
    if (expr->kind == EXPR_TEST)
        return !is_negative(expr->relation) && !is_ordering(expr->relation) &&
               (shows_presence(warner, expr->operand, fact) ||
                (expr->relation == RELATION_EQUAL && shows_presence(warner, expr->right, fact)));
    for (const struct expr *child = expr->child; child; child = child->next)
        if (tests_presence(warner, child, fact))
            return true;
    return false;
}

static bool
is_guarded(struct warner *warner, const struct around *around, const struct expr *self,
           const struct operand *fact)
{
    for (; around; self = around->chain, around = around->outer)
        for (const struct expr *child = around->chain->child; child; child = child->next)
            if (child != self && tests_presence(warner, child, fact))
                return true;
    return false;
}

static const struct operand *
absent_fact(const struct operand *operand)
{
    operand = operand ? operand_named(operand) : NULL;
    while (operand && operand->meaning == MEANS_ELSE)
        operand = operand_named(operand->index->next);
    if (operand && operand->meaning == MEANS_FACT && operand->may_be_absent && !operand->many)
        return operand;
    return NULL;
}

static const char *
words_to_add(struct warner *warner, const struct operand *fact)
{
    if (fact->part_count == 0 && fact->fact->presence)
        return fact->fact->presence;
    return print_operand_text(warner->policy->arena, fact);
}

static void
warn_of_absence(struct warner *warner, const struct expr *test, const struct operand *operand,
                bool negated, const struct around *around)
{
    const struct operand *fact = absent_fact(operand);
    bool holds = is_negative(test->relation) != negated;
    const char *name;

    if (fact == NULL || (!holds && !is_ordering(test->relation)) ||
        is_guarded(warner, around, test, fact))
        return;
    name = print_operand_text(warner->policy->arena, fact);
    if (holds)
        diagnostics_warning(
            warner->diagnostics, operand->place,
            "%s may be absent, and then this holds; if that isn't meant, add: %s and", name,
            words_to_add(warner, fact));
    else
        diagnostics_warning(
            warner->diagnostics, operand->place,
            "%s may be absent, and then this doesn't hold; if that isn't meant, add: "
            "not %s or",
            name, words_to_add(warner, fact));
}

static void
warn_in_test(struct warner *warner, const struct expr *expr, bool negated,
             const struct around *around)
{
    check_table_keys(warner->policy, warner->diagnostics, expr);
    if (expr->relation == RELATION_NONE || expr->quantifier != QUANTIFIER_NONE)
        return;
    warn_of_absence(warner, expr, expr->operand, negated, around);
    if (expr->right && expr->relation != RELATION_IN && expr->relation != RELATION_NOT_IN)
        warn_of_absence(warner, expr, expr->right, negated, around);
}

static void
warn_in_expr(struct warner *warner, const struct expr *expr, bool negated,
             const struct around *around)
{
    struct around here = {expr, around};
    bool chain = expr->kind == EXPR_AND || expr->kind == EXPR_OR;

    if (expr->kind == EXPR_TEST)
        warn_in_test(warner, expr, negated, around);
    for (const struct expr *child = expr->child; child; child = child->next)
        warn_in_expr(warner, child, negated != (expr->kind == EXPR_NOT), chain ? &here : around);
}

static bool
can_decide(const struct rule *rule)
{
    return rule->verdict != VERDICT_NONE && !rule->audit;
}

static enum stage
spoken_at(const struct policy *policy, const struct rule *rule)
{
    enum stage earliest = settings_earliest_verdict(&policy->settings);

    return rule->needs > earliest ? rule->needs : earliest;
}

/* At RCPT an open reject holds back no tempfail. */
static enum stage
held_until(const struct policy *policy, const struct rule *rule, const struct rule *holder)
{
    enum stage until = spoken_at(policy, holder);

    if (rule->verdict == VERDICT_TEMPFAIL && holder->verdict == VERDICT_REJECT &&
        spoken_at(policy, rule) <= STAGE_RCPT && until > STAGE_RCPT)
        return STAGE_RCPT;
    return until;
}

static const struct rule *
first_holder(const struct policy *policy, const struct rule *rule,
             const struct rule *const first[VERDICTS][STAGES])
{
    const struct rule *holder = NULL;
    enum stage stage = spoken_at(policy, rule);

    for (int v = VERDICT_ACCEPT; v < VERDICTS; v++)
        for (int s = stage + 1; s < STAGES; s++)
            if (v != (int)rule->verdict && first[v][s] &&
                held_until(policy, rule, first[v][s]) > stage &&
                (holder == NULL || first[v][s]->number < holder->number))
                holder = first[v][s];
    return holder;
}

static const char *
cure(struct warner *warner, const struct rule *rule, const struct rule *holder)
{
    if (source_is_below(holder->place.source, rule->place.source))
        return arena_printf(warner->policy->arena, "put it before the include of %s",
                            holder->place.source->name);
    return arena_printf(warner->policy->arena, "put it before rule %.*s", (int)holder->name.len,
                        holder->name.at);
}

static void
warn_of_late_verdict(struct warner *warner, const struct rule *rule, const struct rule *holder)
{
    const struct policy *policy = warner->policy;
    enum stage stage = spoken_at(policy, rule), until = held_until(policy, rule, holder);
    bool for_all = stage <= STAGE_RCPT && until > STAGE_RCPT && rule->verdict != VERDICT_DISCARD;

    diagnostics_warning(
        warner->diagnostics, rule->place,
        "%s by rule %.*s could come at %s, but may have to wait until %s for rule %.*s, whose %s "
        "stands before it%s; if that isn't meant, %s",
        verdict_name(rule->verdict), (int)rule->name.len, rule->name.at, stage_name(stage),
        stage_name(until), (int)holder->name.len, holder->name.at, verdict_name(holder->verdict),
        for_all ? ", and is then for all recipients of the message" : "",
        cure(warner, rule, holder));
}

/* An accept waits for whatever is before it, and nobody sees it wait: that is no surprise. */
static void
warn_of_late_verdicts(struct warner *warner)
{
    const struct policy *policy = warner->policy;
    const struct rule *first[VERDICTS][STAGES] = {{NULL}};

    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct rule *rule = policy->rules[i], *holder;
        enum stage stage = spoken_at(policy, rule);

        if (!can_decide(rule))
            continue;
        holder = rule->verdict == VERDICT_ACCEPT
                     ? NULL
                     : first_holder(policy, rule, (const struct rule *const(*)[STAGES])first);
        if (holder)
            warn_of_late_verdict(warner, rule, holder);
        if (first[rule->verdict][stage] == NULL)
            first[rule->verdict][stage] = rule;
    }
}

/* What a condition reads, and whether that may be otherwise when the message is sent once more. */
struct again {
    bool reads;
    bool may_change;
};

/* Fields that mail systems and filters write on the way, for each try anew. */
static bool
is_of_the_way(struct slice field)
{
    static const char *const names[] = {"X-", "Received", "ARC-", "Authentication-Results"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (slice_starts_nocase(field, slice_of(names[i])))
            return true;
    return false;
}

static void
note_change(void *context, const struct operand *operand)
{
    struct again *again = context;

    if (operand->meaning == MEANS_TABLE || operand->meaning == MEANS_LOOKUP)
        again->may_change = true;
    if (operand->meaning == MEANS_LIST)
        again->may_change |= operand->list->from_file;
    if (operand->meaning != MEANS_FACT)
        return;
    again->reads = true;
    again->may_change |= !(operand->fact->flags & FACT_STAYS) || is_of_the_way(operand->fact_index);
}

/* A rule without condition, or behind a switch alone, is somebody's who will take it out again. */
static void
warn_of_vain_tempfails(struct warner *warner)
{
    for (size_t i = 0; i < warner->policy->rule_count; i++) {
        const struct rule *rule = warner->policy->rules[i];
        struct again again = {false, false};

        if (!can_decide(rule) || rule->verdict != VERDICT_TEMPFAIL || rule->condition == NULL)
            continue;
        plan_visit_expr(rule->condition, note_change, &again);
        if (again.reads && !again.may_change)
            diagnostics_warning(warner->diagnostics, rule->verdict_action->place,
                                "all that rule %.*s reads is the same when the client tries again, "
                                "so the message is deferred each time; say reject",
                                (int)rule->name.len, rule->name.at);
    }
}

static bool
always_decides(const struct policy *policy, const struct rule *rule)
{
    return rule->verdict != VERDICT_NONE && !rule->audit && rule->condition == NULL &&
           rule->needs <= settings_earliest_verdict(&policy->settings);
}

static void
warn_of_unreachable(struct warner *warner)
{
    const struct policy *policy = warner->policy;
    const struct rule *last = NULL;

    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct rule *rule = policy->rules[i];

        if (last && !rule->reads_command)
            diagnostics_warning(
                warner->diagnostics, rule->place,
                "rule %.*s is never reached, since rule %.*s before it has no condition",
                (int)rule->name.len, rule->name.at, (int)last->name.len, last->name.at);
        else if (last == NULL && always_decides(policy, rule))
            last = rule;
    }
}

static void
warn_of_unused(struct warner *warner, const struct statement *s)
{
    const char *kind = s->kind == STATEMENT_LIST    ? "list"
                       : s->kind == STATEMENT_TABLE ? "table"
                                                    : "let";
    struct slice name = s->kind == STATEMENT_LIST    ? s->list.name
                        : s->kind == STATEMENT_TABLE ? s->table.name
                                                     : s->let.name;
    bool used = s->kind == STATEMENT_LIST    ? s->list.used
                : s->kind == STATEMENT_TABLE ? s->table.used
                                             : s->let.used;

    if (!used)
        diagnostics_warning(warner->diagnostics, s->place, "nothing reads the %s \"%.*s\"", kind,
                            (int)name.len, name.at);
}

static void
warn_of_empty_file(struct warner *warner, const struct list_statement *list)
{
    if (list->from_file && list->items == NULL)
        diagnostics_warning(warner->diagnostics, list->file_place,
                            "the list \"%.*s\" has no items here: nothing is in it",
                            (int)list->name.len, list->name.at);
}

static void
warn_in_statement(struct warner *warner, const struct statement *s)
{
    switch (s->kind) {
    case STATEMENT_TABLE:
        if (!s->overridden)
            check_table(warner->policy, warner->diagnostics, &s->table);
        if (!s->is_default)
            warn_of_unused(warner, s);
        break;
    case STATEMENT_LIST:
        if (!s->overridden)
            warn_of_empty_file(warner, &s->list);
        if (!s->is_default)
            warn_of_unused(warner, s);
        break;
    case STATEMENT_LET:
        if (!s->is_default)
            warn_of_unused(warner, s);
        if (!s->overridden)
            warn_in_expr(warner, s->let.expr, false, NULL);
        break;
    case STATEMENT_RULE:
        if (s->rule.condition && !s->rule.disabled)
            warn_in_expr(warner, s->rule.condition, false, NULL);
        break;
    case STATEMENT_SET:
    case STATEMENT_DISABLE:
    case STATEMENT_AUDIT:
    case STATEMENT_TEST:
        break;
    }
}

static void
note_results(void *context, const struct operand *operand)
{
    const struct operand **reads = context;

    if (*reads == NULL && operand->meaning == MEANS_FACT && operand->flags & FACT_HAS_RESULTS)
        *reads = operand;
}

/* What forged fields are is asked by rules for everybody, and left alone without a word. */
static void
warn_of_nobodys_results(struct warner *warner)
{
    const struct operand *reads = NULL;

    if (warner->policy->settings.value[SET_AUTHSERV_ID].text.len > 0)
        return;
    for (size_t i = 0; i < warner->policy->rule_count && reads == NULL; i++)
        plan_visit_rule(warner->policy->rules[i], note_results, &reads);
    if (reads)
        diagnostics_warning(warner->diagnostics, reads->place,
                            "auth-results finds nothing until the policy says whose fields count, "
                            "as in: set authserv-id \"mx.example.com\"");
}

void
check_warnings(struct policy *policy, struct diagnostics *diagnostics)
{
    struct warner warner = {policy, diagnostics};

    for (const struct statement *s = policy->tree.first; s; s = s->next)
        warn_in_statement(&warner, s);
    warn_of_late_verdicts(&warner);
    warn_of_vain_tempfails(&warner);
    warn_of_unreachable(&warner);
    warn_of_nobodys_results(&warner);
}
