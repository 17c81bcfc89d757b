/* What kinds of operands have in common. */
#ifndef POSTERN_RULES_LANGUAGE_OPERAND_H
#define POSTERN_RULES_LANGUAGE_OPERAND_H

#include "language/tree.h"

static inline bool
operand_is_literal(const struct operand *operand)
{
    return operand->kind != OPERAND_NAME && operand->kind != OPERAND_ELSE;
}

/* What a let stands for that is a value, unless a part of it is taken; else the operand itself. */
static inline const struct operand *
operand_named(const struct operand *operand)
{
    while (operand->meaning == MEANS_ALIAS && operand->part_count == 0)
        operand = operand->alias;
    return operand;
}

/* Words of a table's answer, as many as there are; one that says `as` is a value. */
static inline bool
operand_is_words(const struct operand *operand)
{
    operand = operand_named(operand);
    return operand->type == TYPE_ANSWER &&
           (operand->meaning == MEANS_LOOKUP || operand->meaning == MEANS_ELSE);
}

#endif
