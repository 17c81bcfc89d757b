/* Goes through a condition as it was decided, once more, and notes what made it so. What is noted
 * is a copy: it outlives what was read. */
#include "because.h"

#include "language/operand.h"
#include "language/print.h"

enum { MOST_FACTS = 16, MOST_VALUES = 100, LONGEST_VALUE = 1000 };

/* Facts, parts and the one that settled it, as they are found. */
struct because {
    struct arena *arena;
    bool known; /* the condition is true or false */
    struct explained_fact fact[MOST_FACTS];
    const struct bound *bound[MOST_FACTS]; /* what each fact was read under, if it hangs of that */
    size_t facts;
    struct explained_part *part;
    size_t parts, room;
    const struct expr *decided;
    enum truth decided_truth;
};

static bool
value_copy(struct arena *arena, const struct value *of, struct explained_value *copy_r)
{
    struct slice text = value_print(arena, of);

    copy_r->absent = of->type == TYPE_ABSENT;
    copy_r->literal =
        of->type == TYPE_ANSWER && table_word_is_pattern(of->text) && !of->is_pattern;
    copy_r->text = arena_copy(arena, slice_first(text, LONGEST_VALUE));
    return text.len <= LONGEST_VALUE;
}

static size_t
count_values(const struct reading *reading)
{
    struct value item;
    size_t cursor = 0, count = 0;

    while (count <= MOST_VALUES && reading_next(reading, &cursor, &item))
        count++;
    return count;
}

static void
copy_values(struct arena *arena, const struct reading *reading, struct explained_fact *fact)
{
    size_t count = count_values(reading), cursor = 0;
    struct explained_value *copies;
    struct value item;

    fact->cut = count > MOST_VALUES;
    fact->values = fact->cut ? MOST_VALUES : count;
    fact->value = copies = ARENA_ARRAY(arena, fact->values, struct explained_value);
    for (size_t i = 0; i < fact->values && reading_next(reading, &cursor, &item); i++)
        fact->cut |= !value_copy(arena, &item, &copies[i]);
}

static void
add_noted(struct because *because, const char *name, const struct reading *reading,
          enum stage stage, const struct bound *bound)
{
    struct explained_fact *fact;

    for (size_t i = 0; i < because->facts; i++)
        if (strcmp(because->fact[i].name, name) == 0 && because->bound[i] == bound)
            return;
    if (because->facts == MOST_FACTS)
        return;
    because->bound[because->facts] = bound;
    fact = &because->fact[because->facts++];
    fact->name = name;
    fact->state = reading->state;
    fact->stage = stage;
    if (reading->state == READ_ERROR)
        fact->reason = arena_string(because->arena, slice_of(reading->reason));
    if (reading->state == READ_KNOWN)
        copy_values(because->arena, reading, fact);
}

static void
note_operand(struct eval *eval, const struct operand *operand, struct because *because)
{
    struct reading reading;

    if (operand_is_literal(operand) || operand->meaning == MEANS_LIST ||
        operand->meaning == MEANS_TABLE)
        return;
    reading = eval_operand(eval, operand);
    add_noted(because, print_operand_text(eval->arena, operand), &reading, operand->stage,
              operand->scope & SCOPE_BINDING ? eval->bound : NULL);
}

static void
note_part(struct because *because, const struct expr *expr, enum truth truth)
{
    const struct explained_part *old = because->part;

    for (size_t i = 0; i < because->parts; i++)
        if (old[i].number == expr->part && old[i].truth == truth)
            return;
    if (because->parts == because->room) {
        because->room = 2 * because->room + 4;
        because->part = ARENA_ARRAY(because->arena, because->room, struct explained_part);
        for (size_t i = 0; i < because->parts; i++)
            because->part[i] = old[i];
    }
    because->part[because->parts++] = (struct explained_part){expr->part, truth};
}

/* What is true or false became so by the last part that was asked, which ended a chain early or was
 * the end of it; what is later or an error, by the first that is. What is the same for every mail
 * settles nothing, where there is anything else. */
static bool
settles(const struct because *because, const struct expr *expr)
{
    if (because->decided == NULL)
        return true;
    return expr->part > 0 && (because->known || because->decided->part == 0);
}

