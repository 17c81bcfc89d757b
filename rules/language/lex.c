/* From text to tokens: names, words, strings, patterns, signs, and the bare items of lists. */
#include "lex.h"

#include "mail/utf8.h"

static const struct {
    const char *text;
    enum token_kind kind;
    const char *meant; /* BAD: what other languages write so */
} signs[] = {
    {"==", TOKEN_EQUAL, NULL},       {"!=", TOKEN_NOT_EQUAL, NULL},
    {"=~", TOKEN_BAD, "~"},          {"!~", TOKEN_NOT_MATCHES, NULL},
    {"<=", TOKEN_LESS_EQUAL, NULL},  {">=", TOKEN_GREATER_EQUAL, NULL},
    {"<>", TOKEN_BAD, "!="},         {"&&", TOKEN_BAD, "and"},
    {"||", TOKEN_BAD, "or"},         {"!", TOKEN_BAD, "not"},
    {"<", TOKEN_LESS, NULL},         {">", TOKEN_GREATER, NULL},
    {"~", TOKEN_MATCHES, NULL},      {"=", TOKEN_ASSIGN, NULL},
    {",", TOKEN_COMMA, NULL},        {":", TOKEN_COLON, NULL},
    {".", TOKEN_DOT, NULL},          {"(", TOKEN_OPEN, NULL},
    {")", TOKEN_CLOSE, NULL},        {"[", TOKEN_OPEN_INDEX, NULL},
    {"]", TOKEN_CLOSE_INDEX, NULL},  {"{", TOKEN_OPEN_BRACE, NULL},
    {"}", TOKEN_CLOSE_BRACE, NULL},
};

struct lexer
lex_begin(struct arena *arena, const struct source *source, struct diagnostics *diagnostics)
{
    return (struct lexer){arena, diagnostics, source, 0, source->text.len, '"', 0};
}

static char
octet_at(const struct lexer *lexer, size_t at)
{
    return at < lexer->end ? lexer->source->text.at[at] : '\0';
}

static bool
is_one_of(char octet, const char *set)
{
    return octet != '\0' && strchr(set, octet) != NULL;
}

static void
skip_blank(struct lexer *lexer)
{
    while (lexer->at < lexer->end) {
        char octet = octet_at(lexer, lexer->at);

        if (octet == '#')
            while (lexer->at < lexer->end && octet_at(lexer, lexer->at) != '\n')
                lexer->at++;
        else if (ascii_is_space(octet))
            lexer->at++;
        else
            return;
    }
}

/* The token from the lexer's place up to `end`, which is where it goes on. */
static struct token
token_up_to(struct lexer *lexer, enum token_kind kind, size_t end)
{
    struct token token = {.kind = kind};

    token.place = (struct place){lexer->source, lexer->at, end - lexer->at};
    token.text = (struct slice){lexer->source->text.at + lexer->at, end - lexer->at};
    lexer->at = end;
    if (kind != TOKEN_END)
        lexer->ended = end;
    return token;
}

bool
lex_unescape(struct arena *arena, struct slice written, struct slice *text_r, size_t *wrong_r)
{
    char *text = arena_alloc(arena, written.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < written.len; i++) {
        char octet = written.at[i];

        if (octet == '\\') {
            *wrong_r = i++;
            if (i == written.len || !is_one_of(written.at[i], "\"\\n"))
                return false;
            octet = written.at[i] == 'n' ? '\n' : written.at[i];
        }
        text[len++] = octet;
    }
    *text_r = (struct slice){text, len};
    return true;
}

/* Where the quote, or slash, that ends what begins at the lexer's place is; lexer->end: nowhere on
 * this line. */
static size_t
find_closing(const struct lexer *lexer, char closing)
{
    for (size_t i = lexer->at + 1; i < lexer->end && octet_at(lexer, i) != '\n'; i++) {
        if (octet_at(lexer, i) == closing)
            return i;
        if (octet_at(lexer, i) == '\\' && octet_at(lexer, i + 1) != '\n')
            i++;
    }
    return lexer->end;
}

