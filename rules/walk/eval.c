/* Decides conditions. A condition is decided as early as the facts allow, and never changes once it
 * is. */
#include "eval.h"

#include "language/operand.h"
#include "policy/watch.h"
#include "values/list.h"

const char eval_is_spent[] = "max-message-steps is reached";

/* After so many matches that passed their limit no other is tried for a message. */
enum { MOST_GIVEN_UP = 3, STEPS_A_NODE = 4 };

static enum truth
fail_with(struct eval *eval, const char *reason)
{
    eval->reason = reason;
    return TRUTH_ERROR;
}

static bool
is_negative(enum relation relation)
{
    return relation == RELATION_NOT_EQUAL || relation == RELATION_NOT_IN ||
           relation == RELATION_NOT_MATCHES;
}

/* What one stage takes is bounded even where a rule goes through many items. What it takes beside
 * the steps that are counted, the clock shows. */
static bool
is_over(struct eval *eval, uint64_t steps)
{
    enum { GUESS = 1 << 12 };

    if (arena_over(eval->arena)) {
        eval->reason = "max-transaction-memory is reached";
        return true;
    }
    if (meter_take(eval->meter, steps) && meter_guess(eval->meter, GUESS))
        return false;
    eval->reason = eval_is_spent;
    return true;
}

/* A word of a lookup takes the type of what it is compared with. */
static bool
take_type(struct eval *eval, struct value *value, enum value_type type)
{
    if (value->type != TYPE_ANSWER || type == TYPE_ANSWER)
        return true;
    return value_read(eval->arena, type == TYPE_MAILBOX ? TYPE_ADDRESS : type, value->text,
                      settings_local_case(&eval->policy->settings), value);
}

static enum truth
fail_with_words(struct eval *eval, const struct operand *operand)
{
    return fail_with(eval, arena_printf(eval->arena, "%s: several words, where one is wanted",
                                        eval_origin(eval, operand)));
}

static enum truth
fail_with_type(struct eval *eval, const struct operand *operand, struct slice word,
               enum value_type type)
{
    return fail_with(eval,
                     arena_printf(eval->arena, "%s: '%.*s' is not %s", eval_origin(eval, operand),
                                  (int)word.len, word.at, value_type_name(type)));
}

static enum truth
order_holds(enum relation relation, int order)
{
    switch (relation) {
    case RELATION_LESS:
        return truth_of(order < 0);
    case RELATION_LESS_EQUAL:
        return truth_of(order <= 0);
    case RELATION_GREATER:
        return truth_of(order > 0);
    case RELATION_GREATER_EQUAL:
        return truth_of(order >= 0);
    case RELATION_NONE:
    case RELATION_EQUAL:
    case RELATION_NOT_EQUAL:
    case RELATION_IN:
    case RELATION_NOT_IN:
    case RELATION_MATCHES:
    case RELATION_NOT_MATCHES:
        break;
    }
    return TRUTH_FALSE;
}

static enum truth
compare_values(struct eval *eval, const struct expr *expr, struct value left,
               const struct reading *right)
{
    struct slice word = left.text;
    struct value other;

    if (right->count == 0)
        return TRUTH_FALSE;
    if (right->count > 1)
        return fail_with_words(eval, expr->right);
    other = right->item[0];
    if (!take_type(eval, &other, left.type))
        return fail_with_type(eval, expr->right, right->item[0].text, left.type);
    if (!take_type(eval, &left, other.type))
        return fail_with_type(eval, expr->operand, word, other.type);
    if (expr->relation == RELATION_EQUAL || expr->relation == RELATION_NOT_EQUAL)
        return truth_of(value_equal(eval->arena, &left, &other));
    return order_holds(expr->relation, value_order(&left, &other));
}

/* Logins carry realms: one that is an address is at a domain, too. */
static bool
as_address(struct eval *eval, const struct value *value, struct value *address_r)
{
    *address_r = *value;
    if (value->type == TYPE_FOLDED && slice_find(value->text, '@') < value->text.len)
        return value_read(eval->arena, TYPE_ADDRESS, value->text, LOCAL_CASE_IGNORE, address_r);
    return value->type == TYPE_ADDRESS || value->type == TYPE_MAILBOX;
}

