/* What a rule does: actions, and their texts with {facts} in them. */
#include "operand.h"
#include "parse_inside.h"

const char *const *
parse_action_words(struct arena *arena)
{
    const char **words = ARENA_ARRAY(arena, ACTIONS + 1, const char *);

    for (int kind = 0; kind < ACTIONS; kind++)
        words[kind] = action_name(kind);
    return words;
}

/* {1}, or an operand. */
static struct operand *
parse_inserted(struct parser *parser)
{
    static const char what[] = "a fact or the number of a group";
    struct token literal = *parser_peek(parser);
    struct operand *operand = parse_operand(parser, what);

    if (operand == NULL || !operand_is_literal(operand))
        return operand;
    if (operand->kind == OPERAND_NUMBER) {
        operand->kind = OPERAND_CAPTURE;
        return operand;
    }
    parser_error(parser, operand->place, "%s is neither a fact nor the number of a group",
                 lex_show(parser->arena, &literal));
    return NULL;
}

/* From the opening brace at *at to behind the closing one; the text ends at `end`. */
static struct operand *
parse_braces(struct parser *parser, size_t *at, size_t end)
{
    struct lexer outside = parser->lexer;
    struct operand *operand;

    parser->lexer.at = *at + 1;
    parser->lexer.end = end;
    parser->lexer.quote = '\'';
    operand = parse_inserted(parser);
    if (operand && !parser_expect(parser, TOKEN_CLOSE_BRACE, "\"}\""))
        operand = NULL;
    *at = parser->lexer.at;
    parser->lexer = outside;
    parser->peeked = false;
    parser->ended = end + 1;
    return operand;
}

/* The octets from `at` on that no brace interrupts; "{{" is one. */
static struct slice
read_text_literal(struct parser *parser, size_t *at, size_t end)
{
    struct slice text = slice_first(parser->lexer.source->text, end);
    char *literal = arena_alloc(parser->arena, end - *at + 1);
    size_t len = 0;

    while (*at < end) {
        bool brace = text.at[*at] == '{';

        if (brace && (*at + 1 == end || text.at[*at + 1] != '{'))
            break;
        literal[len++] = text.at[*at];
        *at += brace ? 2 : 1;
    }
    return (struct slice){literal, len};
}

static struct text_piece *
parse_piece(struct parser *parser, size_t *at, size_t end)
{
    struct text_piece *piece = ARENA_NEW(parser->arena, struct text_piece);
    struct slice written = read_text_literal(parser, at, end);
    size_t wrong;

    if (written.len > 0) {
        lex_unescape(parser->arena, written, &piece->literal, &wrong);
        return piece;
    }
    piece->operand = parse_braces(parser, at, end);
    return piece->operand ? piece : NULL;
}

struct text *
parse_action_text(struct parser *parser, const struct token *token)
{
    struct text *text = ARENA_NEW(parser->arena, struct text);
    struct text_piece **last = &text->pieces;
    size_t at = token->place.offset + 1;
    size_t end = token->place.offset + token->place.length - 1;

    text->place = token->place;
    text->written = token->text;
    while (at < end) {
        *last = parse_piece(parser, &at, end);
        if (*last == NULL)
            return NULL;
        last = &(*last)->next;
    }
    return text;
}

static bool
parse_text_of(struct parser *parser, const char *what, struct text **text_r)
{
    struct token token;

    if (!parser_expect_string(parser, what, &token))
        return false;
    *text_r = parse_action_text(parser, &token);
    return *text_r != NULL;
}

static bool
parse_header(struct parser *parser, struct action *action)
{
    return parse_text_of(parser, "the name of a header field in quotes", &action->text) &&
           parse_text_of(parser, "the field's value in quotes", &action->value);
}

static bool
parse_remove_header(struct parser *parser, struct action *action)
{
    if (!parse_text_of(parser, "the name of a header field in quotes", &action->text))
        return false;
    action->forged = parser_accept_word(parser, "forged");
    action->has_pattern = !action->forged && parser_accept(parser, TOKEN_MATCHES);
    return !action->has_pattern || parse_regex(parser, &action->pattern);
}

static bool
parse_code(struct parser *parser, struct action *action)
{
    if (parser_at(parser, TOKEN_ENHANCED)) {
        parser_error(parser, parser->token.place,
                     "%s stands without a reply code; write the code before it, as in 550 5.7.1",
                     lex_show(parser->arena, &parser->token));
        return false;
    }
    if (!parser_at(parser, TOKEN_NUMBER))
        return true;
    action->code = parser->token.number;
    action->code_place = parser_take(parser).place;
    if (parser_at(parser, TOKEN_ENHANCED)) {
        action->enhanced = parser->token.text;
        action->enhanced_place = parser_take(parser).place;
    }
    return true;
}

static bool
parse_reply(struct parser *parser, struct action *action)
{
    struct text **last = &action->text;

    if (!parse_code(parser, action))
        return false;
    while (parser_at(parser, TOKEN_STRING)) {
        if (!parse_text_of(parser, "a text", last))
            return false;
        last = &(*last)->next;
    }
    return true;
}

static bool
parse_downgrade(struct parser *parser, struct action *action)
{
    const struct token *token = parser_peek(parser);

    action->downgrade_utf8 = parser_at_word(parser, "utf8");
    if (!action->downgrade_utf8 &&
        !(token->kind == TOKEN_WORD && slice_equal(token->text, SLICE("8bit")))) {
        parser_unexpected(parser, "\"8bit\" or \"utf8\"", NULL);
        return false;
    }
    parser_take(parser);
    return true;
}

static bool
parse_arguments(struct parser *parser, struct action *action)
{
    switch (action->kind) {
    case ACTION_REJECT:
    case ACTION_TEMPFAIL:
        return parse_reply(parser, action);
    case ACTION_DISCARD:
        return !parser_at(parser, TOKEN_STRING) || parse_text_of(parser, "", &action->text);
    case ACTION_QUARANTINE:
        return parse_text_of(parser, "the reason in quotes", &action->text);
    case ACTION_LOG:
        return parse_text_of(parser, "a text in quotes", &action->text);
    case ACTION_ADD_HEADER:
    case ACTION_REPLACE_HEADER:
        return parse_header(parser, action);
    case ACTION_REMOVE_HEADER:
        return parse_remove_header(parser, action);
    case ACTION_SET_SENDER:
    case ACTION_ADD_RECIPIENT:
        return parse_text_of(parser, "an address in quotes", &action->text);
    case ACTION_DOWNGRADE:
        return parse_downgrade(parser, action);
    case ACTION_ACCEPT:
    case ACTION_REMOVE_RECIPIENT:
    case ACTIONS:
        break;
    }
    return true;
}

/* The caller has seen that an action's word comes. */
struct action *
parse_action(struct parser *parser)
{
    struct action *action = ARENA_NEW(parser->arena, struct action);
    struct token word = parser_take(parser);

    action_find(word.text, &action->kind);
    action->place = word.place;
    if (!parse_arguments(parser, action))
        return NULL;
    return action;
}
