/* The text that a fact has in its brackets: header["Subject"], macro["{name}"]. One by which
 * nothing is ever found is an error that says what would be right. */
#include "mail/header.h"
#include "resolve_inside.h"

static bool
refuse_index(struct resolver *resolver, const struct operand *operand, const char *advice)
{
    struct slice index = operand->fact_index;

    diagnostics_error(resolver->diagnostics, operand->index->place, "nothing is named \"%.*s\": %s",
                      (int)index.len, index.at, advice);
    return false;
}

static bool
read_field_name(struct resolver *resolver, const struct operand *operand)
{
    struct arena *arena = resolver->policy->arena;
    struct slice name = operand->fact_index;
    struct slice before = slice_first(name, name.len - 1);

    if (operand->fact->flags & FACT_OF_AUTHORS && mailbox_author_field_of(name) == AUTHOR_FIELDS) {
        diagnostics_error(resolver->diagnostics, operand->index->place,
                          "%s is about From, Sender, Reply-To, Resent-From and Resent-Sender alone",
                          operand->fact->name);
        return false;
    }
    if (name.len > 1 && name.at[name.len - 1] == ':' && header_name_is_valid(before))
        return refuse_index(resolver, operand,
                            arena_printf(arena,
                                         "a field's name stands without its colon: %s[\"%.*s\"]",
                                         operand->fact->name, (int)before.len, before.at));
    if (!header_name_is_valid(name))
        return refuse_index(
            resolver, operand,
            "the name of a field is printable ASCII, without white space and colon");
    if (slice_find(name, '*') < name.len)
        return refuse_index(
            resolver, operand,
            "\"*\" stands for no other letters here; write the whole name of each field");
    return true;
}

static bool
read_method(struct resolver *resolver, const struct operand *operand)
{
    return auth_results_keyword_is_valid(operand->fact_index) ||
           refuse_index(resolver, operand,
                        "a method is one word, such as dkim, spf, dmarc or arc; its properties "
                        "stand behind the brackets: auth-results[\"dkim\"].header.d");
}

/* MTAs send a macro of one letter as it is, and any other in braces. */
static bool
read_macro_name(struct resolver *resolver, const struct operand *operand)
{
    struct slice name = operand->fact_index;

    if (name.len == 1 || (name.len > 2 && name.at[0] == '{' && name.at[name.len - 1] == '}'))
        return true;
    return refuse_index(resolver, operand,
                        arena_printf(resolver->policy->arena,
                                     "a macro of more than one letter stands in braces: "
                                     "macro[\"{%.*s}\"]",
                                     (int)name.len, name.at));
}

static bool
read_keyword(struct resolver *resolver, const struct operand *operand)
{
    struct slice name = operand->fact_index;
    struct slice keyword = slice_first(name, slice_find(name, '='));

    if (keyword.len == name.len)
        return true;
    return refuse_index(resolver, operand,
                        arena_printf(resolver->policy->arena,
                                     "a keyword stands without \"=\": %s[\"%.*s\"]",
                                     operand->fact->name, (int)keyword.len, keyword.at));
}

bool
resolve_fact_index(struct resolver *resolver, struct operand *operand)
{
    const struct fact *fact = operand->fact;

    if (operand->index == NULL || operand->index->next || operand->index->kind != OPERAND_TEXT) {
        diagnostics_error(resolver->diagnostics, operand->place,
                          "%s takes one text in quotes between its brackets", fact->name);
        return false;
    }
    operand->fact_index = operand->index->text;
    if (fact->flags & FACT_HAS_RESULTS)
        return read_method(resolver, operand);
    if (fact->flags & (FACT_READS_HEADER | FACT_READS_PARTS))
        return read_field_name(resolver, operand);
    if (slice_equal(slice_of(fact->name), SLICE("macro")))
        return read_macro_name(resolver, operand);
    return read_keyword(resolver, operand);
}