/* Of a table with `patterns`, a word such as "@example.com", ".example.com" and "user@" is what it
 * would be in a list, for logins that are addresses too, and "*" is everything. */
static bool
is_in_pattern(struct eval *eval, const struct value *left, struct slice word)
{
    struct item item = {.text = word, .quoted = true}; /* in quotes nothing is a mistake */
    enum local_case local_case = settings_local_case(&eval->policy->settings);
    struct value address;
    const struct list *list;

    if (slice_equal(word, SLICE("*")))
        return true;
    if (!table_word_is_pattern(word))
        return false;
    if (left->type == TYPE_FOLDED)
        local_case = LOCAL_CASE_IGNORE;
    list = list_build(eval->arena, &item, true, local_case, NULL);
    return list_contains(list, eval->arena, as_address(eval, left, &address) ? &address : left);
}

static bool
value_is_literal(const struct value *value)
{
    return value->type == TYPE_ANSWER && !value->is_pattern;
}

/* Has it one form alone, in which it is written? An IP address or a number has many. */
static bool
is_written(const struct value *value)
{
    switch (value->type) {
    case TYPE_TEXT:
    case TYPE_WORD:
    case TYPE_FOLDED:
    case TYPE_DOMAIN:
    case TYPE_ADDRESS:
    case TYPE_MAILBOX:
    case TYPE_ANSWER:
        return true;
    case TYPE_ABSENT:
    case TYPE_TRUTH:
    case TYPE_NUMBER:
    case TYPE_SIZE:
    case TYPE_TIME:
    case TYPE_TLS:
    case TYPE_IP:
    case TYPES:
        break;
    }
    return false;
}

static struct slice
as_written(const struct value *value)
{
    return value->address && value->address->null ? SLICE("<>") : value->text;
}

static bool
equals_word(struct eval *eval, struct value left, struct value item)
{
    if ((value_is_literal(&left) && is_written(&item)) ||
        (value_is_literal(&item) && is_written(&left)))
        return table_word_is(eval->arena, as_written(&left), as_written(&item));
    return take_type(eval, &item, left.type) && take_type(eval, &left, item.type) &&
           value_equal(eval->arena, &left, &item);
}

/* In a lookup's words, or in a fact of many values: a word of another form is simply another one.
 */
static enum truth
is_among_many(struct eval *eval, const struct value *left, const struct reading *right)
{
    struct value item;
    size_t cursor = 0;

    while (reading_next(right, &cursor, &item)) {
        if (is_over(eval, STEPS_A_NODE + (left->text.len + item.text.len) / 4))
            return TRUTH_ERROR;
        if (item.is_pattern && is_in_pattern(eval, left, item.text))
            return TRUTH_TRUE;
        if (equals_word(eval, *left, item))
            return TRUTH_TRUE;
    }
    return TRUTH_FALSE;
}

static enum truth
is_key(struct eval *eval, const struct value *value, const struct operand *operand)
{
    struct table_answer answer;

    if (eval->tables_wait)
        return TRUTH_LATER;
    answer = eval_ask(eval, operand, value);
    if (answer.result == TABLE_COULD_NOT_ASK)
        return fail_with(eval, answer.reason);
    return truth_of(answer.result == TABLE_FOUND);
}

static enum truth
is_in(struct eval *eval, const struct expr *expr, const struct value *left,
      const struct reading *right)
{
    if (expr->list)
        return truth_of(list_contains(expr->list, eval->arena, left));
    if (expr->right->meaning == MEANS_TABLE)
        return is_key(eval, left, expr->right);
    return is_among_many(eval, left, right);
}

