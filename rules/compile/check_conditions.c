/* The laws of conditions: what may be compared with what, where many values want `any` or `every`,
 * and what each text of the policy is read as. */
#include "check_inside.h"
#include "language/operand.h"
#include "language/print.h"
#include "value_words.h"
#include "values/list.h"
#include "values/regex.h"

struct checker {
    struct policy *policy;
    struct diagnostics *diagnostics;
    struct list_reader *readers;
};

static const char *
text_of_operand(struct checker *checker, const struct operand *operand)
{
    return print_operand_text(checker->policy->arena, operand);
}

static bool
is_resolved(const struct operand *operand)
{
    return operand_is_literal(operand) || operand->meaning != MEANS_NOTHING;
}

static bool
is_many(const struct operand *operand)
{
    return operand->many || operand_is_words(operand);
}

static bool
has_value(const struct operand *operand)
{
    return operand->meaning != MEANS_LIST && operand->meaning != MEANS_TABLE &&
           operand->meaning != MEANS_LET;
}

static bool
has_text(enum value_type type)
{
    return type != TYPE_TRUTH && type != TYPE_NUMBER && type != TYPE_SIZE && type != TYPE_TIME;
}

/* A literal: the type it is read as comes from the other side. */
static const struct operand *
literal_text(const struct operand *operand)
{
    operand = operand_named(operand);
    return operand->kind == OPERAND_TEXT ? operand : NULL;
}

/* Reads a literal of the policy as the type of `other`; NULL, and an error, when it isn't one, or
 * can't be equal to it. */
static const struct value *
read_literal_as(struct checker *checker, const struct operand *operand, const struct operand *other)
{
    struct arena *arena = checker->policy->arena;
    enum value_type type = other->type;
    const struct operand *literal = literal_text(operand);
    struct slice text = words_without_dot(other, literal->text);
    const char *refusal;
    struct value *value = ARENA_NEW(arena, struct value);
    enum value_type as = type == TYPE_MAILBOX  ? TYPE_ADDRESS
                         : type == TYPE_ANSWER ? TYPE_WORD
                                               : type;

    if (!value_read(arena, as, text, settings_local_case(&checker->policy->settings), value)) {
        diagnostics_error(
            checker->diagnostics, operand->place, "%s is %s, and %s can't be read as one%s",
            text_of_operand(checker, other), value_type_name(type),
            text_of_operand(checker, literal), words_advice(arena, other, text, false));
        return NULL;
    }
    refusal = words_refusal(arena, other, text);
    if (refusal)
        diagnostics_error(checker->diagnostics, operand->place, "%s", refusal);
    return refusal ? NULL : value;
}

/* Without a type on the other side the form of a literal says what it is. */
static const struct value *
guess_literal(struct checker *checker, const struct operand *operand)
{
    static const enum value_type order[] = {TYPE_IP, TYPE_ADDRESS, TYPE_DOMAIN, TYPE_TEXT};
    const struct operand *literal = literal_text(operand);
    struct value *value = ARENA_NEW(checker->policy->arena, struct value);

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (order[i] == TYPE_DOMAIN && slice_find(literal->text, '.') == literal->text.len)
            continue;
        if (value_read(checker->policy->arena, order[i], literal->text,
                       settings_local_case(&checker->policy->settings), value))
            break;
    }
    return value;
}

static bool
right_can_be_compared(struct checker *checker, const struct expr *expr)
{
    const struct operand *right = expr->right;

    if (right->meaning == MEANS_LIST || right->meaning == MEANS_TABLE) {
        diagnostics_error(checker->diagnostics, right->place, "%s is a %s; say: %s in %s",
                          text_of_operand(checker, right),
                          right->meaning == MEANS_LIST ? "list" : "table",
                          text_of_operand(checker, expr->operand), text_of_operand(checker, right));
        return false;
    }
    if (right->meaning == MEANS_LET) {
        diagnostics_error(checker->diagnostics, right->place,
                          "%s is a condition, and can't be compared with anything",
                          text_of_operand(checker, right));
        return false;
    }
    if (right->many) {
        diagnostics_error(checker->diagnostics, right->place,
                          "%s has many values; put it to the left, behind any or every",
                          text_of_operand(checker, right));
        return false;
    }
    return true;
}

/* The words of a lookup take the type of what they are compared with, and so does the text that
 * stands for one where nothing is found. */
