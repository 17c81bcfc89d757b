/* The parser's view of the next token, what it says where another one belongs, and which words of
 * the language can't be names. */
#include "parse_inside.h"

const char *const statement_words[] = {"set",  "include", "default", "list", "table", "let",
                                       "rule", "disable", "audit",   "test", NULL};

static const char *const expression_words[] = {"or",  "and", "not",  "any", "every", "as",   "in",
                                               "yes", "no",  "from", "at",  "if",    "else", NULL};

static bool
word_is_one_of(struct slice word, const char *const *candidates)
{
    for (size_t i = 0; candidates[i]; i++)
        if (slice_equal(word, slice_of(candidates[i])))
            return true;
    return false;
}

bool
parser_is_reserved(struct slice word)
{
    enum action_kind kind;

    return word_is_one_of(word, statement_words) || word_is_one_of(word, expression_words) ||
           action_find(word, &kind);
}

const struct token *
parser_peek(struct parser *parser)
{
    if (!parser->peeked)
        parser->token = lex_next(&parser->lexer);
    parser->peeked = true;
    return &parser->token;
}

bool
parser_enter(struct parser *parser, const char *what)
{
    if (parser->depth >= PARSE_MAX_DEPTH) {
        parser_error(parser, parser_peek(parser)->place, "%s nest deeper than %d", what,
                     PARSE_MAX_DEPTH);
        return false;
    }
    parser->depth++;
    return true;
}

void
parser_took(struct parser *parser, const struct token *token)
{
    parser->peeked = false;
    parser->ended = token->place.offset + token->place.length;
}

void
parser_put_back(struct parser *parser, const struct token *token)
{
    parser->token = *token;
    parser->peeked = true;
}

struct token
parser_take(struct parser *parser)
{
    parser_took(parser, parser_peek(parser));
    return parser->token;
}

void
parser_close_place(const struct parser *parser, struct place *place)
{
    place->length = parser->ended - place->offset;
}

bool
parser_at(struct parser *parser, enum token_kind kind)
{
    return parser_peek(parser)->kind == kind;
}

bool
parser_at_word(struct parser *parser, const char *word)
{
    return parser_at(parser, TOKEN_NAME) && slice_equal(parser->token.text, slice_of(word));
}

bool
parser_at_one_of(struct parser *parser, const char *const *candidates)
{
    return parser_at(parser, TOKEN_NAME) && word_is_one_of(parser->token.text, candidates);
}

bool
parser_at_line_start(struct parser *parser)
{
    size_t at = parser_peek(parser)->place.offset;

    return at == 0 || parser->lexer.source->text.at[at - 1] == '\n';
}

bool
parser_accept(struct parser *parser, enum token_kind kind)
{
    if (!parser_at(parser, kind))
        return false;
    parser_take(parser);
    return true;
}

bool
parser_accept_word(struct parser *parser, const char *word)
{
    if (!parser_at_word(parser, word))
        return false;
    parser_take(parser);
    return true;
}

bool
parser_expect(struct parser *parser, enum token_kind kind, const char *what)
{
    if (parser_accept(parser, kind))
        return true;
    parser_unexpected(parser, what, NULL);
    return false;
}

bool
parser_expect_string(struct parser *parser, const char *what, struct token *token_r)
{
    *token_r = *parser_peek(parser);
    return parser_expect(parser, TOKEN_STRING, what);
}

static const char *
show(struct parser *parser, const struct token *token)
{
    if (token->kind != TOKEN_END)
        return lex_show(parser->arena, token);
    return parser->lexer.quote == '"' ? "the end of the file" : "the end of the text";
}

/* Between the braces of a text two things go wrong that are no wonder. */
static const char *
brace_hint(const struct parser *parser, const struct token *token)
{
    if (parser->lexer.quote == '"')
        return "";
    if (token->kind != TOKEN_END)
        return "; a brace itself is written \"{{\"";
    return "; a brace itself is written \"{{\", a text between braces takes single quotes";
}

/* What is missing at the end of a file belongs behind its last word, and not below its last line.
 */
static struct place
token_place(const struct parser *parser, const struct token *token)
{
    if (token->kind != TOKEN_END || parser->lexer.quote != '"')
        return token->place;
    return (struct place){parser->lexer.source, parser->lexer.ended, 0};
}

void
parser_unexpected(struct parser *parser, const char *what, const char *const *near)
{
    const struct token *token = parser_peek(parser);
    struct suggestion suggestion = suggest_for(token->text);

    if (token->kind == TOKEN_BAD)
        return;
    for (size_t i = 0; near && token->kind == TOKEN_NAME && near[i]; i++)
        suggest_offer(&suggestion, slice_of(near[i]));
    parser_error(parser, token_place(parser, token), "%s stands where %s belongs%s%s",
                 show(parser, token), what, suggest_text(parser->arena, &suggestion),
                 brace_hint(parser, token));
}

void
parser_error(struct parser *parser, struct place place, const char *format, ...)
{
    va_list args;
    const char *text;

    va_start(args, format);
    text = arena_vprintf(parser->arena, format, args);
    va_end(args);
    diagnostics_error(parser->diagnostics, place, "%s", text);
}

bool
parser_name(struct parser *parser, const char *what, struct token *token_r)
{
    *token_r = *parser_peek(parser);
    if (token_r->kind != TOKEN_NAME && token_r->kind != TOKEN_WORD) {
        parser_unexpected(parser, what, NULL);
        return false;
    }
    if (token_r->kind == TOKEN_WORD || slice_find(token_r->text, '.') < token_r->text.len) {
        parser_error(parser, token_r->place,
                     "%s can't be a name; a name is letters, digits, - and _, a letter first",
                     lex_show(parser->arena, token_r));
        return false;
    }
    if (parser_is_reserved(token_r->text)) {
        parser_error(parser, token_r->place,
                     "%s is a word of the language and can't be a name; here stands %s",
                     lex_show(parser->arena, token_r), what);
        return false;
    }
    parser_take(parser);
    return true;
}
