/* What one name means: a fact with its parts, a list, a table or lookup, a let, or what `as` bound.
 * Each operand gets its type, its stage, and a place where what was read of it is kept. */
#include "language/operand.h"
#include "language/print.h"
#include "mail/mailbox.h"
#include "resolve_inside.h"

/* Takes on what an operand inherits from one in its brackets, or from the one that it names. */
static void
depend_on(struct operand *operand, const struct operand *on)
{
    operand->scope |= on->scope;
    operand->flags |= on->flags;
    if (on->stage > operand->stage)
        operand->stage = on->stage;
}

/* Do the brackets belong to the last part of the name, and not to what it begins with? */
static bool
has_part_list(const struct operand *operand)
{
    size_t dot = slice_find_last(operand->name, '.');
    struct slice last = slice_from(operand->name, dot + 1);
    size_t count;
    const struct fact_part *part = fact_parts_all(&count);

    for (size_t i = 0; operand->indexed && i < count; i++)
        if (part[i].flags & PART_TAKES_LIST && slice_equal(slice_of(part[i].name), last))
            return true;
    return false;
}

static bool
has_index(const struct operand *operand)
{
    return operand->indexed && !has_part_list(operand);
}

/* The lists in the brackets of a part come before it. */
static void
take_parts(struct resolver *resolver, struct operand *operand, struct slice names)
{
    if (names.len > 0 && has_part_list(operand))
        for (struct operand *in = operand->index; in; in = in->next)
            resolve_operand(resolver, in);
    resolve_parts(resolver, operand, names);
}

static void
resolve_bound(struct resolver *resolver, struct operand *operand, const struct expr *binder,
              struct slice parts)
{
    operand->meaning = MEANS_BOUND;
    operand->binder = binder;
    operand->type = binder->bound_type;
    depend_on(operand, binder->operand);
    operand->scope |= SCOPE_BINDING;
    take_parts(resolver, operand, parts);
}

static void
resolve_index(struct resolver *resolver, struct operand *operand)
{
    for (struct operand *key = operand->index; key; key = key->next) {
        resolve_operand(resolver, key);
        depend_on(operand, key);
    }
}

/* What stands in the brackets of a lookup; false after an error. */
static bool
key_is_good(struct resolver *resolver, const struct operand *operand)
{
    const struct operand *key = operand->index;

    if (key == NULL || key->next) {
        diagnostics_error(resolver->diagnostics, operand->place,
                          "a lookup takes one key, as in %.*s[sender]", (int)operand->name.len,
                          operand->name.at);
        return false;
    }
    if (!operand_is_literal(key) && key->meaning == MEANS_NOTHING)
        return false;
    if (key->many || key->meaning == MEANS_LIST || key->meaning == MEANS_TABLE ||
        key->meaning == MEANS_LET) {
        diagnostics_error(
            resolver->diagnostics, key->place,
            "a key must be one value; for each of many say: any ... as NAME: ... %.*s[NAME]",
            (int)operand->name.len, operand->name.at);
        return false;
    }
    return true;
}

static void
resolve_table(struct resolver *resolver, struct operand *operand, struct table_statement *table)
{
    table->used = true;
    operand->table = table;
    operand->meaning = MEANS_TABLE;
    operand->scope |= SCOPE_TABLE;
    if (!has_index(operand))
        return;
    resolve_index(resolver, operand);
    operand->meaning = key_is_good(resolver, operand) ? MEANS_LOOKUP : MEANS_NOTHING;
    operand->type = table->table->options.as ? table->table->options.as : TYPE_ANSWER;
    operand->may_be_absent = true;
    if (operand->meaning != MEANS_LOOKUP)
        return;
    table->looked_up = true;
    take_parts(resolver, operand, operand->parts);
}

bool
resolve_let(struct resolver *resolver, struct let_statement *let, struct place place)
{
    const struct resolver outer = *resolver;

    let->used = true;
    if (let->resolved)
        return true;
    if (++resolver->let_depth > MAX_LET_DEPTH) {
        if (resolver->let_depth == MAX_LET_DEPTH + 1)
            diagnostics_error(resolver->diagnostics, place, "lets nest deeper than %d",
                              MAX_LET_DEPTH);
        return false;
    }
    if (let->resolving) {
        diagnostics_error(resolver->diagnostics, place, "the let \"%.*s\" is made from itself",
                          (int)let->name.len, let->name.at);
        return false;
    }
    let->resolving = true;
    resolver->bindings = NULL;
    resolver->rule_stage = STAGE_CONNECT;
    resolve_expr(resolver, let->expr);
    *resolver = outer;
    let->resolving = false;
    let->resolved = true;
    return true;
}

static bool
is_operand_alone(const struct expr *expr)
{
    return expr->kind == EXPR_TEST && expr->quantifier == QUANTIFIER_NONE &&
           expr->relation == RELATION_NONE && expr->operand->meaning != MEANS_LET;
}

