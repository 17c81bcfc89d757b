/* What became of the rules of a stage, for people: a line each, with what made it so. What was
 * false or open without more is counted only, and so is what stands as it stood before. */
#include "explain_inside.h"

enum { LONGEST_VALUE = 120, MOST_VALUES = 5, MOST_RECIPIENTS = 5 };

/* The rules of one walk that are left out. */
struct left_out {
    unsigned wrong, open, same;
};

void
explain_escaped(struct show *show, const char *text)
{
    struct buffer *shown = ARENA_NEW(show->arena, struct buffer);

    buffer_init(shown, show->arena, SIZE_MAX);
    log_escape(shown, slice_of(text));
    fputs(buffer_slice(shown).at, show->to);
}

void
explain_recipients(struct show *show, const struct shown_recipient *first)
{
    const char *separator = "";
    unsigned shown = 0, more = 0;

    for (const struct shown_recipient *r = first; r; r = r->next) {
        if (shown == MOST_RECIPIENTS) {
            more++;
            continue;
        }
        fputs(separator, show->to);
        explain_escaped(show, r->argument);
        separator = ", ";
        shown++;
    }
    if (more > 0)
        fprintf(show->to, " and %u more", more);
}

static const char *
verdict_text(const struct explained *explained)
{
    return explained->verdict ? verdict_name(explained->verdict) : "remove-recipient";
}

static const char *
outcome_text(struct arena *arena, const struct explained *explained)
{
    switch (explained->outcome) {
    case OUTCOME_FALSE:
        return "false";
    case OUTCOME_OPEN:
        return "open";
    case OUTCOME_UNDECIDED:
        return "error, and so it doesn't act";
    case OUTCOME_AUDIT:
        return explained->truth == TRUTH_ERROR ? "error, audit alone" : "true, audit alone";
    case OUTCOME_ACTS:
        return "true, acts";
    case OUTCOME_WAITS:
        return arena_printf(arena, "true, waits for %s", explained->behind);
    case OUTCOME_HELD:
        return arena_printf(arena, "%s, its %s held back by %s", truth_name(explained->truth),
                            verdict_text(explained), explained->behind);
    case OUTCOME_DECIDES:
        return arena_printf(arena, "%s: %s", truth_name(explained->truth),
                            verdict_text(explained));
    }
    return "";
}

static void
show_value(struct show *show, const struct explained_value *value)
{
    if (value->absent) {
        fputs("(absent)", show->to);
        return;
    }
    explain_escaped(show, arena_string(show->arena, slice_first(value->text, LONGEST_VALUE)));
    fputs(value->text.len > LONGEST_VALUE ? "..." : "", show->to);
    fputs(value->literal ? " (as it stands)" : "", show->to);
}

static void
show_values(struct show *show, const struct explained_fact *fact)
{
    size_t i;

    for (i = 0; i < fact->values && i < MOST_VALUES; i++) {
        fputs(i > 0 ? ", " : " = ", show->to);
        show_value(show, &fact->value[i]);
    }
    if (fact->values == 0)
        fputs(" is absent", show->to);
    else if (fact->values > MOST_VALUES)
        fputs(", ...", show->to);
}

static void
show_fact(struct show *show, const struct explained_fact *fact)
{
    fputs(fact->name, show->to);
    switch (fact->state) {
    case READ_KNOWN:
        show_values(show, fact);
        break;
    case READ_LATER:
        fprintf(show->to, " comes at %s", stage_name(fact->stage));
        break;
    case READ_ERROR:
        fprintf(show->to, " can't be told: %s", fact->reason);
        break;
    }
}

void
explain_facts(struct show *show, const struct explained *explained)
{
    const char *separator = "(";

    for (size_t i = 0; i < explained->facts; i++, separator = "; ") {
        fputs(separator, show->to);
        show_fact(show, &explained->fact[i]);
    }
    if (explained->facts > 0)
        putc(')', show->to);
    else if (explained->reason)
        fprintf(show->to, "(%s)", explained->reason);
    else if (explained->waits_at)
        fprintf(show->to, "(waits for %s)", stage_name(explained->at));
}

static void
show_rule_line(struct show *show, const struct explained *explained, size_t width)
{
    bool more = explained->facts > 0 || explained->reason || explained->waits_at;

    fprintf(show->to, "  %-*s  %s%s", (int)width, explained->rule,
            outcome_text(show->arena, explained), more ? "  " : "");
    explain_facts(show, explained);
    putc('\n', show->to);
}

/* The same rule where it was last shown, looked for from *at on, since rules stand in file order.
 * NULL: it wasn't. */