static size_t
line_end(const struct lexer *lexer)
{
    size_t at = lexer->at;

    while (at < lexer->end && !is_one_of(octet_at(lexer, at), "\r\n"))
        at++;
    return at;
}

static struct token
lex_string(struct lexer *lexer)
{
    size_t close = find_closing(lexer, lexer->quote), wrong;
    struct token token;
    struct slice inside;

    if (close == lexer->end) {
        token = token_up_to(lexer, TOKEN_BAD, line_end(lexer));
        diagnostics_error(lexer->diagnostics, token.place,
                          "the text that begins here has no closing %c on its line", lexer->quote);
        return token;
    }
    token = token_up_to(lexer, TOKEN_STRING, close + 1);
    inside = slice_first(slice_from(token.text, 1), token.text.len - 2);
    if (!lex_unescape(lexer->arena, inside, &token.text, &wrong)) {
        struct place place = {lexer->source, token.place.offset + 1 + wrong, 2};

        diagnostics_error(lexer->diagnostics, place,
                          "no such escape; in a text \\\", \\\\ and \\n can be written");
        token.kind = TOKEN_BAD;
    }
    return token;
}

static bool
is_name_octet(char octet)
{
    return ascii_is_alnum(octet) || is_one_of(octet, "-_");
}

static bool
is_word_octet(char octet)
{
    return ascii_is_alnum(octet) || is_one_of(octet, "-_.:/@+%");
}

static size_t
run_end(const struct lexer *lexer, size_t from, bool (*belongs)(char octet))
{
    while (from < lexer->end && belongs(octet_at(lexer, from)))
        from++;
    return from;
}

static size_t
name_end(const struct lexer *lexer)
{
    size_t end = run_end(lexer, lexer->at, is_name_octet);

    while (octet_at(lexer, end) == '.' && is_name_octet(octet_at(lexer, end + 1)))
        end = run_end(lexer, end + 1, is_name_octet);
    return end;
}

static struct token
lex_name(struct lexer *lexer)
{
    size_t end = name_end(lexer);
    char next = octet_at(lexer, end);

    if (next == '*')
        return token_up_to(lexer, TOKEN_STARRED, end + 1);
    if (is_one_of(next, "@/+%") || (next == ':' && octet_at(lexer, end + 1) == ':'))
        return token_up_to(lexer, TOKEN_WORD, run_end(lexer, end, is_word_octet));
    return token_up_to(lexer, TOKEN_NAME, end);
}

static struct token
lex_word(struct lexer *lexer)
{
    struct token token = token_up_to(lexer, TOKEN_WORD, run_end(lexer, lexer->at, is_word_octet));

    token.kind = lex_number(token.text, &token.number);
    return token;
}

/* What else may be meant by it than a text. */
static const char *
advice_on_octet(unsigned char octet)
{
    if (octet & 0x80)
        return "a name is written in ASCII, ";
    if (octet == '/')
        return "a comment begins with \"#\", ";
    if (octet == ';')
        return "nothing stands between statements, ";
    return "";
}

static struct token
lex_unknown(struct lexer *lexer)
{
    const char *quotes = lexer->quote == '"' ? "double" : "single";
    const char *advice = advice_on_octet(octet_at(lexer, lexer->at));
    struct slice rest = slice_from(lexer->source->text, lexer->at);
    size_t before = rest.len;
    struct token token;

    utf8_next(&rest);
    token = token_up_to(lexer, TOKEN_BAD, lexer->at + before - rest.len);
    diagnostics_error(lexer->diagnostics, token.place,
                      "\"%.*s\" means nothing here; %sa text stands in %s quotes",
                      (int)token.text.len, token.text.at, advice, quotes);
    return token;
}

