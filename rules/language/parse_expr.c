/* Conditions: or, and, not, brackets, quantifiers, relations, operands. One word ahead is always
 * enough to know what comes. */
#include "parse_inside.h"

static const struct {
    enum token_kind token;
    enum relation relation;
} signs[] = {
    {TOKEN_EQUAL, RELATION_EQUAL},
    {TOKEN_NOT_EQUAL, RELATION_NOT_EQUAL},
    {TOKEN_LESS, RELATION_LESS},
    {TOKEN_LESS_EQUAL, RELATION_LESS_EQUAL},
    {TOKEN_GREATER, RELATION_GREATER},
    {TOKEN_GREATER_EQUAL, RELATION_GREATER_EQUAL},
    {TOKEN_MATCHES, RELATION_MATCHES},
    {TOKEN_NOT_MATCHES, RELATION_NOT_MATCHES},
};

static struct expr *parse_not(struct parser *parser);

static struct expr *
new_expr(struct parser *parser, enum expr_kind kind, struct place place)
{
    struct expr *expr = ARENA_NEW(parser->arena, struct expr);

    expr->kind = kind;
    expr->place = place;
    return expr;
}

/* Puts the children of a child of the same kind, which stood in brackets, in its place. */
static struct expr **
adopt(struct expr **last, struct expr *child, enum expr_kind kind)
{
    *last = child->kind == kind ? child->child : child;
    while (*last)
        last = &(*last)->next;
    return last;
}

static struct expr *
parse_chain(struct parser *parser, enum expr_kind kind, const char *word,
            struct expr *(*parse_part)(struct parser *parser))
{
    struct place place = parser_peek(parser)->place;
    struct expr *part = parse_part(parser);
    struct expr *chain;
    struct expr **last;

    if (part == NULL || !parser_at_word(parser, word))
        return part;
    chain = new_expr(parser, kind, place);
    last = adopt(&chain->child, part, kind);
    while (parser_accept_word(parser, word)) {
        part = parse_part(parser);
        if (part == NULL)
            return NULL;
        last = adopt(last, part, kind);
    }
    parser_close_place(parser, &chain->place);
    return chain;
}

static struct expr *
parse_and(struct parser *parser)
{
    return parse_chain(parser, EXPR_AND, "and", parse_not);
}

struct expr *
parse_expr(struct parser *parser)
{
    struct expr *expr;

    if (!parser_enter(parser, "conditions"))
        return NULL;
    expr = parse_chain(parser, EXPR_OR, "or", parse_and);
    parser->depth--;
    return expr;
}

/* What people write who think of other languages, or in sentences. */
static const struct {
    const char *word;
    const char *advice;
} foreign_words[] = {
    {"contains", "write \"~\" and a /pattern/"},
    {"matches", "write \"~\" and a /pattern/"},
    {"like", "write \"~\" and a /pattern/"},
    {"is", "write \"==\", or \"!=\" for \"is not\""},
    {"equals", "write \"==\""},
    {"eq", "write \"==\""},
    {"ne", "write \"!=\""},
    {"then", "an action stands directly behind the condition"},
};

static bool
is_foreign_word(struct parser *parser, bool behind_not)
{
    for (size_t i = 0; i < sizeof foreign_words / sizeof foreign_words[0]; i++) {
        const char *word = foreign_words[i].word;

        if (!parser_at_word(parser, word))
            continue;
        if (behind_not)
            parser_error(parser, parser->token.place,
                         "there is no \"not %s\"; write \"!~\" and a /pattern/, or \"!=\"", word);
        else
            parser_error(parser, parser->token.place, "there is no \"%s\"; %s", word,
                         foreign_words[i].advice);
        return true;
    }
    return false;
}

static struct expr *
parse_brackets(struct parser *parser)
{
    struct expr *expr;

    parser_take(parser);
    expr = parse_expr(parser);
    if (expr == NULL || !parser_expect(parser, TOKEN_CLOSE, "\"and\", \"or\" or \")\"") ||
        is_foreign_word(parser, false))
        return NULL;
    return expr;
}

bool
parse_regex(struct parser *parser, struct pattern *pattern_r)
{
    struct token token = lex_regex(&parser->lexer);

    if (token.kind != TOKEN_REGEX) {
        parser_put_back(parser, &token);
        parser_unexpected(parser, "a /pattern/", NULL);
        return false;
    }
    parser_took(parser, &token);
    *pattern_r = (struct pattern){.place = token.place, .text = token.text, .flags = token.flags};
    return true;
}

