/* The laws of actions: what may stand together in one rule, what its texts may say, and replies
 * that are valid SMTP. */
#include "language/print.h"
#include "mail/header.h"
#include "mail/reply.h"
#include "plan.h"
#include "values/regex.h"

struct checker {
    struct policy *policy;
    struct diagnostics *diagnostics;
    const struct rule *rule;
    const struct action *action;
};

static bool
is_refusal(enum verdict verdict)
{
    return verdict == VERDICT_REJECT || verdict == VERDICT_TEMPFAIL || verdict == VERDICT_DISCARD;
}

static void
check_company(struct checker *checker)
{
    const struct rule *rule = checker->rule;
    const struct action *action = checker->action;
    const struct action_row *row = action_row(action->kind);

    if (ending_verdict(row->ending) != VERDICT_NONE && action != rule->verdict_action)
        diagnostics_error(checker->diagnostics, action->place,
                          "rule %.*s has a verdict already: %s; a rule has one at most",
                          (int)rule->name.len, rule->name.at, verdict_name(rule->verdict));
    if (row->changes && is_refusal(rule->verdict))
        diagnostics_error(checker->diagnostics, action->place,
                          "%s beside %s: a message that isn't accepted isn't changed",
                          action_name(action->kind), verdict_name(rule->verdict));
    if (row->ending == ENDING_REMOVE && !rule->reads_recipient)
        diagnostics_error(
            checker->diagnostics, action->place,
            "remove-recipient in a rule that reads no recipient would remove them all; "
            "say which one: if rcpt == \"...\"");
}

/* Where the policy gives one code, the other goes with it. */
static void
check_codes(struct checker *checker)
{
    const struct action *action = checker->action;
    char class = action->kind == ACTION_REJECT ? '5' : '4';

    if (action->code && (!reply_code_is_valid(action->code) || action->code / 100 != class - '0'))
        diagnostics_error(checker->diagnostics, action->code_place,
                          "%lld is no reply code for %s; it takes %c00 to %c99%s",
                          (long long)action->code, action_name(action->kind), class, class,
                          action->code == 421 ? ", but not 421, which ends the connection" : "");
    if (action->enhanced.len == 0)
        return;
    if (!reply_enhanced_is_valid(action->enhanced))
        diagnostics_error(checker->diagnostics, action->enhanced_place,
                          "\"%.*s\" is no enhanced status code such as %c.7.1",
                          (int)action->enhanced.len, action->enhanced.at, class);
    else if (action->enhanced.at[0] != class)
        diagnostics_error(checker->diagnostics, action->enhanced_place,
                          "the class of %.*s is not that of %s; it must begin with %c",
                          (int)action->enhanced.len, action->enhanced.at, action_name(action->kind),
                          class);
}

static void
check_lines(struct checker *checker)
{
    size_t lines = 0;

    for (const struct text *text = checker->action->text; text; text = text->next)
        if (++lines == REPLY_MAX_LINES + 1)
            diagnostics_error(checker->diagnostics, text->place, "a reply has at most %d lines",
                              REPLY_MAX_LINES);
}

static bool
text_is_literal(const struct text *text)
{
    for (const struct text_piece *piece = text->pieces; piece; piece = piece->next)
        if (piece->operand)
            return false;
    return true;
}

static void
check_header_name(struct checker *checker)
{
    const struct text *name = checker->action->text;

    if (!text_is_literal(name) || !header_name_is_valid(name->written))
        diagnostics_error(
            checker->diagnostics, name->place,
            "\"%.*s\" is no name of a header field: printable ASCII without colon or {fact}",
            (int)name->written.len, name->written.at);
    else if (checker->action->forged &&
             !slice_equal_nocase(name->written, SLICE("Authentication-Results")))
        diagnostics_error(checker->diagnostics, name->place,
                          "only of the fields Authentication-Results is known which are forged");
    else if (checker->action->kind != ACTION_ADD_HEADER &&
             slice_find(name->written, '*') < name->written.len)
        diagnostics_error(checker->diagnostics, name->place,
                          "no field is named \"%.*s\": \"*\" stands for no other letters here; "
                          "write the whole name of each field",
                          (int)name->written.len, name->written.at);
}

/* Only what has no fact in it can be judged now. */
static void
check_address(struct checker *checker)
{
    const struct text *text = checker->action->text;
    struct address address;

    if (!text_is_literal(text))
        return;
    if (checker->action->kind == ACTION_SET_SENDER)
        address_parse_reverse_path(checker->policy->arena, text->written, &address);
    else
        address_parse_forward_path(checker->policy->arena, text->written, &address);
    if (address.defect != ADDRESS_FINE && address.defect != ADDRESS_NO_BRACKETS)
        diagnostics_error(checker->diagnostics, text->place, "\"%.*s\" is no address: %s",
                          (int)text->written.len, text->written.at,
                          address_defect_text(address.defect));
}

static bool
is_below_not(const struct expr *expr, const struct expr *searched, bool negated)
{
    negated |= expr->kind == EXPR_NOT;
    if (expr == searched)
        return negated;
    for (const struct expr *child = expr->child; child; child = child->next)
        if (is_below_not(child, searched, negated))
            return true;
    return false;
}

