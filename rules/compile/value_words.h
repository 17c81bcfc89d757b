/* What a value can be, and what was meant by a word of the policy that it can never be. */
#ifndef POSTERN_RULES_COMPILE_VALUE_WORDS_H
#define POSTERN_RULES_COMPILE_VALUE_WORDS_H

#include "language/tree.h"

/* Is a dot at the front of a word left out, since no value has one? */
bool words_drop_dot(const struct operand *operand);

/* The word without the dot that such an operand leaves out. */
struct slice words_without_dot(const struct operand *operand, struct slice word);

/* Why a word that can be read as the operand's type is never equal to it; NULL where it may be. */
const char *words_refusal(struct arena *arena, const struct operand *operand, struct slice word);

/* Can the operand be equal to this item of a list? */
bool words_can_be(struct arena *arena, const struct operand *operand, const struct item *item);

/* "; ADVICE" for a word that the operand can't be, in a list or beside == and its like; "" where
 * nothing is known. */
const char *words_advice(struct arena *arena, const struct operand *operand, struct slice word,
                         bool in_list);

#endif
