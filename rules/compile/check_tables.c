/* What a policy's tables hold and can't mean, and keys that they never have. */
#include "language/print.h"
#include "policy/table_driver.h"
#include "check_inside.h"

/* As Postfix takes the logins of a login map, so that a map made for other ends gives nothing away.
 */
static void
warn_of_patterns(struct policy *policy, struct diagnostics *diagnostics,
                 const struct table_statement *table)
{
    const struct table_source *source = table->sources;
    struct slice word;

    if (!table->looked_up || table->table->options.patterns)
        return;
    for (const struct table_place *place = table->table->places; place;
         place = place->next, source = source->next)
        if (table_find_pattern(place, policy->arena, &word))
            diagnostics_warning(
                diagnostics, source->place,
                "among its words is \"%.*s\", which stands for itself alone; if it is to match as "
                "an item of a list does, write behind the table: patterns",
                (int)word.len, word.at);
}

/* A lookup of such a value is an error, and no other is harmed. */
static void
warn_of_unreadable(struct policy *policy, struct diagnostics *diagnostics,
                   const struct table_statement *table)
{
    struct arena *arena = policy->arena;
    enum value_type as = table->table->options.as;
    const struct table_source *source = table->sources;
    struct table_unreadable unreadable;

    for (const struct table_place *place = table->table->places; place && as;
         place = place->next, source = source->next)
        if (table_find_unreadable(place, arena, as, &unreadable))
            diagnostics_warning(diagnostics, source->place,
                                "%s, as the table says: its lookup is an error",
                                table_unreadable_text(arena, &unreadable, as));
}

static void
warn_of_empty(struct diagnostics *diagnostics, const struct table_statement *table)
{
    const struct table_source *source = table->sources;

    for (const struct table_place *place = table->table->places; place;
         place = place->next, source = source->next)
        if (table_is_empty(place))
            diagnostics_warning(diagnostics, source->place,
                                "the table \"%.*s\" has no entries here: nothing is found",
                                (int)table->name.len, table->name.at);
}

/* A table whose file is out of date, or has a line that is left out. */
static void
warn_of_remarks(struct policy *policy, struct diagnostics *diagnostics,
                const struct table_statement *table)
{
    const struct table_source *source = table->sources;

    for (const struct table_place *place = table->table->places; place;
         place = place->next, source = source->next) {
        const char *remark = table_remark(place, policy->arena);

        if (remark)
            diagnostics_warning(diagnostics, source->place, "%s", remark);
    }
}

void
check_table(struct policy *policy, struct diagnostics *diagnostics,
            const struct table_statement *table)
{
    warn_of_patterns(policy, diagnostics, table);
    warn_of_unreadable(policy, diagnostics, table);
    warn_of_empty(diagnostics, table);
    warn_of_remarks(policy, diagnostics, table);
}

static bool
takes_addresses_alone(const struct table_statement *table)
{
    for (const struct table_place *place = table->table->places; place; place = place->next)
        if (!table_takes_addresses_alone(place))
            return false;
    return table->table->places != NULL;
}

/* A domain and an address of mail never are one; a text may be. */
static void
warn_of_key(struct policy *policy, struct diagnostics *diagnostics,
            const struct table_statement *table, const struct operand *key)
{
    if ((key->type == TYPE_DOMAIN || key->type == TYPE_ADDRESS || key->type == TYPE_MAILBOX) &&
        takes_addresses_alone(table))
        diagnostics_warning(diagnostics, key->place,
                            "the keys of the table \"%.*s\" are IP addresses; %s is %s, and is "
                            "never found there",
                            (int)table->name.len, table->name.at,
                            print_operand_text(policy->arena, key), value_type_name(key->type));
}

static void
warn_of_lookup(struct policy *policy, struct diagnostics *diagnostics,
               const struct operand *operand)
{
    if (operand && operand->meaning == MEANS_LOOKUP)
        warn_of_key(policy, diagnostics, operand->table, operand->index);
}

void
check_table_keys(struct policy *policy, struct diagnostics *diagnostics, const struct expr *test)
{
    warn_of_lookup(policy, diagnostics, test->operand);
    warn_of_lookup(policy, diagnostics, test->right);
    if (test->right && test->right->meaning == MEANS_TABLE)
        warn_of_key(policy, diagnostics, test->right->table, test->operand);
}
