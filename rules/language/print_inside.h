/* What the parts of the printer share. */
#ifndef POSTERN_RULES_LANGUAGE_PRINT_INSIDE_H
#define POSTERN_RULES_LANGUAGE_PRINT_INSIDE_H

#include "print.h"

enum { PRINT_WIDTH = 100, PRINT_INDENT = 4 };

void print_indent(struct buffer *to, unsigned columns);

/* Does the line that `to` ends with fit, and is it one line since octet `from`? */
bool print_fits(const struct buffer *to, size_t from);

/* As print_expr(), but chains that are too long for a line are broken before their words. */
void print_expr_wrapped(struct buffer *to, const struct expr *expr, unsigned indent);

/* Bare, or in quotes. */
void print_item(struct buffer *to, const struct item *item);

/* On one line, with the braces. */
void print_items(struct buffer *to, const struct item *items);

/* A string's octets without its quotes. */
void print_escaped(struct buffer *to, struct slice s);

void print_pattern(struct buffer *to, const struct pattern *pattern);
void print_text(struct buffer *to, const struct text *text);

/* directory: what goes before relative names of files. */
void print_test(struct buffer *to, const struct test_statement *test, struct slice directory);

#endif
