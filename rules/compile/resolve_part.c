/* Parts behind the dots of a name, and the lists that some have in brackets. */
#include "mail/looks.h"
#include "resolve_inside.h"
#include "values/list_looks.h"
#include "values/suffixes.h"

enum { MAX_PARTS = sizeof((struct operand *)0)->part / sizeof(struct fact_part *) };

/* A list in the brackets of a part; NULL after an error. */
static struct list_statement *
part_list(struct resolver *resolver, struct operand *operand, const struct fact_part *part,
          struct operand *in)
{
    if (in && in->kind == OPERAND_NAME && in->meaning == MEANS_NOTHING)
        return NULL;
    if (in && in->meaning == MEANS_LIST && operand->parts.len == 0) {
        struct statement *statement = map_find(resolver->policy->names, in->name);

        return &statement->list;
    }
    diagnostics_error(resolver->diagnostics, operand->place,
                      "%s ends with the name of a list in brackets, as in "
                      "sender.domain.%s[our-domains]",
                      part->name, part->name);
    return NULL;
}

/* What the items of a list look like, or what is near them, is found out once, when a part first
 * asks. */
static bool
read_part_list(struct resolver *resolver, struct operand *operand, const struct fact_part *part,
               struct operand *in)
{
    unsigned names = list_forms_for(TYPE_DOMAIN) | list_forms_for(TYPE_ADDRESS);
    struct list_statement *list = part_list(resolver, operand, part, in);
    bool near = part->flags & PART_NEAR_LIST;
    unsigned forms = list ? list_forms(list->list) : 0;

    if (list == NULL)
        return false;
    if (forms != 0 && !(forms & names)) {
        diagnostics_error(resolver->diagnostics, in->place,
                          "the list \"%.*s\" has no domain and no address that anything could "
                          "%s",
                          (int)list->name.len, list->name.at, near ? "be near to" : "look like");
        return false;
    }
    if (near && list->near == NULL)
        list->near = list_near_new(resolver->policy->arena, list->list);
    if (!near && list->looks == NULL)
        list->looks = list_looks_new(resolver->policy->arena, list->list);
    operand->looks =
        list_looks_beside(resolver->policy->arena, near ? list->near : list->looks, operand->looks);
    return true;
}

static bool
read_part_lists(struct resolver *resolver, struct operand *operand, const struct fact_part *part)
{
    struct operand *in = operand->index;

    do {
        if (!read_part_list(resolver, operand, part, in))
            return false;
        in = in->next;
    } while (in);
    return true;
}

static bool
part_can_be_read(struct resolver *resolver, struct operand *operand, const struct fact_part *part)
{
    const char *missing = NULL;

    if (part->flags & PART_TAKES_LIST && !read_part_lists(resolver, operand, part))
        return false;
    if (part->flags & PART_NEEDS_ICU && !looks_are_known())
        missing = "this build has no ICU";
    else if (part->flags & PART_NEEDS_PSL)
        missing = suffixes_unknown();
    if (missing)
        diagnostics_error(resolver->diagnostics, operand->place,
                          "%s, without which nothing is known of .%s", missing, part->name);
    return missing == NULL;
}

static const struct fact_part *
find_part(const struct operand *operand, struct slice name)
{
    const struct fact_part *part = fact_part_find(operand->type, name);
    bool has_parts = operand->flags & FACT_HAS_PARTS;
    bool has_results = operand->flags & FACT_HAS_RESULTS && operand->part_count == 0;

    if (operand->part_count == MAX_PARTS || (part && part->of == TYPE_TEXT && !has_parts) ||
        (part && part->of == TYPE_WORD && !has_results))
        return NULL;
    return part;
}

static void
take_part(struct resolver *resolver, struct operand *operand, struct slice name)
{
    const struct fact_part *part = find_part(operand, name);

    if (part == NULL)
        diagnostics_error(resolver->diagnostics, operand->place, "%s has no part \"%.*s\"%s",
                          value_type_name(operand->type), (int)name.len, name.at,
                          resolve_suggest_part(resolver, operand, name));
    if (part == NULL || !part_can_be_read(resolver, operand, part)) {
        operand->meaning = MEANS_NOTHING;
        return;
    }
    operand->part[operand->part_count++] = part;
    if (part->flags & PART_NAMED)
        operand->property = name;
    operand->type = part->type;
    operand->many |= (part->flags & PART_MANY) != 0;
    operand->may_be_absent |= (part->flags & PART_MAY_BE_ABSENT) != 0;
}

void
resolve_parts(struct resolver *resolver, struct operand *operand, struct slice names)
{
    struct slice name, second;

    while (operand->meaning != MEANS_NOTHING && slice_word(&names, ".", &name)) {
        if (operand->flags & FACT_HAS_RESULTS && operand->type == TYPE_WORD &&
            !slice_equal(name, SLICE("reason")) && slice_word(&names, ".", &second))
            name.len = (size_t)(second.at + second.len - name.at);
        take_part(resolver, operand, name);
    }
}
