/* Items of lists that nothing can be equal to. What several facts are looked for in may hold items
 * for each of them: one is wrong where none of them can be it. */
#include "check_inside.h"

#include "language/print.h"
#include "value_words.h"
#include "values/list.h"

/* `where`: " (file:line)" where the fact stands elsewhere, or empty. */
static void
refuse_item(struct policy *policy, struct diagnostics *diagnostics, const struct operand *operand,
            const struct item *item, const char *where)
{
    struct arena *arena = policy->arena;
    const char *refusal =
        operand->type == TYPE_WORD ? words_refusal(arena, operand, item->text) : NULL;
    struct slice shown = slice_first(item->text, 200);

    if (refusal)
        diagnostics_error(diagnostics, item->place, "%s%s", refusal, where);
    else
        diagnostics_error(diagnostics, item->place, "%s%s is %s, which \"%.*s\" can't be%s",
                          print_operand_text(arena, operand), where, value_type_name(operand->type),
                          (int)shown.len, shown.at, words_advice(arena, operand, item->text, true));
}

bool
check_items(struct policy *policy, struct diagnostics *diagnostics, const struct operand *operand,
            const struct item *items)
{
    bool fine = true;

    for (const struct item *item = items; item; item = item->next) {
        if (item->forms == 0 || words_can_be(policy->arena, operand, item))
            continue;
        refuse_item(policy, diagnostics, operand, item, "");
        fine = false;
    }
    return fine;
}

static bool
has_advice(struct policy *policy, const struct list_reader *reader, const struct item *item)
{
    return words_advice(policy->arena, reader->operand, item->text, true)[0] != '\0';
}

/* One that can be equal to the item; else NULL, and the one for which there is the best advice. */
static const struct list_reader *
reader_of(struct policy *policy, const struct list_statement *list, const struct item *item,
          const struct list_reader *readers, const struct list_reader **advised_r)
{
    *advised_r = NULL;
    for (const struct list_reader *reader = readers; reader; reader = reader->next) {
        if (reader->list != list)
            continue;
        if (words_can_be(policy->arena, reader->operand, item))
            return reader;
        if (*advised_r == NULL || has_advice(policy, reader, item))
            *advised_r = reader;
    }
    return NULL;
}

/* By a part that asks what looks like an item. */
static bool
is_looked_at(const struct list_statement *list, const struct item *item)
{
    unsigned forms = list_forms_for(TYPE_DOMAIN) | list_forms_for(TYPE_ADDRESS);

    return list->looks && item->forms & forms;
}

static void
check_list(struct policy *policy, struct diagnostics *diagnostics,
           const struct list_statement *list, const struct list_reader *readers)
{
    const struct list_reader *advised;

    for (const struct item *item = list->items; item; item = item->next)
        if (item->forms && !is_looked_at(list, item) &&
            !reader_of(policy, list, item, readers, &advised) && advised)
            refuse_item(
                policy, diagnostics, advised->operand, item,
                arena_printf(policy->arena, " (%s)",
                             diagnostics_place_text(policy->arena, advised->operand->place)));
}

void
check_lists(struct policy *policy, struct diagnostics *diagnostics,
            const struct list_reader *readers)
{
    for (const struct statement *s = policy->tree.first; s; s = s->next)
        if (s->kind == STATEMENT_LIST && !s->overridden)
            check_list(policy, diagnostics, &s->list, readers);
}
