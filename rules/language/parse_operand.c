/* Operands, and the items between braces. */
#include "parse_inside.h"
#include "values/measure.h"

static bool
parse_index(struct parser *parser, struct operand *operand)
{
    struct operand **last = &operand->index;

    operand->indexed = true;
    if (!parser_enter(parser, "brackets"))
        return false;
    do {
        *last = parse_operand(parser, "a key");
        if (*last == NULL)
            return false;
        last = &(*last)->next;
    } while (parser_accept(parser, TOKEN_COMMA));
    parser->depth--;
    return parser_expect(parser, TOKEN_CLOSE_INDEX, "\",\" or \"]\"");
}

static bool
parse_parts(struct parser *parser, struct operand *operand)
{
    if (!parser_accept(parser, TOKEN_DOT))
        return true;
    operand->parts = parser_peek(parser)->text;
    return parser_expect(parser, TOKEN_NAME, "the name of a part");
}

static struct operand *
parse_name(struct parser *parser, struct operand *operand)
{
    operand->kind = OPERAND_NAME;
    operand->name = parser_take(parser).text;
    if (parser_accept(parser, TOKEN_OPEN_INDEX) &&
        !(parse_index(parser, operand) && parse_parts(parser, operand)))
        return NULL;
    parser_close_place(parser, &operand->place);
    return operand;
}

static bool
is_alphanumeric(struct slice word)
{
    for (size_t i = 0; i < word.len; i++)
        if (!ascii_is_alnum(word.at[i]))
            return false;
    return true;
}

/* Neither a name nor a number: says what it may have been meant to be. */
static void
refuse_word(struct parser *parser)
{
    const struct token *token = parser_peek(parser);

    if (measure_has_form(token->text))
        parser_error(parser, token->place, "\"%.*s\" is too large", (int)token->text.len,
                     token->text.at);
    else if (token->text.at[0] == '-')
        parser_error(parser, token->place,
                     "\"%.*s\" is no value; only a time is ever below 0, as -1d",
                     (int)token->text.len, token->text.at);
    else if (is_alphanumeric(token->text))
        parser_error(parser, token->place,
                     "\"%.*s\" is no number; units are KB MB GB for sizes, ms s min h d for times",
                     (int)token->text.len, token->text.at);
    else
        parser_error(parser, token->place,
                     "\"%.*s\" can't stand bare here; write it in quotes",
                     (int)token->text.len, token->text.at);
}

static bool
read_truth(const struct token *token, struct operand *operand)
{
    operand->number = slice_equal(token->text, SLICE("yes"));
    if (operand->number || slice_equal(token->text, SLICE("no")))
        operand->kind = OPERAND_TRUTH;
    return operand->kind == OPERAND_TRUTH;
}

static bool
read_token_literal(const struct token *token, struct operand *operand)
{
    operand->number = token->number;
    switch (token->kind) {
    case TOKEN_STRING:
        operand->kind = OPERAND_TEXT;
        operand->text = token->text;
        return true;
    case TOKEN_NUMBER:
        operand->kind = OPERAND_NUMBER;
        return true;
    case TOKEN_SIZE:
        operand->kind = OPERAND_SIZE;
        return true;
    case TOKEN_TIME:
        operand->kind = OPERAND_TIME;
        return true;
    case TOKEN_NAME:
        return read_truth(token, operand);
    default:
        return false;
    }
}

/* Behind `else`: what the operand before it is worth where it is absent. */
static struct operand *
parse_else(struct parser *parser, struct operand *first)
{
    struct operand *both = ARENA_NEW(parser->arena, struct operand);

    both->kind = OPERAND_ELSE;
    both->place = first->place;
    both->index = first;
    if (!parser_enter(parser, "values behind else"))
        return NULL;
    first->next = parse_operand(parser, "a value");
    parser->depth--;
    parser_close_place(parser, &both->place);
    return first->next ? both : NULL;
}

struct operand *
parse_operand(struct parser *parser, const char *what)
{
    const struct token *token = parser_peek(parser);
    struct operand *operand = ARENA_NEW(parser->arena, struct operand);

    operand->place = token->place;
    if (read_token_literal(token, operand)) {
        parser_take(parser);
        return operand;
    }
    if (token->kind == TOKEN_NAME && !parser_is_reserved(token->text)) {
        operand = parse_name(parser, operand);
        return operand && parser_accept_word(parser, "else") ? parse_else(parser, operand)
                                                             : operand;
    }
    if (token->kind == TOKEN_WORD || token->kind == TOKEN_ENHANCED)
        refuse_word(parser);
    else
        parser_unexpected(parser, what, NULL);
    return NULL;
}

static void
keep_item(struct parser *parser, const struct token *token, struct item ***last)
{
    struct item *item = ARENA_NEW(parser->arena, struct item);

    item->place = token->place;
    item->text = token->text;
    item->quoted = token->kind == TOKEN_STRING;
    **last = item;
    *last = &item->next;
}

static bool
refuse_item_token(struct parser *parser, const struct token *token, const char *what)
{
    parser_put_back(parser, token);
    parser_unexpected(parser, what, NULL);
    return false;
}

/* Behind the opening brace. A comma may stand behind the last item too. */
bool
parse_items(struct parser *parser, struct item **items_r)
{
    struct item **last = items_r;
    struct token token = lex_item(&parser->lexer);

    while (token.kind != TOKEN_CLOSE_BRACE) {
        if (token.kind != TOKEN_ITEM && token.kind != TOKEN_STRING)
            return refuse_item_token(parser, &token, "an item or \"}\"");
        keep_item(parser, &token, &last);
        token = lex_item(&parser->lexer);
        if (token.kind == TOKEN_COMMA)
            token = lex_item(&parser->lexer);
        else if (token.kind != TOKEN_CLOSE_BRACE)
            return refuse_item_token(parser, &token, "\",\" or \"}\"");
    }
    parser_took(parser, &token);
    return true;
}
