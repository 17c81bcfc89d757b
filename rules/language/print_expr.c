/* Conditions, operands and literals in their normal form; brackets only where they are needed. */
#include "print_inside.h"
#include "values/measure.h"

/* From loose to tight. */
enum level { LEVEL_OR, LEVEL_AND, LEVEL_NOT };

/* indent 0: all on one line. */
struct layout {
    unsigned indent;
    bool followed; /* something stands to the right that a quantified condition would swallow */
};

static void print_at(struct buffer *to, const struct expr *expr, enum level level,
                     struct layout layout);

const char *
print_relation_text(enum relation relation)
{
    static const char *const texts[] = {"", "==", "!=", "<", "<=", ">", ">=",
                                        "in", "not in", "~", "!~"};

    return texts[relation];
}

void
print_escaped(struct buffer *to, struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '"' || s.at[i] == '\\')
            buffer_octet(to, '\\');
        if (s.at[i] == '\n')
            buffer_text(to, "\\n");
        else
            buffer_octet(to, s.at[i]);
    }
}

static void
print_quoted(struct buffer *to, struct slice s, char quote)
{
    buffer_octet(to, quote);
    print_escaped(to, s);
    buffer_octet(to, quote);
}

void
print_string(struct buffer *to, struct slice s)
{
    print_quoted(to, s, '"');
}

static void
print_measure(struct buffer *to, enum measure kind, int64_t number)
{
    const char *unit;
    int64_t scaled = measure_scale(kind, number, &unit);

    buffer_printf(to, "%lld%s", (long long)scaled, unit);
}

static void print_operand_in(struct buffer *to, const struct operand *operand, char quote);

static void
print_name(struct buffer *to, const struct operand *operand, char quote)
{
    buffer_add(to, operand->name);
    if (!operand->indexed)
        return;
    buffer_octet(to, '[');
    for (const struct operand *index = operand->index; index; index = index->next) {
        print_operand_in(to, index, quote);
        buffer_text(to, index->next ? ", " : "");
    }
    buffer_octet(to, ']');
    if (operand->parts.len > 0)
        buffer_octet(to, '.');
    buffer_add(to, operand->parts);
}

static void
print_operand_in(struct buffer *to, const struct operand *operand, char quote)
{
    switch (operand->kind) {
    case OPERAND_NAME:
        print_name(to, operand, quote);
        break;
    case OPERAND_ELSE:
        print_operand_in(to, operand->index, quote);
        buffer_text(to, " else ");
        print_operand_in(to, operand->index->next, quote);
        break;
    case OPERAND_TEXT:
        print_quoted(to, operand->text, quote);
        break;
    case OPERAND_NUMBER:
    case OPERAND_CAPTURE:
        buffer_printf(to, "%lld", (long long)operand->number);
        break;
    case OPERAND_SIZE:
        print_measure(to, MEASURE_SIZE, operand->number);
        buffer_text(to, operand->number == 0 ? "KB" : "");
        break;
    case OPERAND_TIME:
        print_measure(to, MEASURE_TIME, operand->number);
        break;
    case OPERAND_TRUTH:
        buffer_text(to, operand->number ? "yes" : "no");
        break;
    }
}

void
print_operand(struct buffer *to, const struct operand *operand)
{
    print_operand_in(to, operand, '"');
}

void
print_item(struct buffer *to, const struct item *item)
{
    if (item->quoted)
        print_string(to, item->text);
    else
        buffer_add(to, item->text);
}

void
print_pattern(struct buffer *to, const struct pattern *pattern)
{
    buffer_octet(to, '/');
    for (size_t i = 0; i < pattern->text.len; i++) {
        buffer_text(to, pattern->text.at[i] == '/' ? "\\" : "");
        buffer_octet(to, pattern->text.at[i]);
    }
    buffer_octet(to, '/');
    buffer_add(to, pattern->flags);
}

/* A brace is doubled where it would begin a fact. */
static void
print_literal(struct buffer *to, struct slice literal)
{
    while (literal.len > 0) {
        size_t brace = slice_find(literal, '{');

        print_escaped(to, slice_first(literal, brace));
        buffer_text(to, brace < literal.len ? "{{" : "");
        literal = slice_from(literal, brace + 1);
    }
}

void
print_text(struct buffer *to, const struct text *text)
{
    buffer_octet(to, '"');
    for (const struct text_piece *piece = text->pieces; piece; piece = piece->next) {
        if (piece->operand == NULL) {
            print_literal(to, piece->literal);
            continue;
        }
        buffer_octet(to, '{');
        print_operand_in(to, piece->operand, '\'');
        buffer_octet(to, '}');
    }
    buffer_octet(to, '"');
}