static void
check_else(struct checker *checker, const struct operand *operand, enum value_type type)
{
    const struct operand *last = operand;
    struct value value;

    while (last->meaning == MEANS_ELSE)
        last = last->index->next;
    last = last == operand ? NULL : literal_text(last);
    if (last && operand->type == TYPE_ANSWER && type != TYPE_ANSWER &&
        !value_read(checker->policy->arena, type, last->text, LOCAL_CASE_IGNORE, &value))
        diagnostics_error(checker->diagnostics, last->place,
                          "this is compared with %s, and %s can't be read as one",
                          value_type_name(type), text_of_operand(checker, last));
}

static void
check_types(struct checker *checker, const struct expr *expr)
{
    enum value_type left = expr->left_constant ? expr->left_constant->type : expr->operand->type;
    enum value_type right = expr->right_constant ? expr->right_constant->type : expr->right->type;
    bool ordering = expr->relation >= RELATION_LESS && expr->relation <= RELATION_GREATER_EQUAL;

    check_else(checker, expr->operand, right);
    check_else(checker, expr->right, left);
    if (!value_types_compare(left, right))
        diagnostics_error(checker->diagnostics, expr->right->place,
                          "%s is %s, and %s is %s; they can't be compared",
                          text_of_operand(checker, expr->operand), value_type_name(left),
                          text_of_operand(checker, expr->right), value_type_name(right));
    else if (ordering && !(value_type_is_ordered(left) && value_type_is_ordered(right)))
        diagnostics_error(checker->diagnostics, expr->place,
                          "%s is %s, which is neither more nor less than another; use == or !=",
                          text_of_operand(checker, expr->operand),
                          value_type_name(value_type_is_ordered(left) ? right : left));
}

static void
check_comparison(struct checker *checker, struct expr *expr)
{
    if (!right_can_be_compared(checker, expr))
        return;
    if (literal_text(expr->operand) && !literal_text(expr->right)) {
        expr->left_constant = read_literal_as(checker, expr->operand, expr->right);
        if (expr->left_constant == NULL)
            return;
    } else if (literal_text(expr->right) && !literal_text(expr->operand)) {
        expr->right_constant = read_literal_as(checker, expr->right, expr->operand);
        if (expr->right_constant == NULL)
            return;
    }
    check_types(checker, expr);
}

/* Whoever gives a list a default, reads it without knowing what is in it. */
static bool
is_in_default(const struct expr *expr)
{
    return !expr->right_is_items && expr->right->list->in_default;
}

static void
add_reader(struct checker *checker, const struct expr *expr)
{
    struct list_reader *reader = ARENA_NEW(checker->policy->arena, struct list_reader);

    *reader = (struct list_reader){expr->right->list, expr->operand, checker->readers};
    checker->readers = reader;
}

/* Has the list any item of a form that the type can have? */
/* Of a list in a file, an item that shows why: what stands in a line, stands there as one. */
static const char *
first_of_file(struct checker *checker, const struct expr *expr)
{
    const struct list_statement *list = expr->right_is_items ? NULL : expr->right->list;
    const struct item *item = list && list->from_file ? list->items : NULL;

    if (item == NULL)
        return "";
    return arena_printf(checker->policy->arena, "; each line of %s is one item, such as \"%.*s\"",
                        item->place.source->name, (int)slice_first(item->text, 60).len,
                        item->text.at);
}

static bool
check_forms(struct checker *checker, const struct expr *expr, struct place place)
{
    enum value_type type = expr->left_constant ? expr->left_constant->type : expr->operand->type;
    struct slice first = list_first(expr->list);
    unsigned forms = list_forms(expr->list);
    bool address = type == TYPE_ADDRESS || type == TYPE_MAILBOX;
    bool of_domains = forms & LIST_DOMAIN && !(forms & LIST_OF_ADDRESSES);

    if (forms == 0 || type == TYPE_ANSWER ||
        (forms & list_forms_for(type) && !(address && of_domains)))
        return true;
    if (address && forms & LIST_DOMAIN)
        diagnostics_error(checker->diagnostics, place,
                          "an address is in @example.com, not in example.com; meant is %s.domain",
                          text_of_operand(checker, expr->operand));
    else if (!is_in_default(expr))
        diagnostics_error(checker->diagnostics, place,
                          "%s is %s, and no item here can be equal to one%s%s",
                          text_of_operand(checker, expr->operand), value_type_name(type),
                          words_advice(checker->policy->arena, expr->operand, first, true),
                          first_of_file(checker, expr));
    else
        return true;
    return false;
}

