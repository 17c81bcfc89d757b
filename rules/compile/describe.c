/* `check -v` and `check --mta`: what each rule reads, when it can decide, and what an MTA never
 * sends. */
#include "language/print.h"
#include "plan.h"

struct description {
    FILE *to;
    struct arena *arena;
    struct map *seen;
    const char *separator;
    unsigned never; /* the flag of facts that an MTA never sends */
    bool found;
};

/* A fact of the condition or of a text, once. */
static bool
is_new_fact(struct description *description, const struct operand *operand, const char **text_r)
{
    *text_r = print_operand_text(description->arena, operand);
    return operand->meaning == MEANS_FACT &&
           map_add(description->seen, slice_of(*text_r), description);
}

static void
describe_operand(void *context, const struct operand *operand)
{
    struct description *description = context;
    const char *text;

    if (!is_new_fact(description, operand, &text))
        return;
    if (operand->fact->flags & FACT_ANY_STAGE)
        fprintf(description->to, "%s%s", description->separator, text);
    else
        fprintf(description->to, "%s%s (%s)", description->separator, text,
                stage_name(operand->fact->stage == STAGE_UNKNOWN ? STAGE_UNKNOWN : operand->stage));
    description->separator = ", ";
}

static void
describe_actions(const struct rule *rule, FILE *to)
{
    const char *separator = "";

    for (const struct action *action = rule->actions; action; action = action->next) {
        fprintf(to, "%s%s", separator, action_name(action->kind));
        separator = ", ";
    }
}

static void
describe_rule(struct description *description, const struct policy *policy, const struct rule *rule)
{
    enum stage earliest = settings_earliest_verdict(&policy->settings);
    enum stage certain = rule->needs > earliest ? rule->needs : earliest;

    fprintf(description->to, "rule %.*s%s (%s)\n    ", (int)rule->name.len, rule->name.at,
            rule->audit ? " audit" : "", diagnostics_place_text(description->arena, rule->place));
    describe_actions(rule, description->to);
    fprintf(description->to, "; certain at %s%s%s\n", stage_name(certain),
            rule->reads_recipient ? ", for each recipient" : "",
            rule->reads_command ? ", and at an unknown command" : "");
    description->seen = map_new(description->arena);
    description->separator = "    reads ";
    plan_visit_rule(rule, describe_operand, description);
    if (strcmp(description->separator, ", ") == 0)
        putc('\n', description->to);
}

void
policy_describe(const struct policy *policy, FILE *to)
{
    struct description description = {.to = to, .arena = arena_new(SIZE_MAX)};

    for (const struct statement *s = policy->tree.first; s; s = s->next) {
        if (s->kind != STATEMENT_RULE)
            continue;
        if (plan_rule_is_off(&s->rule))
            fprintf(to, "rule %.*s: %s\n", (int)s->rule.name.len, s->rule.name.at,
                    s->rule.disabled ? "disabled" : "switched off");
        else
            describe_rule(&description, policy, &s->rule);
    }
    arena_free(&description.arena);
}

static bool
is_never_sent(const struct operand *operand, unsigned never)
{
    if (slice_equal(slice_of(operand->fact->name), SLICE("macro")))
        return never == FACT_NEVER_POSTFIX && fact_macro_is_sendmails(operand->fact_index);
    return operand->fact->flags & never;
}

static void
describe_missing(void *context, const struct operand *operand)
{
    struct description *description = context;
    const char *text;

    if (!is_new_fact(description, operand, &text) || !is_never_sent(operand, description->never))
        return;
    fprintf(description->to, "%s%s", description->separator, text);
    description->separator = ", ";
    description->found = true;
}

void
policy_describe_mta(const struct policy *policy, enum mta mta, FILE *to)
{
    struct description description = {.to = to, .arena = arena_new(SIZE_MAX)};
    const char *name = mta == MTA_POSTFIX ? "Postfix" : "Sendmail";
    bool found = false;

    description.never = mta == MTA_POSTFIX ? FACT_NEVER_POSTFIX : FACT_NEVER_SENDMAIL;
    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct rule *rule = policy->rules[i];

        description.seen = map_new(description.arena);
        description.found = false;
        description.separator =
            arena_printf(description.arena, "%s: rule %.*s reads what %s never sends: ",
                         diagnostics_place_text(description.arena, rule->place),
                         (int)rule->name.len, rule->name.at, name);
        plan_visit_rule(rule, describe_missing, &description);
        if (description.found)
            putc('\n', to);
        found |= description.found;
    }
    if (!found)
        fprintf(to, "no rule reads what %s never sends\n", name);
    arena_free(&description.arena);
}