static void
note_test(struct eval *eval, const struct expr *expr, bool tells, struct because *because)
{
    enum truth truth = eval_expr(eval, expr);

    note_part(because, expr, truth);
    if (!tells)
        return;
    if (settles(because, expr)) {
        because->decided = expr;
        because->decided_truth = truth;
    }
    note_operand(eval, expr->operand, because);
    if (expr->right)
        note_operand(eval, expr->right, because);
}

static void note_expr(struct eval *eval, const struct expr *expr, bool tells,
                      struct because *because);

/* Those tell that are as the chain is. */
static void
note_chain(struct eval *eval, const struct expr *expr, bool tells, struct because *because)
{
    enum truth truth = eval_expr(eval, expr), one, end = truth_of(expr->kind == EXPR_OR);

    for (const struct expr *child = expr->child; child; child = child->next) {
        one = eval_expr(eval, child);
        note_expr(eval, child, tells && one == truth, because);
        if (one == end)
            return;
    }
}

/* The item that settled it; else those for which it is as it is for all. */
static void
note_items(struct eval *eval, const struct expr *expr, bool tells, struct because *because)
{
    enum truth truth = eval_expr(eval, expr), one = TRUTH_LATER;
    enum truth end = truth_of(expr->quantifier == QUANTIFIER_ANY);
    struct reading items = eval_operand(eval, expr->operand);
    struct value value;
    size_t cursor = 0;

    while (one != end && !meter_over(arena_meter(eval->arena)) &&
           reading_next(&items, &cursor, &value)) {
        struct bound *bound = ARENA_NEW(eval->arena, struct bound);

        *bound = (struct bound){.binder = expr, .value = value, .outer = eval->bound};
        eval->bound = bound;
        one = eval_expr(eval, expr->child);
        if (tells && one == truth) {
            struct reading item = reading_one(eval->arena, value);

            add_noted(because, arena_string(eval->arena, expr->bound), &item, expr->operand->stage,
                      bound);
        }
        note_expr(eval, expr->child, tells && one == truth, because);
        eval->bound = bound->outer;
    }
}

static void
note_expr(struct eval *eval, const struct expr *expr, bool tells, struct because *because)
{
    switch (expr->kind) {
    case EXPR_OR:
    case EXPR_AND:
        note_chain(eval, expr, tells, because);
        break;
    case EXPR_NOT:
        note_expr(eval, expr->child, tells, because);
        break;
    case EXPR_BIND:
        if (tells)
            note_operand(eval, expr->operand, because);
        note_items(eval, expr, tells, because);
        break;
    case EXPR_TEST:
        if (expr->operand->meaning == MEANS_LET)
            note_expr(eval, expr->operand->let, tells, because);
        else
            note_test(eval, expr, tells, because);
        break;
    }
}

struct text_notes {
    struct eval *eval;
    struct because *because;
};

/* A true rule may wait for a fact in its texts. */
static void
note_text_operand(void *context, const struct operand *operand)
{
    const struct text_notes *notes = context;

    if (eval_operand(notes->eval, operand).state != READ_KNOWN)
        note_operand(notes->eval, operand, notes->because);
}

static void
note_rule(struct eval *eval, const struct rule *rule, enum truth truth, struct because *because)
{
    struct text_notes notes = {eval, because};

    if (rule->condition) {
        enum truth own = eval_expr(eval, rule->condition);

        because->known = own == TRUTH_TRUE || own == TRUTH_FALSE;
        note_expr(eval, rule->condition, true, because);
        if (own != truth)
            because->decided = NULL;
    }
    if (truth == TRUTH_LATER || truth == TRUTH_ERROR)
        for (const struct action *action = rule->actions; action; action = action->next)
            plan_visit_action(action, note_text_operand, &notes);
}

static const struct explained_fact *
copy_facts(const struct because *because)
{
    struct explained_fact *copies =
        ARENA_ARRAY(because->arena, because->facts, struct explained_fact);

    for (size_t i = 0; i < because->facts; i++)
        copies[i] = because->fact[i];
    return copies;
}

void
because_of(struct eval *eval, const struct rule *rule, struct explained *explained)
{
    struct because because = {.arena = eval->arena};

    note_rule(eval, rule, explained->truth, &because);
    explained->fact = copy_facts(&because);
    explained->facts = because.facts;
    explained->part = because.part;
    explained->parts = because.parts;
    if (because.decided == NULL)
        return;
    explained->decided = print_expr_text(eval->arena, because.decided);
    explained->decided_at = because.decided->place;
    explained->decided_truth = because.decided_truth;
}
