/* Texts with facts in them: only the policy's own words are read as a template, once; what
 * strangers sent is put in as it is. */
#include "eval.h"
#include "values/list.h"

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
    struct reading items = eval_operand(eval, test->operand);
    struct value item;
    struct slice text;
    size_t cursor = 0;

    while (reading_next(&items, &cursor, &item))
        if (item.type != TYPE_ABSENT &&
            regex_group(test->pattern.regex, item.text, eval_bounds(eval), eval->arena, group,
                        &text) == REGEX_MATCH)
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
        meter_take(eval->meter, 1 + item.text.len / 16);
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

/* A text that makes an address: what stands before the first "@" of the policy's own, and the
 * rest. */
struct halves {
    struct text local, rest;
    const struct text_piece *last; /* of local */
};

static bool
split_text(struct arena *arena, const struct text *text, struct halves *halves_r)
{
    struct text_piece **end = &halves_r->local.pieces;

    *halves_r = (struct halves){0};
    for (const struct text_piece *piece = text->pieces; piece; piece = piece->next) {
        struct slice literal = piece->operand ? SLICE("") : piece->literal;
        size_t at = slice_find(literal, '@');

        *end = ARENA_NEW(arena, struct text_piece);
        **end = (struct text_piece){slice_first(literal, at), piece->operand, NULL};
        halves_r->last = *end;
        end = &(*end)->next;
        if (at == literal.len)
            continue;
        halves_r->rest.pieces = ARENA_NEW(arena, struct text_piece);
        *halves_r->rest.pieces = (struct text_piece){slice_from(literal, at), NULL, piece->next};
        return true;
    }
    return false;
}

static bool
begins_with(struct slice s, char c)
{
    return s.len > 0 && s.at[0] == c;
}

static bool
ends_with(struct slice s, char c)
{
    return s.len > 0 && s.at[s.len - 1] == c;
}

static struct slice
join_local(struct arena *arena, bool bracket, struct slice local, struct slice rest)
{
    char *to = arena_alloc(arena, local.len + rest.len + 1);

    to[0] = '<';
    memcpy(to + bracket, local.at, local.len);
    memcpy(to + bracket + local.len, rest.at, rest.len);
    return (struct slice){to, bracket + local.len + rest.len};
}

/* .local gives a local part without its quotes, so that octets of a stranger's would otherwise be
 * read as a route, as brackets or as quotes. Quotes that the policy wrote around it mean the same.
 */
static struct slice
address_text(struct eval *eval, const struct rule *rule, const struct text *text)
{
    struct halves halves;
    struct slice first, local, rest;
    bool bracket, quoted;

    if (!split_text(eval->arena, text, &halves))
        return eval_text(eval, rule, text);
    local = eval_text(eval, rule, &halves.local);
    rest = eval_text(eval, rule, &halves.rest);
    first = halves.local.pieces->literal;
    bracket = begins_with(first, '<');
    quoted = begins_with(slice_from(first, bracket), '"') && ends_with(halves.last->literal, '"') &&
             local.len > 1 + (size_t)bracket;
    local = slice_from(local, bracket + quoted);
    local.len -= quoted;
    if (local.len > 0)
        local = local_part_text(eval->arena, local);
    return join_local(eval->arena, bracket, local, rest);
}

struct slice
eval_action_text(struct eval *eval, const struct rule *rule, const struct action *action)
{
    if (action->text == NULL)
        return SLICE("");
    if (action_row(action->kind)->makes_address)
        return address_text(eval, rule, action->text);
    return eval_text(eval, rule, action->text);
}

struct reading
eval_action_words(struct eval *eval, const struct action *action)
{
    const struct text_piece *piece = action->text ? action->text->pieces : NULL;

    if (piece == NULL || piece->next || piece->operand == NULL ||
        piece->operand->type != TYPE_ANSWER)
        return reading_absent();
    return eval_operand(eval, piece->operand);
}
