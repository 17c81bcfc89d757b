/* Says why, rule by rule: the pass over the rules is made once more, quietly, and each rule shows
 * what became of it and the facts that made it so. */
#include "base/log.h"
#include "language/print.h"
#include "pass.h"
#include "policy/json.h"

enum { MOST_FACTS = 16, LONGEST_VALUE = 120 };

/* What a fact, a lookup or an item of `any ... as` was. */
struct noted {
    const char *name;
    struct reading reading;
    enum stage stage;
    const struct bound *bound; /* what it was read under, where it depends on that */
};

/* What decided one rule, each once. */
struct because {
    struct noted fact[MOST_FACTS];
    size_t count;
};

struct writer {
    FILE *to;
    unsigned rules;
    size_t width; /* of the longest name of a rule */
};

static void
note(struct because *because, struct noted noted)
{
    for (size_t i = 0; i < because->count; i++)
        if (strcmp(because->fact[i].name, noted.name) == 0 && because->fact[i].bound == noted.bound)
            return;
    if (because->count < MOST_FACTS)
        because->fact[because->count++] = noted;
}

static void
note_operand(struct eval *eval, const struct operand *operand, struct because *because)
{
    if (operand->kind != OPERAND_NAME || operand->meaning == MEANS_LIST ||
        operand->meaning == MEANS_TABLE)
        return;
    note(because, (struct noted){.name = print_operand_text(eval->arena, operand),
                                 .reading = eval_operand(eval, operand),
                                 .stage = operand->stage,
                                 .bound = operand->scope & SCOPE_BINDING ? eval->bound : NULL});
}

static void note_expr(struct eval *eval, const struct expr *expr, struct because *because);

/* One child is enough for what ends a chain early; else all that are as the chain is. */
static void
note_chain(struct eval *eval, const struct expr *expr, struct because *because)
{
    enum truth truth = eval_expr(eval, expr);
    bool ended_early = truth == truth_of(expr->kind == EXPR_OR);

    for (const struct expr *child = expr->child; child; child = child->next) {
        if (eval_expr(eval, child) != truth)
            continue;
        note_expr(eval, child, because);
        if (ended_early)
            return;
    }
}

/* The item that settled it; else those for which it is as it is for all. */
static void
note_items(struct eval *eval, const struct expr *expr, struct because *because)
{
    enum truth truth = eval_expr(eval, expr), one = truth_not(truth);
    bool settled = truth == truth_of(expr->quantifier == QUANTIFIER_ANY);
    struct reading items = eval_operand(eval, expr->operand);
    struct value value;
    size_t cursor = 0;

    while (!(settled && one == truth) && !meter_over(arena_meter(eval->arena)) &&
           reading_next(&items, &cursor, &value)) {
        struct bound *bound = ARENA_NEW(eval->arena, struct bound);

        *bound = (struct bound){.binder = expr, .value = value, .outer = eval->bound};
        eval->bound = bound;
        one = eval_expr(eval, expr->child);
        if (one == truth) {
            note(because, (struct noted){.name = arena_string(eval->arena, expr->bound),
                                         .reading = reading_one(eval->arena, value),
                                         .bound = bound});
            note_expr(eval, expr->child, because);
        }
        eval->bound = bound->outer;
    }
}