void
print_indent(struct buffer *to, unsigned columns)
{
    buffer_printf(to, "%*s", (int)columns, "");
}

bool
print_fits(const struct buffer *to, size_t from)
{
    size_t start = from;

    while (start > 0 && to->at[start - 1] != '\n')
        start--;
    return to->len - start <= PRINT_WIDTH;
}

void
print_items(struct buffer *to, const struct item *items)
{
    buffer_text(to, "{ ");
    for (const struct item *item = items; item; item = item->next) {
        print_item(to, item);
        buffer_text(to, item->next ? ", " : " ");
    }
    buffer_octet(to, '}');
}

static void
print_relation(struct buffer *to, const struct expr *expr)
{
    if (expr->relation == RELATION_NONE)
        return;
    buffer_printf(to, " %s ", print_relation_text(expr->relation));
    if (expr->right_is_items)
        print_items(to, expr->items);
    else if (expr->right)
        print_operand(to, expr->right);
    else
        print_pattern(to, &expr->pattern);
}

static void
print_comparison(struct buffer *to, const struct expr *expr)
{
    static const char *const quantifiers[] = {"", "any ", "every "};

    buffer_text(to, quantifiers[expr->quantifier]);
    print_operand(to, expr->operand);
    if (expr->kind == EXPR_TEST)
        print_relation(to, expr);
}

static void
print_bind(struct buffer *to, const struct expr *expr, struct layout layout)
{
    print_comparison(to, expr);
    buffer_printf(to, " as %.*s: ", (int)expr->bound.len, expr->bound.at);
    print_at(to, expr->child, LEVEL_OR, layout);
}

static void
print_chain_on(struct buffer *to, const struct expr *expr, struct layout layout, bool broken)
{
    enum level inside = expr->kind == EXPR_OR ? LEVEL_AND : LEVEL_NOT;
    const char *word = expr->kind == EXPR_OR ? "or " : "and ";
    bool followed = layout.followed;

    if (broken)
        layout.indent += PRINT_INDENT;
    for (const struct expr *child = expr->child; child; child = child->next) {
        layout.followed = followed || child->next;
        print_at(to, child, inside, layout);
        if (child->next == NULL)
            break;
        buffer_text(to, broken ? "\n" : " ");
        print_indent(to, broken ? layout.indent - PRINT_INDENT : 0);
        buffer_text(to, word);
    }
}

/* On one line if that fits. */
static void
print_chain(struct buffer *to, const struct expr *expr, struct layout layout)
{
    struct layout flat = {0, layout.followed};
    size_t mark = to->len;

    print_chain_on(to, expr, flat, false);
    if (layout.indent == 0 || print_fits(to, mark))
        return;
    to->len = mark;
    print_chain_on(to, expr, layout, true);
}

static void
print_inside(struct buffer *to, const struct expr *expr, struct layout layout)
{
    switch (expr->kind) {
    case EXPR_OR:
    case EXPR_AND:
        print_chain(to, expr, layout);
        break;
    case EXPR_NOT:
        buffer_text(to, "not ");
        print_at(to, expr->child, LEVEL_NOT, layout);
        break;
    case EXPR_TEST:
        print_comparison(to, expr);
        break;
    case EXPR_BIND:
        print_bind(to, expr, layout);
        break;
    }
}

static bool
needs_brackets(const struct expr *expr, enum level level, bool followed)
{
    return (expr->kind == EXPR_OR && level > LEVEL_OR) ||
           (expr->kind == EXPR_AND && level > LEVEL_AND) || (expr->kind == EXPR_BIND && followed);
}

static void
print_at(struct buffer *to, const struct expr *expr, enum level level, struct layout layout)
{
    if (!needs_brackets(expr, level, layout.followed)) {
        print_inside(to, expr, layout);
        return;
    }
    layout.followed = false;
    buffer_octet(to, '(');
    print_inside(to, expr, layout);
    buffer_octet(to, ')');
}

void
print_expr(struct buffer *to, const struct expr *expr)
{
    print_at(to, expr, LEVEL_OR, (struct layout){0, false});
}

void
print_expr_wrapped(struct buffer *to, const struct expr *expr, unsigned indent)
{
    print_at(to, expr, LEVEL_OR, (struct layout){indent, false});
}

const char *
print_operand_text(struct arena *arena, const struct operand *operand)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX);
    print_operand(text, operand);
    return buffer_slice(text).at;
}

const char *
print_expr_text(struct arena *arena, const struct expr *expr)
{
    struct buffer *text = ARENA_NEW(arena, struct buffer);

    buffer_init(text, arena, SIZE_MAX);
    print_expr(text, expr);
    return buffer_slice(text).at;
}