static enum truth
pattern_matches(struct eval *eval, const struct expr *expr, const struct value *left)
{
    unsigned *given_up = &eval->store[0]->given_up;
    const char *reason = "it gave up on this message before";

    if (*given_up == MOST_GIVEN_UP)
        return fail_with(eval, reason);
    switch (regex_match(expr->pattern.regex, left->text, eval_bounds(eval), &reason)) {
    case REGEX_MATCH:
        return TRUTH_TRUE;
    case REGEX_NO_MATCH:
        return TRUTH_FALSE;
    case REGEX_LIMIT:
        ++*given_up;
        if (eval->policy->watch && !meter_over(eval->meter))
            eval->policy->watch->reached(eval->policy->watch->context, SET_REGEX_MATCH_LIMIT);
        break;
    }
    return fail_with(eval, arena_printf(eval->arena, "a regular expression gave up: %s", reason));
}

/* One item; an absent one equals nothing, matches nothing, is in nothing, and isn't more or less.
 */
static enum truth
item_holds(struct eval *eval, const struct expr *expr, const struct value *item,
           const struct reading *right)
{
    enum truth truth = TRUTH_FALSE;

    if (item->type == TYPE_ABSENT)
        return truth_of(is_negative(expr->relation));
    switch (expr->relation) {
    case RELATION_NONE:
        return truth_of(value_holds(item));
    case RELATION_IN:
    case RELATION_NOT_IN:
        truth = is_in(eval, expr, item, right);
        break;
    case RELATION_MATCHES:
    case RELATION_NOT_MATCHES:
        truth = pattern_matches(eval, expr, item);
        break;
    case RELATION_EQUAL:
    case RELATION_NOT_EQUAL:
    case RELATION_LESS:
    case RELATION_LESS_EQUAL:
    case RELATION_GREATER:
    case RELATION_GREATER_EQUAL:
        truth = compare_values(eval, expr, *item, right);
        break;
    }
    return is_negative(expr->relation) ? truth_not(truth) : truth;
}

static struct reading
constant_or(struct eval *eval, const struct value *constant, const struct operand *operand)
{
    if (constant)
        return (struct reading){.state = READ_KNOWN, .item = constant, .count = 1};
    return eval_operand(eval, operand);
}

/* The right side's own value, where it has one: lists and tables have none. */
static struct reading
read_right(struct eval *eval, const struct expr *expr)
{
    if (expr->right == NULL || expr->right->meaning == MEANS_LIST ||
        expr->right->meaning == MEANS_TABLE)
        return reading_absent();
    return constant_or(eval, expr->right_constant, expr->right);
}

/* A fact alone: there is one; of a single value, neither no, zero nor empty. */
static enum truth
is_there(const struct operand *operand, const struct reading *reading)
{
    if (operand->many || operand_is_words(operand) || reading->is_lines)
        return truth_of(reading->is_lines ? reading->lines.len > 0 : reading->count > 0);
    return truth_of(reading->count > 0 && value_holds(&reading->item[0]));
}

/* One item of many: it is gone through, and folded or parsed where it is compared. */
static uint64_t
item_steps(const struct expr *expr, const struct value *item)
{
    bool compared = expr->relation != RELATION_NONE && expr->relation != RELATION_MATCHES &&
                    expr->relation != RELATION_NOT_MATCHES;

    return STEPS_A_NODE + item->text.len / (compared ? 4 : 64);
}

static enum truth
each_item(struct eval *eval, const struct expr *expr, const struct reading *left,
          const struct reading *right)
{
    bool any = expr->quantifier == QUANTIFIER_ANY;
    enum truth truth = truth_of(!any);
    struct value item;
    size_t cursor = 0, count = 0;

    for (; reading_next(left, &cursor, &item); count++) {
        enum truth one = is_over(eval, item_steps(expr, &item))
                             ? TRUTH_ERROR
                             : item_holds(eval, expr, &item, right);

        truth = any ? truth_or(truth, one) : truth_and(truth, one);
        if (truth == truth_of(any))
            return truth;
    }
    return count == 0 ? TRUTH_FALSE : truth;
}

