/* A policy in its normal form: parsed again, it prints the same. */
#ifndef POSTERN_RULES_LANGUAGE_PRINT_H
#define POSTERN_RULES_LANGUAGE_PRINT_H

#include "base/buffer.h"
#include "tree.h"

void print_tree(struct buffer *to, const struct tree *tree);
void print_expr(struct buffer *to, const struct expr *expr);
void print_operand(struct buffer *to, const struct operand *operand);
void print_action(struct buffer *to, const struct action *action);

/* The operand alone, or the condition, as a string. */
const char *print_operand_text(struct arena *arena, const struct operand *operand);
const char *print_expr_text(struct arena *arena, const struct expr *expr);

/* In double quotes, escapes written. */
void print_string(struct buffer *to, struct slice s);

const char *print_relation_text(enum relation relation);

#endif