static void
check_in_list(struct checker *checker, const struct expr *expr)
{
    struct place place = expr->right_is_items ? expr->place : expr->right->place;

    if (expr->right_is_items &&
        !check_items(checker->policy, checker->diagnostics, expr->operand, expr->items))
        return;
    if (check_forms(checker, expr, place) && !expr->right_is_items)
        add_reader(checker, expr);
}

static void
check_in(struct checker *checker, struct expr *expr)
{
    struct operand *right = expr->right;
    bool literal = literal_text(expr->operand) != NULL;

    if (!has_text(expr->operand->type) && right && right->meaning != MEANS_LIST) {
        diagnostics_error(
            checker->diagnostics, expr->place, "%s is %s, which is no key and no word",
            text_of_operand(checker, expr->operand), value_type_name(expr->operand->type));
        return;
    }
    if (expr->right_is_items || right->meaning == MEANS_LIST) {
        if (literal)
            expr->left_constant = guess_literal(checker, expr->operand);
        check_in_list(checker, expr);
    } else if (right->meaning == MEANS_TABLE) {
        if (literal)
            expr->left_constant = guess_literal(checker, expr->operand);
    } else if (is_many(right)) {
        if (literal)
            expr->left_constant = read_literal_as(checker, expr->operand, right);
        if (!literal || expr->left_constant)
            check_types(checker, expr);
    } else {
        diagnostics_error(
            checker->diagnostics, right->place,
            "%s is no list, table or lookup; to compare one value with another use ==",
            text_of_operand(checker, right));
    }
}

static void
compile_pattern(struct policy *policy, struct diagnostics *diagnostics, struct pattern *pattern)
{
    const char *reason = "";
    size_t offset = 0;

    if (!regex_flags_are_valid(pattern->flags)) {
        diagnostics_error(diagnostics, pattern->place,
                          "\"%.*s\": the flags of a regular expression are i, m, s and x",
                          (int)pattern->flags.len, pattern->flags.at);
        return;
    }
    pattern->regex = regex_compile(policy->arena, pattern->text, pattern->flags, &reason, &offset);
    if (pattern->regex == NULL)
        diagnostics_error(diagnostics, pattern->place,
                          "this regular expression is wrong at octet %zu: %s", offset + 1, reason);
}

static void
check_match(struct checker *checker, struct expr *expr)
{
    if (!has_text(expr->operand->type))
        diagnostics_error(
            checker->diagnostics, expr->place, "%s is %s; a regular expression looks at texts",
            text_of_operand(checker, expr->operand), value_type_name(expr->operand->type));
    compile_pattern(checker->policy, checker->diagnostics, &expr->pattern);
}

static bool
quantifier_fits(struct checker *checker, const struct expr *expr)
{
    const struct operand *operand = expr->operand;
    const char *text = text_of_operand(checker, operand);

    if (expr->quantifier == QUANTIFIER_NONE && operand->many && expr->relation != RELATION_NONE) {
        diagnostics_error(checker->diagnostics, operand->place,
                          "%s may have many values; say any %s or every %s", text, text, text);
        return false;
    }
    if (expr->quantifier != QUANTIFIER_NONE && !is_many(operand)) {
        diagnostics_error(checker->diagnostics, operand->place,
                          "%s has one value at most; leave out %s", text,
                          expr->quantifier == QUANTIFIER_ANY ? "any" : "every");
        return false;
    }
    return true;
}