static bool
parse_in(struct parser *parser, struct expr *test)
{
    if (!parser_accept(parser, TOKEN_OPEN_BRACE)) {
        test->right = parse_operand(parser, "a list, a table, a lookup or \"{\"");
        return test->right != NULL;
    }
    test->right_is_items = true;
    return parse_items(parser, &test->items);
}

static enum relation
sign_relation(const struct token *token)
{
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (signs[i].token == token->kind)
            return signs[i].relation;
    return RELATION_NONE;
}

static bool
parse_sign(struct parser *parser, struct expr *test)
{
    test->relation = sign_relation(parser_peek(parser));
    if (test->relation == RELATION_NONE)
        return true;
    parser_take(parser);
    if (test->relation == RELATION_MATCHES || test->relation == RELATION_NOT_MATCHES)
        return parse_regex(parser, &test->pattern);
    test->right = parse_operand(parser, "a value");
    if (test->right)
        test->right->compared = true;
    return test->right != NULL;
}

static bool
parse_relation(struct parser *parser, struct expr *test)
{
    if (parser_accept_word(parser, "in")) {
        test->relation = RELATION_IN;
        return parse_in(parser, test);
    }
    if (parser_accept_word(parser, "not")) {
        test->relation = RELATION_NOT_IN;
        if (parser_accept_word(parser, "in"))
            return parse_in(parser, test);
        if (!is_foreign_word(parser, true))
            parser_unexpected(parser, "\"in\", \"and\" or \"or\"", NULL);
        return false;
    }
    return parse_sign(parser, test);
}

static bool
check_follower(struct parser *parser, const struct expr *test)
{
    const struct token *token = parser_peek(parser);

    if (is_foreign_word(parser, false))
        return false;
    if (token->kind == TOKEN_ASSIGN) {
        parser_error(parser, token->place, "\"=\" compares nothing; write \"==\"");
        return false;
    }
    if (test->quantifier == QUANTIFIER_NONE && parser_at_word(parser, "as")) {
        parser_error(parser, token->place,
                     "\"as\" names the items of a fact behind \"any\" or \"every\" alone");
        return false;
    }
    if (test->relation != RELATION_NONE && sign_relation(token) != RELATION_NONE) {
        parser_error(parser, token->place,
                     "%s follows a comparison; join two comparisons with \"and\"",
                     lex_show(parser->arena, token));
        return false;
    }
    return true;
}

static struct expr *
parse_bound(struct parser *parser, struct expr *bind)
{
    struct token name;

    bind->kind = EXPR_BIND;
    if (!parser_name(parser, "the name of each item", &name))
        return NULL;
    bind->bound = name.text;
    if (!parser_expect(parser, TOKEN_COLON, "\":\" and a condition"))
        return NULL;
    bind->child = parse_expr(parser);
    parser_close_place(parser, &bind->place);
    return bind->child ? bind : NULL;
}

static struct expr *
parse_test_of(struct parser *parser, enum quantifier quantifier, struct place place)
{
    struct expr *test = new_expr(parser, EXPR_TEST, place);

    test->quantifier = quantifier;
    test->operand = parse_operand(parser, quantifier == QUANTIFIER_NONE ? "a condition" : "a fact");
    if (test->operand == NULL)
        return NULL;
    if (quantifier != QUANTIFIER_NONE && parser_accept_word(parser, "as"))
        return parse_bound(parser, test);
    if (!parse_relation(parser, test) || !check_follower(parser, test))
        return NULL;
    parser_close_place(parser, &test->place);
    return test;
}

static struct expr *
parse_negation(struct parser *parser)
{
    struct expr *negation = new_expr(parser, EXPR_NOT, parser_take(parser).place);

    if (!parser_enter(parser, "conditions"))
        return NULL;
    negation->child = parse_not(parser);
    parser->depth--;
    parser_close_place(parser, &negation->place);
    return negation->child ? negation : NULL;
}

static struct expr *
parse_not(struct parser *parser)
{
    struct place place = parser_peek(parser)->place;

    if (parser_at_word(parser, "not"))
        return parse_negation(parser);
    if (parser_at(parser, TOKEN_OPEN))
        return parse_brackets(parser);
    if (parser_accept_word(parser, "any"))
        return parse_test_of(parser, QUANTIFIER_ANY, place);
    if (parser_accept_word(parser, "every"))
        return parse_test_of(parser, QUANTIFIER_EVERY, place);
    return parse_test_of(parser, QUANTIFIER_NONE, place);
}