/* One that is too large was complained about where it stands. */
static bool
is_small(struct resolver *resolver, const struct operand *operand, const struct expr *expr)
{
    if (expr->lets >= MAX_LET_DEPTH)
        diagnostics_error(resolver->diagnostics, operand->place, "lets nest deeper than %d",
                          MAX_LET_DEPTH);
    return expr->lets < MAX_LET_DEPTH && expr->tests <= MAX_TESTS;
}

static void
resolve_let_name(struct resolver *resolver, struct operand *operand, struct let_statement *let,
                 struct slice parts)
{
    if (!resolve_let(resolver, let, operand->place))
        return;
    if (!is_operand_alone(let->expr)) {
        if (!is_small(resolver, operand, let->expr))
            return;
        operand->meaning = MEANS_LET;
        operand->let = let->expr;
        operand->scope = let->expr->scope;
        operand->type = TYPE_TRUTH;
        return;
    }
    if (!operand_is_literal(let->expr->operand) && let->expr->operand->meaning == MEANS_NOTHING)
        return;
    operand->meaning = MEANS_ALIAS;
    operand->alias = let->expr->operand;
    if (operand->alias->alias && operand->alias->part_count == 0)
        operand->alias = operand->alias->alias;
    operand->type = operand->alias->type;
    operand->many = operand->alias->many;
    operand->may_be_absent = operand->alias->may_be_absent;
    depend_on(operand, operand->alias);
    take_parts(resolver, operand, parts);
}

static void
resolve_defined(struct resolver *resolver, struct operand *operand, struct statement *statement,
                struct slice parts)
{
    if (has_index(operand) && statement->kind != STATEMENT_TABLE) {
        diagnostics_error(resolver->diagnostics, operand->place,
                          "\"%.*s\" is no table, and takes nothing in brackets",
                          (int)operand->name.len, operand->name.at);
        return;
    }
    if (parts.len > 0 && statement->kind != STATEMENT_LET) {
        diagnostics_error(resolver->diagnostics, operand->place,
                          "a list and a table have no parts; unknown name \"%.*s\"",
                          (int)operand->name.len, operand->name.at);
        return;
    }
    if (statement->kind == STATEMENT_TABLE) {
        resolve_table(resolver, operand, &statement->table);
    } else if (statement->kind == STATEMENT_LET) {
        resolve_let_name(resolver, operand, &statement->let, parts);
    } else {
        statement->list.used = true;
        operand->meaning = MEANS_LIST;
        operand->list = &statement->list;
    }
}

static void
resolve_count(struct resolver *resolver, struct operand *operand)
{
    const struct operand *of = operand->index;

    resolve_index(resolver, operand);
    if (of == NULL || of->next ||
        !(of->many || (operand_named(of)->meaning == MEANS_LOOKUP && operand_is_words(of)))) {
        if (of == NULL || of->next || operand_is_literal(of) || of->meaning != MEANS_NOTHING)
            diagnostics_error(resolver->diagnostics, operand->place,
                              "count[...] takes one fact that may have many values");
        return;
    }
    operand->meaning = MEANS_COUNT;
    operand->type = TYPE_NUMBER;
}

/* A macro of which nobody knows the stage comes when its rule says. */
static void
set_fact_stage(const struct resolver *resolver, struct operand *operand)
{
    const struct fact *fact = operand->fact;

    operand->stage = fact->stage;
    if (fact->flags & FACT_ANY_STAGE || fact->stage == STAGE_UNKNOWN)
        operand->stage = STAGE_CONNECT;
    if (slice_equal(slice_of(fact->name), SLICE("macro")) &&
        !fact_macro_stage(operand->fact_index, &operand->stage))
        operand->stage = resolver->rule_stage;
    if (operand->stage == STAGE_RCPT)
        operand->scope |= SCOPE_RECIPIENT;
}

/* Values that may change while a message lives, and those that are there already, aren't kept. */
static bool
is_kept(const struct operand *operand)
{
    enum stage known;

    if (operand->scope & SCOPE_BINDING)
        return false;
    if (operand->meaning == MEANS_FACT && operand->flags & FACT_ANY_STAGE)
        return false;
    if (operand->meaning == MEANS_FACT &&
        slice_equal(slice_of(operand->fact->name), SLICE("macro")))
        return fact_macro_stage(operand->fact_index, &known);
    return operand->meaning == MEANS_FACT || operand->meaning == MEANS_LOOKUP ||
           (operand->meaning == MEANS_ALIAS && operand->part_count > 0);
}

static void
give_slot(struct resolver *resolver, struct operand *operand)
{
    struct arena *arena = resolver->policy->arena;
    struct slice key;
    const struct operand *same;

    if (!is_kept(operand))
        return;
    key = slice_of(print_operand_text(arena, operand));
    same = map_find(resolver->slots, key);
    operand->slot = same ? same->slot : resolver->policy->slots[operand->scope & SCOPE_RECIPIENT]++;
    if (same == NULL)
        map_add(resolver->slots, key, operand);
}

