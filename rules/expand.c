/* Texts with facts in them: only the policy's own words are read as a template, once; what
 * strangers sent is put in as it is. */
#include "eval.h"
#include "list.h"
#include "regex.h"

static enum truth
text_is_ready(struct eval *eval, const struct text *text)
{
    enum truth truth = TRUTH_TRUE;

    for (; text; text = text->next)
        for (const struct text_piece *piece = text->pieces; piece; piece = piece->next) {
            struct reading reading;

            if (piece->operand == NULL || piece->operand->meaning == MEANS_LIST ||
                piece->operand->kind == OPERAND_CAPTURE)
                continue;
            reading = eval_operand(eval, piece->operand);
            if (reading.state == READ_LATER)
                return TRUTH_LATER;
            if (reading.state == READ_ERROR) {
                eval->reason = reading.reason;
                truth = TRUTH_ERROR;
            }
        }
    return truth;
}

enum truth
eval_texts_are_ready(struct eval *eval, const struct rule *rule)
{
    enum truth truth = TRUTH_TRUE;

    for (const struct action *action = rule->actions; action; action = action->next) {
        truth = truth_and(truth, text_is_ready(eval, action->text));
        truth = truth_and(truth, text_is_ready(eval, action->value));
    }
    return truth;
}

/* The first item for which the condition inside holds stays bound. */
static bool
bind_witness(struct eval *eval, const struct expr *expr)
{
    struct bound *bound = ARENA_NEW(eval->arena, struct bound);
    struct reading items = eval_operand(eval, expr->operand);
    size_t cursor = 0;

    *bound = (struct bound){.binder = expr, .outer = eval->bound};
    eval->bound = bound;
    while (reading_next(&items, &cursor, &bound->value))
        if (eval_expr(eval, expr->child) == TRUTH_TRUE)
            return true;
    eval->bound = bound->outer;
    return false;
}

void
eval_bind_witnesses(struct eval *eval, const struct expr *expr)
{
    if (expr->kind == EXPR_BIND && expr->quantifier == QUANTIFIER_ANY && bind_witness(eval, expr))
        eval_bind_witnesses(eval, expr->child);
    if (expr->kind != EXPR_AND && expr->kind != EXPR_OR)
        return;
    for (const struct expr *child = expr->child; child; child = child->next)
        eval_bind_witnesses(eval, child);
}

/* What a group of the rule's one regex matched, in the first item that did. */
static struct slice
capture(struct eval *eval, const struct expr *test, unsigned group)
{
    int64_t limit = eval->policy->settings.value[SET_REGEX_MATCH_LIMIT].number;
    struct reading items = eval_operand(eval, test->operand);
    struct value item;
    struct slice text;
    size_t cursor = 0;

    while (reading_next(&items, &cursor, &item))
        if (item.type != TYPE_ABSENT && regex_group(test->pattern.regex, item.text, (uint32_t)limit,
                                                    eval->arena, group, &text) == REGEX_MATCH)
            return text;
    return SLICE("");
}

static void
add_reading(struct eval *eval, struct buffer *to, const struct reading *reading)
{
    struct value item;
    size_t cursor = 0;
    bool first = true;

    while (reading_next(reading, &cursor, &item)) {
        if (item.type == TYPE_ABSENT)
            continue;
        if (!first)
            buffer_text(to, ", ");
        buffer_add(to, value_print(eval->arena, &item));
        first = false;
    }
}

static void
add_operand(struct eval *eval, struct buffer *to, const struct rule *rule,
            const struct operand *operand)
{
    struct reading reading;

    if (operand->kind == OPERAND_CAPTURE) {
        buffer_add(to, capture(eval, rule->capture, (unsigned)operand->number));
    } else if (operand->meaning == MEANS_LIST) {
        buffer_add(to, list_print(eval->arena, operand->list->list));
    } else {
        reading = eval_operand(eval, operand);
        add_reading(eval, to, &reading);
    }
}

struct slice
eval_text(struct eval *eval, const struct rule *rule, const struct text *text)
{
    size_t most = (size_t)eval->policy->settings.value[SET_MAX_TRANSACTION_MEMORY].number;
    struct buffer *buffer;

    if (text->pieces == NULL || (text->pieces->next == NULL && text->pieces->operand == NULL))
        return text->pieces ? text->pieces->literal : SLICE("");
    buffer = ARENA_NEW(eval->arena, struct buffer);
    buffer_init(buffer, eval->arena, most);
    for (const struct text_piece *piece = text->pieces; piece; piece = piece->next)
        if (piece->operand)
            add_operand(eval, buffer, rule, piece->operand);
        else
            buffer_add(buffer, piece->literal);
    return buffer_slice(buffer);
}