static enum truth
single_item(struct eval *eval, const struct expr *expr, const struct reading *left,
            const struct reading *right)
{
    if (expr->relation == RELATION_NONE)
        return is_there(expr->operand, left);
    if (left->count == 0)
        return truth_of(is_negative(expr->relation));
    if (left->count > 1)
        return fail_with_words(eval, expr->operand);
    return item_holds(eval, expr, &left->item[0], right);
}

static enum truth
unknown(struct eval *eval, const struct reading *left, const struct reading *right)
{
    if (left->state == READ_LATER || right->state == READ_LATER)
        return TRUTH_LATER;
    return fail_with(eval, left->state == READ_ERROR ? left->reason : right->reason);
}

static bool
is_known_absent(const struct reading *reading)
{
    return reading->state == READ_KNOWN && reading->count == 0 && !reading->is_lines;
}

static enum truth
eval_test(struct eval *eval, const struct expr *expr)
{
    struct reading left, right;

    if (expr->operand->meaning == MEANS_LET)
        return eval_expr(eval, expr->operand->let);
    left = constant_or(eval, expr->left_constant, expr->operand);
    right = read_right(eval, expr);
    if (is_known_absent(&left))
        return truth_of(expr->quantifier == QUANTIFIER_NONE && is_negative(expr->relation));
    if (left.state != READ_KNOWN || right.state != READ_KNOWN)
        return unknown(eval, &left, &right);
    if (expr->quantifier == QUANTIFIER_NONE)
        return single_item(eval, expr, &left, &right);
    return each_item(eval, expr, &left, &right);
}

static enum truth
eval_bind(struct eval *eval, const struct expr *expr)
{
    bool any = expr->quantifier == QUANTIFIER_ANY;
    enum truth truth = truth_of(!any);
    struct reading items = eval_operand(eval, expr->operand);
    struct bound bound = {.binder = expr, .outer = eval->bound};
    size_t cursor = 0, count = 0;

    if (items.state != READ_KNOWN)
        return unknown(eval, &items, &items);
    eval->bound = &bound;
    for (; truth != truth_of(any) && reading_next(&items, &cursor, &bound.value); count++) {
        enum truth one = eval_expr(eval, expr->child);

        truth = any ? truth_or(truth, one) : truth_and(truth, one);
    }
    eval->bound = bound.outer;
    return count == 0 ? TRUTH_FALSE : truth;
}

static enum truth
eval_chain(struct eval *eval, const struct expr *expr)
{
    bool any = expr->kind == EXPR_OR;
    enum truth truth = truth_of(!any);

    for (const struct expr *child = expr->child; child && truth != truth_of(any);
         child = child->next) {
        enum truth one = eval_expr(eval, child);

        truth = any ? truth_or(truth, one) : truth_and(truth, one);
    }
    return truth;
}

static enum truth
decide(struct eval *eval, const struct expr *expr)
{
    switch (expr->kind) {
    case EXPR_OR:
    case EXPR_AND:
        return eval_chain(eval, expr);
    case EXPR_NOT:
        return truth_not(eval_expr(eval, expr->child));
    case EXPR_TEST:
        return eval_test(eval, expr);
    case EXPR_BIND:
        return eval_bind(eval, expr);
    }
    return TRUTH_FALSE;
}

/* True and false are kept; an error is found again, with its reason, by what was kept of its
 * operands. */
enum truth
eval_expr(struct eval *eval, const struct expr *expr)
{
    struct store *store = eval->store[expr->scope & SCOPE_RECIPIENT];
    bool kept = expr->node && store;
    enum truth truth;

    if (kept && store->truth[expr->node] && !eval_must_wait(eval, expr->scope))
        return (enum truth)(store->truth[expr->node] - 1);
    if (is_over(eval, STEPS_A_NODE))
        return TRUTH_ERROR;
    truth = decide(eval, expr);
    if (kept && (truth == TRUTH_TRUE || truth == TRUTH_FALSE))
        store->truth[expr->node] = (unsigned char)(truth + 1);
    return truth;
}