/* What the parts are taken of, so that it is read once for all of them. */
static const struct operand *
fact_whole(struct resolver *resolver, const struct operand *operand, struct slice rest)
{
    struct operand *whole = ARENA_NEW(resolver->policy->arena, struct operand);

    *whole = *operand;
    if (!has_index(operand))
        whole->name = slice_first(operand->name, operand->name.len - rest.len - 1);
    whole->parts = SLICE("");
    give_slot(resolver, whole);
    return whole;
}

static void
resolve_fact(struct resolver *resolver, struct operand *operand, const struct fact *fact,
             struct slice rest)
{
    operand->fact = fact;
    if (has_index(operand) && rest.len > 0) {
        diagnostics_error(resolver->diagnostics, operand->place,
                          "\"%.*s\" takes nothing in brackets", (int)operand->name.len,
                          operand->name.at);
        return;
    }
    if (has_index(operand) && !resolve_fact_index(resolver, operand))
        return;
    operand->meaning = MEANS_FACT;
    operand->type = fact->type;
    operand->many = fact->flags & FACT_MANY;
    operand->may_be_absent = fact->flags & FACT_MAY_BE_ABSENT;
    operand->flags = fact->flags;
    operand->scope = fact->flags & FACT_OF_RECIPIENT ? SCOPE_RECIPIENT : 0;
    set_fact_stage(resolver, operand);
    if (has_index(operand))
        rest = operand->parts;
    if (rest.len > 0)
        operand->whole = fact_whole(resolver, operand, rest);
    take_parts(resolver, operand, rest);
}

/* A fact of this name that wants brackets, or one that wants none, is near enough to be told of. */
static void
unknown_name(struct resolver *resolver, struct operand *operand)
{
    struct slice rest;
    const struct fact *other = fact_find(operand->name, !has_index(operand), &rest);

    if (other && other->flags & FACT_NEEDS_INDEX)
        diagnostics_error(resolver->diagnostics, operand->place,
                          "%s wants a name in brackets, as in %s[\"...\"]", other->name,
                          other->name);
    else if (other)
        diagnostics_error(resolver->diagnostics, operand->place, "%s takes nothing in brackets",
                          other->name);
    else
        diagnostics_error(resolver->diagnostics, operand->place, "unknown name \"%.*s\"%s",
                          (int)operand->name.len, operand->name.at,
                          resolve_suggest_name(resolver, operand));
}

static void
resolve_name(struct resolver *resolver, struct operand *operand)
{
    size_t dot = slice_find(operand->name, '.');
    struct slice first = slice_first(operand->name, dot);
    struct slice rest = slice_from(operand->name, dot + 1);
    struct statement *statement = map_find(resolver->policy->names, first);
    const struct fact *fact;

    for (const struct binding *b = resolver->bindings; b; b = b->outer)
        if (slice_equal(b->binder->bound, first)) {
            resolve_bound(resolver, operand, b->binder, rest);
            return;
        }
    if (statement) {
        resolve_defined(resolver, operand, statement, rest);
        return;
    }
    if (slice_equal(operand->name, SLICE("count")) && has_index(operand)) {
        resolve_count(resolver, operand);
        return;
    }
    fact = fact_find(operand->name, has_index(operand), &rest);
    if (fact)
        resolve_fact(resolver, operand, fact, rest);
    else
        unknown_name(resolver, operand);
}

void
resolve_operand(struct resolver *resolver, struct operand *operand)
{
    static const enum value_type types[] = {
        [OPERAND_NAME] = TYPE_ABSENT,   [OPERAND_ELSE] = TYPE_ABSENT,  [OPERAND_TEXT] = TYPE_TEXT,
        [OPERAND_NUMBER] = TYPE_NUMBER, [OPERAND_SIZE] = TYPE_SIZE,    [OPERAND_TIME] = TYPE_TIME,
        [OPERAND_TRUTH] = TYPE_TRUTH,   [OPERAND_CAPTURE] = TYPE_TEXT,
    };

    operand->type = types[operand->kind];
    if (operand->kind == OPERAND_NAME) {
        resolve_name(resolver, operand);
        give_slot(resolver, operand);
    } else if (operand->kind == OPERAND_ELSE) {
        resolve_index(resolver, operand);
        operand->meaning = resolve_else(resolver, operand) ? MEANS_ELSE : MEANS_NOTHING;
    } else if (operand->kind == OPERAND_TEXT) {
        operand->constant = value_text(operand->text);
    } else if (operand->kind == OPERAND_TRUTH) {
        operand->constant = value_truth(operand->number);
    } else if (operand->kind != OPERAND_CAPTURE) {
        operand->constant = value_number(operand->type, operand->number);
    }
}