static void
check_capture(struct checker *checker, const struct operand *operand)
{
    const struct expr *test = checker->rule->capture;

    if (test == NULL)
        diagnostics_error(checker->diagnostics, operand->place,
                          "{%lld} needs a rule with exactly one regular expression, not under not",
                          (long long)operand->number);
    else if (test->pattern.regex && operand->number > regex_groups(test->pattern.regex))
        diagnostics_error(
            checker->diagnostics, operand->place,
            "{%lld} is always empty, since the regular expression of this rule has no "
            "such group",
            (long long)operand->number);
}

static void
check_bound(struct checker *checker, const struct operand *operand)
{
    if (operand->binder->quantifier == QUANTIFIER_EVERY ||
        is_below_not(checker->rule->condition, operand->binder, false))
        diagnostics_error(checker->diagnostics, operand->place,
                          "{%s} is bound by every, or under not, and so means none of the items",
                          print_operand_text(checker->policy->arena, operand));
}

static bool
reads_recipient(const struct checker *checker, const struct operand *operand)
{
    if (operand->kind == OPERAND_CAPTURE)
        return checker->rule->capture && checker->rule->capture->scope & SCOPE_RECIPIENT;
    return operand->scope & SCOPE_RECIPIENT;
}

static void
check_text_operand(void *context, const struct operand *operand)
{
    struct checker *checker = context;

    if (operand->kind == OPERAND_CAPTURE)
        check_capture(checker, operand);
    else if (operand->kind == OPERAND_NAME && operand->meaning == MEANS_BOUND)
        check_bound(checker, operand);
    else if (operand->meaning == MEANS_TABLE || operand->meaning == MEANS_LET)
        diagnostics_error(checker->diagnostics, operand->place, "{%s} has no text of its own",
                          print_operand_text(checker->policy->arena, operand));
    if (action_row(checker->action->kind)->seen_by_all && reads_recipient(checker, operand))
        diagnostics_error(checker->diagnostics, operand->place,
                          "%s may not read {%s}: one recipient would be told of another",
                          action_name(checker->action->kind),
                          print_operand_text(checker->policy->arena, operand));
}

static bool
holds(struct slice s, struct slice searched)
{
    return s.len >= searched.len && memmem(s.at, s.len, searched.at, searched.len);
}

/* Behind the first "; rule=" a line of the log says who refused whom: no text may hold one. */
static void
check_log_separator(struct checker *checker, const struct text *text)
{
    for (; text; text = text->next)
        for (const struct text_piece *piece = text->pieces; piece; piece = piece->next)
            if (piece->operand == NULL && holds(piece->literal, SLICE("; rule=")))
                diagnostics_error(checker->diagnostics, text->place,
                                  "\"; rule=\" ends the text in a line of the log; write the text "
                                  "in another way");
}

static void
check_action(struct checker *checker)
{
    check_company(checker);
    check_log_separator(checker, checker->action->text);
    check_log_separator(checker, checker->action->value);
    plan_visit_action(checker->action, check_text_operand, checker);
    switch (checker->action->kind) {
    case ACTION_REJECT:
    case ACTION_TEMPFAIL:
        check_codes(checker);
        check_lines(checker);
        break;
    case ACTION_ADD_HEADER:
    case ACTION_REPLACE_HEADER:
    case ACTION_REMOVE_HEADER:
        check_header_name(checker);
        break;
    case ACTION_SET_SENDER:
    case ACTION_ADD_RECIPIENT:
        check_address(checker);
        break;
    case ACTION_ACCEPT:
    case ACTION_DISCARD:
    case ACTION_QUARANTINE:
    case ACTION_LOG:
    case ACTION_REMOVE_RECIPIENT:
    case ACTION_DOWNGRADE:
    case ACTIONS:
        break;
    }
}

/* A macro of which nobody knows when it comes. */
static void
check_operand(void *context, const struct operand *operand)
{
    struct checker *checker = context;
    enum stage stage;

    if (operand->meaning == MEANS_FACT &&
        slice_equal(slice_of(operand->fact->name), SLICE("macro")) &&
        !fact_macro_stage(operand->fact_index, &stage) && !checker->rule->has_at)
        diagnostics_error(checker->diagnostics, operand->place,
                          "nobody knows at which stage an MTA sends %.*s; say it: at STAGE",
                          (int)operand->fact_index.len, operand->fact_index.at);
}

void
check_actions(struct policy *policy, struct diagnostics *diagnostics)
{
    for (struct statement *s = policy->tree.first; s; s = s->next) {
        struct checker checker = {policy, diagnostics, &s->rule, NULL};

        if (s->kind != STATEMENT_RULE)
            continue;
        plan_visit_rule(&s->rule, check_operand, &checker);
        if (s->rule.has_at && s->rule.at == STAGE_UNKNOWN && !s->rule.reads_command)
            diagnostics_error(
                diagnostics, s->rule.place,
                "at unknown only rules that read command are asked, and rule %.*s doesn't",
                (int)s->rule.name.len, s->rule.name.at);
        for (checker.action = s->rule.actions; checker.action;
             checker.action = checker.action->next)
            check_action(&checker);
    }
}