static bool
left_is_a_value(struct checker *checker, const struct expr *expr)
{
    const struct operand *operand = expr->operand;

    if (operand->meaning == MEANS_LIST || operand->meaning == MEANS_TABLE) {
        diagnostics_error(
            checker->diagnostics, operand->place, "%s is a %s; say what is in it: sender in %s",
            text_of_operand(checker, operand), operand->meaning == MEANS_LIST ? "list" : "table",
            text_of_operand(checker, operand));
        return false;
    }
    if (operand_named(operand)->meaning == MEANS_ELSE && operand_is_words(operand) &&
        expr->relation == RELATION_NONE && expr->quantifier == QUANTIFIER_NONE) {
        diagnostics_error(checker->diagnostics, operand->place,
                          "%s is always there; compare it with something",
                          text_of_operand(checker, operand));
        return false;
    }
    if (operand->meaning == MEANS_LET &&
        (expr->relation != RELATION_NONE || expr->quantifier != QUANTIFIER_NONE)) {
        diagnostics_error(checker->diagnostics, operand->place,
                          "%s is a condition, and can't be compared with anything",
                          text_of_operand(checker, operand));
        return false;
    }
    if (expr->relation == RELATION_NONE && operand_is_literal(operand) &&
        operand->kind != OPERAND_TRUTH) {
        diagnostics_error(checker->diagnostics, operand->place,
                          "%s alone is no condition; compare it with something",
                          text_of_operand(checker, operand));
        return false;
    }
    return true;
}

static void
check_test(struct checker *checker, struct expr *expr)
{
    if (!is_resolved(expr->operand) || (expr->right && !is_resolved(expr->right)))
        return;
    if (!left_is_a_value(checker, expr) || !has_value(expr->operand) ||
        !quantifier_fits(checker, expr))
        return;
    switch (expr->relation) {
    case RELATION_NONE:
        break;
    case RELATION_EQUAL:
    case RELATION_NOT_EQUAL:
    case RELATION_LESS:
    case RELATION_LESS_EQUAL:
    case RELATION_GREATER:
    case RELATION_GREATER_EQUAL:
        check_comparison(checker, expr);
        break;
    case RELATION_IN:
    case RELATION_NOT_IN:
        check_in(checker, expr);
        break;
    case RELATION_MATCHES:
    case RELATION_NOT_MATCHES:
        check_match(checker, expr);
        break;
    }
}

/* What has the name may stand in another file, which whoever wrote this one doesn't know. */
static void
check_bound_name(struct checker *checker, const struct expr *expr)
{
    struct slice rest, name = expr->bound;
    const struct statement *other = map_find(checker->policy->names, name);

    if (other && other->place.source != expr->place.source)
        diagnostics_error(checker->diagnostics, expr->place,
                          "\"%.*s\" is defined already, at %s; give one of both another name",
                          (int)name.len, name.at,
                          diagnostics_place_text(checker->policy->arena, other->place));
    else if (other || fact_find(name, false, &rest))
        diagnostics_error(checker->diagnostics, expr->place,
                          "\"%.*s\" means something already; bind another name", (int)name.len,
                          name.at);
}

static void
check_bind(struct checker *checker, const struct expr *expr)
{
    const struct operand *operand = expr->operand;

    if (is_resolved(operand) && !is_many(operand))
        diagnostics_error(checker->diagnostics, operand->place,
                          "%s has one value at most; name it without any or every",
                          text_of_operand(checker, operand));
    check_bound_name(checker, expr);
}

static void
check_expr(struct checker *checker, struct expr *expr)
{
    if (expr->kind == EXPR_TEST)
        check_test(checker, expr);
    if (expr->kind == EXPR_BIND)
        check_bind(checker, expr);
    for (struct expr *child = expr->child; child; child = child->next)
        check_expr(checker, child);
}

/* A let that is a literal takes its type where it is used, and one that is always there may be used
 * in comparisons alone. */
static bool
is_no_condition(const struct expr *expr)
{
    return expr->kind == EXPR_TEST && expr->relation == RELATION_NONE &&
           expr->quantifier == QUANTIFIER_NONE &&
           (operand_is_literal(expr->operand) || expr->operand->meaning == MEANS_ELSE);
}

void
check_conditions(struct policy *policy, struct diagnostics *diagnostics)
{
    struct checker checker = {policy, diagnostics, NULL};

    for (struct statement *s = policy->tree.first; s; s = s->next) {
        if (s->kind == STATEMENT_LET && !s->overridden && !is_no_condition(s->let.expr))
            check_expr(&checker, s->let.expr);
        if (s->kind != STATEMENT_RULE)
            continue;
        if (s->rule.condition)
            check_expr(&checker, s->rule.condition);
        for (struct action *action = s->rule.actions; action; action = action->next)
            if (action->has_pattern)
                compile_pattern(policy, diagnostics, &action->pattern);
    }
    check_lists(policy, diagnostics, checker.readers);
}