static void
note_expr(struct eval *eval, const struct expr *expr, struct because *because)
{
    switch (expr->kind) {
    case EXPR_OR:
    case EXPR_AND:
        note_chain(eval, expr, because);
        break;
    case EXPR_NOT:
        note_expr(eval, expr->child, because);
        break;
    case EXPR_BIND:
        note_operand(eval, expr->operand, because);
        note_items(eval, expr, because);
        break;
    case EXPR_TEST:
        if (expr->operand->meaning == MEANS_LET) {
            note_expr(eval, expr->operand->let, because);
            break;
        }
        note_operand(eval, expr->operand, because);
        if (expr->right)
            note_operand(eval, expr->right, because);
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

static bool
waits_for_stage(const struct eval *eval, const struct observed *seen)
{
    return seen->truth == TRUTH_LATER && seen->rule->has_at && eval->stage < seen->rule->at;
}

static struct because
because_of(struct eval *eval, const struct observed *seen)
{
    struct because because = {.count = 0};
    struct text_notes notes = {eval, &because};

    if (waits_for_stage(eval, seen) || seen->reason == eval_is_spent)
        return because;
    if (seen->rule->condition)
        note_expr(eval, seen->rule->condition, &because);
    if (seen->truth == TRUTH_LATER || seen->truth == TRUTH_ERROR)
        for (const struct action *action = seen->rule->actions; action; action = action->next)
            action_visit_operands(action, note_text_operand, &notes);
    return because;
}

static const char *
outcome_text(struct arena *arena, const struct observed *seen)
{
    switch (seen->outcome) {
    case OUTCOME_FALSE:
        return "false";
    case OUTCOME_OPEN:
        return "open";
    case OUTCOME_UNDECIDED:
        return "error, and so it doesn't act";
    case OUTCOME_AUDIT:
        return seen->truth == TRUTH_ERROR ? "error, audit alone" : "true, audit alone";
    case OUTCOME_ACTS:
        return "true, acts";
    case OUTCOME_WAITS:
        return arena_printf(arena, "true, waits for %.*s", (int)seen->by->name.len,
                            seen->by->name.at);
    case OUTCOME_HELD:
        return arena_printf(arena, "%s, its %s held back by %.*s", truth_name(seen->truth),
                            seen->verdict ? verdict_name(seen->verdict) : "remove-recipient",
                            (int)seen->by->name.len, seen->by->name.at);
    case OUTCOME_DECIDES:
        return arena_printf(arena, "%s: %s", truth_name(seen->truth),
                            seen->verdict ? verdict_name(seen->verdict) : "remove-recipient");
    }
    return "";
}

static void
write_value(struct arena *arena, FILE *to, struct slice value)
{
    struct buffer *line = ARENA_NEW(arena, struct buffer);

    buffer_init(line, arena, SIZE_MAX);
    log_escape(line, slice_first(value, LONGEST_VALUE));
    fprintf(to, "%s%s", buffer_slice(line).at, value.len > LONGEST_VALUE ? "..." : "");
}

static void
write_values(struct arena *arena, FILE *to, const struct reading *reading)
{
    struct value item;
    size_t cursor = 0, count = 0;
    enum { MOST_VALUES = 5 };

    for (; reading_next(reading, &cursor, &item); count++) {
        if (count == MOST_VALUES) {
            fputs(", ...", to);
            return;
        }
        fputs(count ? ", " : " = ", to);
        if (item.type == TYPE_ABSENT)
            fputs("(absent)", to);
        else
            write_value(arena, to, value_print(arena, &item));
        if (item.type == TYPE_ANSWER && table_word_is_pattern(item.text) && !item.is_pattern)
            fputs(" (as it stands)", to);
    }
    if (count == 0)
        fputs(" is absent", to);
}

static void
write_fact(struct arena *arena, FILE *to, const struct noted *fact)
{
    fputs(fact->name, to);
    if (fact->reading.state == READ_LATER)
        fprintf(to, " comes at %s", stage_name(fact->stage));
    else if (fact->reading.state == READ_ERROR)
        fprintf(to, " can't be told: %s", fact->reading.reason);
    else
        write_values(arena, to, &fact->reading);
}

static void
write_rule(void *context, struct eval *eval, const struct observed *seen)
{
    struct writer *writer = context;
    struct because because = because_of(eval, seen);
    const char *separator = "";

    fprintf(writer->to, "  %-*.*s  %s", (int)writer->width, (int)seen->rule->name.len,
            seen->rule->name.at, outcome_text(eval->arena, seen));
    if (because.count > 0)
        fputs("  (", writer->to);
    for (size_t i = 0; i < because.count; i++, separator = "; ") {
        fputs(separator, writer->to);
        write_fact(eval->arena, writer->to, &because.fact[i]);
    }
    if (because.count > 0)
        putc(')', writer->to);
    else if (seen->reason == eval_is_spent)
        fprintf(writer->to, "  (%s)", eval_is_spent);
    else if (waits_for_stage(eval, seen))
        fprintf(writer->to, "  (waits for %s)", stage_name(seen->rule->at));
    putc('\n', writer->to);
}

static void
write_json_values(struct arena *arena, FILE *to, const struct reading *reading)
{
    struct value item;
    size_t cursor = 0;
    const char *separator = "";

    while (reading_next(reading, &cursor, &item)) {
        fputs(separator, to);
        if (item.type == TYPE_ABSENT)
            fputs("null", to);
        else
            json_write_string(to, value_print(arena, &item));
        separator = ",";
    }
}

static void
write_json_fact(struct arena *arena, FILE *to, const struct noted *fact)
{
    static const char *const states[] = {
        [READ_KNOWN] = "known", [READ_LATER] = "later", [READ_ERROR] = "error"};
    const struct reading *reading = &fact->reading;

    fputs("{\"name\":", to);
    json_write_string(to, slice_of(fact->name));
    fprintf(to, ",\"state\":\"%s\"", states[reading->state]);
    if (reading->state == READ_LATER)
        fprintf(to, ",\"stage\":\"%s\"", stage_name(fact->stage));
    if (reading->state == READ_ERROR) {
        fputs(",\"reason\":", to);
        json_write_string(to, slice_of(reading->reason));
    }
    if (reading->state == READ_KNOWN) {
        fputs(",\"values\":[", to);
        write_json_values(arena, to, reading);
        putc(']', to);
    }
    putc('}', to);
}

static void
write_json_rule(void *context, struct eval *eval, const struct observed *seen)
{
    static const char *const outcomes[] = {
        [OUTCOME_FALSE] = "false",         [OUTCOME_OPEN] = "open",
        [OUTCOME_UNDECIDED] = "undecided", [OUTCOME_AUDIT] = "audit",
        [OUTCOME_ACTS] = "acts",           [OUTCOME_WAITS] = "waits",
        [OUTCOME_HELD] = "held-back",      [OUTCOME_DECIDES] = "decides",
    };
    struct writer *writer = context;
    struct because because = because_of(eval, seen);

    fputs(writer->rules++ ? ",{\"rule\":" : "{\"rule\":", writer->to);
    json_write_string(writer->to, seen->rule->name);
    fprintf(writer->to, ",\"truth\":\"%s\",\"outcome\":\"%s\"", truth_name(seen->truth),
            outcomes[seen->outcome]);
    if (seen->verdict != VERDICT_NONE)
        fprintf(writer->to, ",\"verdict\":\"%s\"", verdict_name(seen->verdict));
    if (seen->by) {
        fputs(",\"behind\":", writer->to);
        json_write_string(writer->to, seen->by->name);
    }
    if (seen->reason == eval_is_spent) {
        fputs(",\"reason\":", writer->to);
        json_write_string(writer->to, slice_of(eval_is_spent));
    }
    fputs(",\"facts\":[", writer->to);
    for (size_t i = 0; i < because.count; i++) {
        fputs(i ? "," : "", writer->to);
        write_json_fact(eval->arena, writer->to, &because.fact[i]);
    }
    fputs("]}", writer->to);
}

static bool
is_too_early(const struct walk *walk)
{
    return walk->stage < settings_earliest_verdict(&walk->policy->settings);
}

/* The same pass as the last stage's, over all rules, without effect, and with steps of its own. */
static void
replay(const struct walk *walk, const struct recipient *recipient, track_observer *observer,
       struct writer *writer)
{
    struct meter *spent = arena_meter(walk->arena), *own = ARENA_NEW(walk->arena, struct meter);
    struct walk again = *walk;
    struct track *track;

    again.quiet = true;
    again.observer = observer;
    again.observer_context = writer;
    track = track_new(&again, recipient);
    if (recipient && recipient->facts && ((struct track *)recipient->facts)->store)
        track->store = ((struct track *)recipient->facts)->store;
    own->most = spent->most;
    arena_set_meter(walk->arena, own);
    track_walk(&again, track);
    arena_set_meter(walk->arena, spent);
}

void
walk_explain(const struct walk *walk, const struct recipient *recipient, FILE *to)
{
    struct writer writer = {.to = to};

    if (is_too_early(walk)) {
        fprintf(to, "  no rule is asked before %s (earliest-verdict)\n",
                stage_name(settings_earliest_verdict(&walk->policy->settings)));
        return;
    }
    for (size_t i = 0; i < walk->policy->rule_count; i++)
        if (walk->policy->rules[i]->name.len > writer.width)
            writer.width = walk->policy->rules[i]->name.len;
    replay(walk, recipient, write_rule, &writer);
}

void
walk_explain_json(const struct walk *walk, const struct recipient *recipient, FILE *to)
{
    struct writer writer = {.to = to};

    putc('[', to);
    if (!is_too_early(walk))
        replay(walk, recipient, write_json_rule, &writer);
    putc(']', to);
}