static const struct explained *
rule_before(const struct shown_walk *before, size_t number, size_t *at)
{
    if (before == NULL)
        return NULL;
    while (*at < before->rules && before->rule[*at].number < number)
        ++*at;
    return *at < before->rules && before->rule[*at].number == number ? &before->rule[*at] : NULL;
}

/* Counts it if it is to be left out. */
static bool
leaves_out(const struct show *show, const struct explained *explained,
           const struct explained *before, struct left_out *left)
{
    if (show->all)
        return false;
    if (explained->outcome == OUTCOME_FALSE)
        left->wrong++;
    else if (explained->outcome == OUTCOME_OPEN)
        left->open++;
    else if (before && explained_alike(explained, before, true))
        left->same++;
    else
        return false;
    return true;
}

/* A stage that brings nothing new needs no line. */
static bool
is_worth_a_line(const struct left_out *left, const struct left_out *before)
{
    return left->wrong + left->open > 0 &&
           (left->wrong != before->wrong || left->open != before->open);
}

static void
show_left_out(struct show *show, const struct left_out *left)
{
    const char *separator = "  (";

    if (left->wrong > 0) {
        fprintf(show->to, "%s%u false", separator, left->wrong);
        separator = ", ";
    }
    if (left->open > 0) {
        fprintf(show->to, "%s%u open", separator, left->open);
        separator = ", ";
    }
    if (left->same > 0)
        fprintf(show->to, "%s%u as before", separator, left->same);
    fputs("; -v shows them)\n", show->to);
}

static struct left_out
count_without_interest(const struct shown_walk *walk)
{
    struct left_out left = {0};

    for (size_t i = 0; walk && i < walk->rules; i++) {
        left.wrong += walk->rule[i].outcome == OUTCOME_FALSE;
        left.open += walk->rule[i].outcome == OUTCOME_OPEN;
    }
    return left;
}

/* Where the rules of this recipient, or of the one before him, were shown last. */
static const struct shown_walk **
place_before(struct show *show, size_t number)
{
    const struct shown_walk **grown;

    if (number >= show->numbers) {
        grown = ARENA_ARRAY(show->arena, 2 * number + 2, const struct shown_walk *);
        for (size_t i = 0; i < show->numbers; i++)
            grown[i] = show->before[i];
        show->before = grown;
        show->numbers = 2 * number + 2;
    }
    for (size_t i = number; i > 0 && show->before[number] == NULL; i--)
        show->before[number] = show->before[i - 1];
    return &show->before[number];
}

static void
remember(struct show *show, const struct shown_walk *walk)
{
    if (walk->recipients == NULL)
        *place_before(show, 0) = walk;
    for (const struct shown_recipient *r = walk->recipients; r; r = r->next)
        *place_before(show, r->number) = walk;
}

static size_t
width_of(const struct explained *const *rule, size_t count)
{
    size_t width = 0, len;

    for (size_t i = 0; i < count; i++) {
        len = strlen(rule[i]->rule);
        width = len > width ? len : width;
    }
    return width;
}

/* Those of the rules that are worth a line; the others are counted. */
static size_t
choose_rules(const struct show *show, const struct shown_walk *walk,
             const struct shown_walk *before, const struct explained **chosen_r,
             struct left_out *left_r)
{
    size_t chosen = 0, at = 0;

    for (size_t i = 0; i < walk->rules; i++) {
        const struct explained *rule = &walk->rule[i];

        if (!leaves_out(show, rule, rule_before(before, rule->number, &at), left_r))
            chosen_r[chosen++] = rule;
    }
    return chosen;
}

static void
show_walk(struct show *show, const struct shown_walk *walk, bool one_of_several)
{
    const struct shown_walk *before =
        *place_before(show, walk->recipients ? walk->recipients->number : 0);
    struct left_out left = {0}, left_before = count_without_interest(before);
    const struct explained **chosen =
        ARENA_ARRAY(show->arena, walk->rules, const struct explained *);
    size_t count = choose_rules(show, walk, before, chosen, &left);
    size_t width = width_of(chosen, count);
    bool counts = is_worth_a_line(&left, &left_before);

    if (one_of_several && (count > 0 || counts)) {
        fputs("  for ", show->to);
        explain_recipients(show, walk->recipients);
        fputs(":\n", show->to);
    }
    for (size_t i = 0; i < count; i++)
        show_rule_line(show, chosen[i], width);
    if (counts)
        show_left_out(show, &left);
}

void
explain_walks(struct show *show, const struct shown_stage *stage)
{
    bool several = stage->walks && stage->walks->next;

    for (const struct shown_walk *walk = stage->walks; walk; walk = walk->next) {
        show_walk(show, walk, several);
        remember(show, walk);
    }
}
