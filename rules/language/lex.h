/* From text to tokens. What a token is depends on where it stands (bare items, patterns), so the
 * parser asks for one at a time. */
#ifndef POSTERN_RULES_LANGUAGE_LEX_H
#define POSTERN_RULES_LANGUAGE_LEX_H

#include "base/diagnostics.h"

enum token_kind {
    TOKEN_END,
    TOKEN_BAD,      /* what is wrong with it was reported */
    TOKEN_NAME,     /* sender.domain; words of the language are names too */
    TOKEN_STARRED,  /* lookalike-* */
    TOKEN_WORD,     /* 192.0.2.7, 8bit, user@example.com: other things without quotes */
    TOKEN_STRING,
    TOKEN_NUMBER,
    TOKEN_SIZE,
    TOKEN_TIME,
    TOKEN_ENHANCED, /* 5.7.1 */
    TOKEN_ITEM,
    TOKEN_REGEX,
    TOKEN_EQUAL,
    TOKEN_NOT_EQUAL,
    TOKEN_LESS,
    TOKEN_LESS_EQUAL,
    TOKEN_GREATER,
    TOKEN_GREATER_EQUAL,
    TOKEN_MATCHES,
    TOKEN_NOT_MATCHES,
    TOKEN_ASSIGN,
    TOKEN_COMMA,
    TOKEN_COLON,
    TOKEN_DOT,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_OPEN_INDEX,
    TOKEN_CLOSE_INDEX,
    TOKEN_OPEN_BRACE,
    TOKEN_CLOSE_BRACE,
};

struct token {
    enum token_kind kind;
    struct place place;
    struct slice text;  /* as written; STRING: escapes read; REGEX: between the slashes */
    struct slice flags; /* REGEX */
    int64_t number;     /* NUMBER; SIZE in octets; TIME in milliseconds */
};

struct lexer {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct source *source;
    size_t at;
    size_t end;
    char quote; /* of strings: " or, between the braces of a text, ' */
    size_t ended; /* where the last token ended that there was */
};

struct lexer lex_begin(struct arena *arena, const struct source *source,
                       struct diagnostics *diagnostics);

struct token lex_next(struct lexer *lexer);

/* Between { and }: ITEM, STRING, COMMA, CLOSE_BRACE. */
struct token lex_item(struct lexer *lexer);

/* Behind ~ and !~. */
struct token lex_regex(struct lexer *lexer);

/* Reads the octets between quotes; false at an escape that there isn't, whose index is given. */
bool lex_unescape(struct arena *arena, struct slice written, struct slice *text_r, size_t *wrong_r);

/* Classifies what begins with a digit: NUMBER, SIZE, TIME, ENHANCED or WORD. */
enum token_kind lex_number(struct slice word, int64_t *number_r);


/* As a message shows it: in quotes, long ones cut. */
const char *lex_show(struct arena *arena, const struct token *token);

#endif
