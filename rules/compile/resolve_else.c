/* `else`: what a lookup, or a fact that may be absent, is worth where it is. The whole has the type
 * of its first half; only words of a lookup take that of the second. */
#include "language/operand.h"
#include "language/print.h"
#include "resolve_inside.h"

static bool
else_is_known(const struct operand *operand)
{
    return operand_is_literal(operand) || operand->meaning != MEANS_NOTHING;
}

static bool
else_has_value(const struct operand *operand)
{
    return !operand->many && operand->meaning != MEANS_LIST && operand->meaning != MEANS_TABLE &&
           operand->meaning != MEANS_LET;
}

/* A text of the policy's own, also behind a let; else NULL. */
static const struct operand *
else_text(const struct operand *operand)
{
    operand = operand_named(operand);
    return operand->kind == OPERAND_TEXT ? operand : NULL;
}

static const char *
else_print(const struct resolver *resolver, const struct operand *operand)
{
    return print_operand_text(resolver->policy->arena, operand);
}

/* Why the two halves don't go together, or NULL. */
static const char *
else_reason(struct resolver *resolver, const struct operand *first, const struct operand *second)
{
    struct arena *arena = resolver->policy->arena;
    const char *name = else_print(resolver, first);

    if (first->many)
        return arena_printf(arena, "%s may have many values; else is for what has one", name);
    if (!else_has_value(first))
        return arena_printf(arena,
                            "%s has no value; else stands behind a lookup, or behind a fact "
                            "that may be absent",
                            name);
    if (!first->may_be_absent)
        return arena_printf(arena, "%s is never absent; leave out else and what is behind it",
                            name);
    if (!else_has_value(second))
        return arena_printf(arena, "behind else stands one value, and %s isn't one",
                            else_print(resolver, second));
    return NULL;
}

static enum value_type
else_plain_type(const struct operand *operand)
{
    return operand->type == TYPE_MAILBOX ? TYPE_ADDRESS : operand->type;
}

static bool
else_types_fit(struct resolver *resolver, enum value_type type, const struct operand *second)
{
    const struct operand *text = else_text(second);
    struct value value;

    if (text)
        return value_read(resolver->policy->arena, type, text->text,
                          settings_local_case(&resolver->policy->settings), &value);
    return second->type == TYPE_ANSWER || else_plain_type(second) == type ||
           (type == TYPE_SIZE && second->kind == OPERAND_NUMBER);
}

/* ABSENT after an error. */
static enum value_type
else_type(struct resolver *resolver, const struct operand *first, const struct operand *second)
{
    enum value_type type = else_plain_type(first);

    if (type == TYPE_ANSWER)
        return else_text(second) ? TYPE_ANSWER : else_plain_type(second);
    if (else_types_fit(resolver, type, second))
        return type;
    diagnostics_error(resolver->diagnostics, second->place,
                      "%s is %s, and so is what stands behind "
                      "its else; %s can't be read as one",
                      else_print(resolver, first), value_type_name(type),
                      else_print(resolver, second));
    return TYPE_ABSENT;
}

bool
resolve_else(struct resolver *resolver, struct operand *operand)
{
    const struct operand *first = operand->index, *second = first->next;
    const char *reason;

    if (!else_is_known(first) || !else_is_known(second))
        return false;
    reason = else_reason(resolver, first, second);
    if (reason)
        diagnostics_error(resolver->diagnostics, operand->place, "%s", reason);
    else
        operand->type = else_type(resolver, first, second);
    operand->may_be_absent = second->may_be_absent;
    return operand->type != TYPE_ABSENT;
}