static struct token
lex_sign(struct lexer *lexer)
{
    struct slice rest = slice_first(slice_from(lexer->source->text, lexer->at),
                                    lexer->end - lexer->at);

    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        struct slice sign = slice_of(signs[i].text);
        struct token token;

        if (!slice_equal(slice_first(rest, sign.len), sign))
            continue;
        token = token_up_to(lexer, signs[i].kind, lexer->at + sign.len);
        if (signs[i].meant)
            diagnostics_error(lexer->diagnostics, token.place, "there is no \"%s\"; write \"%s\"",
                              signs[i].text, signs[i].meant);
        return token;
    }
    return lex_unknown(lexer);
}

struct token
lex_next(struct lexer *lexer)
{
    char octet;

    skip_blank(lexer);
    if (lexer->at >= lexer->end)
        return token_up_to(lexer, TOKEN_END, lexer->at);
    octet = octet_at(lexer, lexer->at);
    if (octet == lexer->quote)
        return lex_string(lexer);
    if (ascii_is_alpha(octet) || octet == '*')
        return lex_name(lexer);
    if (ascii_is_digit(octet) || (octet == ':' && octet_at(lexer, lexer->at + 1) == ':') ||
        (octet == '-' && ascii_is_digit(octet_at(lexer, lexer->at + 1))))
        return lex_word(lexer);
    return lex_sign(lexer);
}

static bool
is_item_octet(char octet)
{
    return !ascii_is_space(octet) && !is_one_of(octet, ",{}\"");
}

struct token
lex_item(struct lexer *lexer)
{
    skip_blank(lexer);
    if (lexer->at >= lexer->end)
        return token_up_to(lexer, TOKEN_END, lexer->at);
    if (octet_at(lexer, lexer->at) == '"')
        return lex_string(lexer);
    if (is_item_octet(octet_at(lexer, lexer->at)))
        return token_up_to(lexer, TOKEN_ITEM, run_end(lexer, lexer->at, is_item_octet));
    return lex_sign(lexer);
}

/* A slash needs its backslash only to be told from the end of the pattern. */
static struct slice
without_escaped_slashes(struct arena *arena, struct slice written)
{
    char *text = arena_alloc(arena, written.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < written.len; i++) {
        if (written.at[i] == '\\' && i + 1 < written.len && written.at[++i] != '/')
            text[len++] = '\\';
        text[len++] = written.at[i];
    }
    return (struct slice){text, len};
}

struct token
lex_regex(struct lexer *lexer)
{
    size_t close, end;
    struct token token;

    skip_blank(lexer);
    if (octet_at(lexer, lexer->at) != '/')
        return lex_next(lexer);
    close = find_closing(lexer, '/');
    if (close == lexer->end) {
        token = token_up_to(lexer, TOKEN_BAD, line_end(lexer));
        diagnostics_error(lexer->diagnostics, token.place,
                          "the pattern that begins here has no closing / on its line");
        return token;
    }
    end = run_end(lexer, close + 1, ascii_is_alnum);
    token = token_up_to(lexer, TOKEN_REGEX, end);
    token.flags = slice_from(token.text, close + 1 - token.place.offset);
    token.text = slice_first(slice_from(token.text, 1), close - token.place.offset - 1);
    token.text = without_escaped_slashes(lexer->arena, token.text);
    return token;
}

const char *
lex_show(struct arena *arena, const struct token *token)
{
    struct slice text = slice_from(token->place.source->text, token->place.offset);
    size_t longest = 40;
    const char *quote = token->kind == TOKEN_STRING ? "" : "\"";

    text = slice_first(text, token->place.length);
    if (text.len <= longest)
        return arena_printf(arena, "%s%.*s%s", quote, (int)text.len, text.at, quote);
    while (longest > 0 && ((unsigned char)text.at[longest] & 0xC0) == 0x80)
        longest--;
    return arena_printf(arena, "%s%.*s...\"", quote, (int)longest, text.at);
}
