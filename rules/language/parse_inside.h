/* What the parts of the parser share. */
#ifndef POSTERN_RULES_LANGUAGE_PARSE_INSIDE_H
#define POSTERN_RULES_LANGUAGE_PARSE_INSIDE_H

#include "base/suggest.h"
#include "lex.h"
#include "parse.h"
#include "source.h"

struct parser {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const struct source_file *file;
    struct source_file **files; /* all that were read, newest first; shared by their parsers */
    struct statement ***last;   /* where the next statement goes; shared as well */
    struct lexer lexer;
    struct token token;         /* where `peeked` */
    bool peeked;
    size_t ended;               /* where the last taken token ended */
    bool tests_only;
    unsigned depth;
};

/* NULL ends each list of words. */
extern const char *const statement_words[];

const struct token *parser_peek(struct parser *parser);
struct token parser_take(struct parser *parser);
bool parser_at(struct parser *parser, enum token_kind kind);
bool parser_at_word(struct parser *parser, const char *word);
bool parser_at_one_of(struct parser *parser, const char *const *candidates);

/* Counts a level in, so that nothing nests without end; false, and an error: too deep. Whoever
 * called leaves it again with parser->depth--. */
bool parser_enter(struct parser *parser, const char *what);

/* The token begins a line: there a statement is expected, whatever came before. */
bool parser_at_line_start(struct parser *parser);

/* Takes a token that was read in another mode of the lexer, or puts it back, to be refused. */
void parser_took(struct parser *parser, const struct token *token);
void parser_put_back(struct parser *parser, const struct token *token);

/* Makes the place reach to the end of the last taken token. */
void parser_close_place(const struct parser *parser, struct place *place);

/* Takes the token if it is this one. */
bool parser_accept(struct parser *parser, enum token_kind kind);
bool parser_accept_word(struct parser *parser, const char *word);

/* As accept, with an error that says what belongs there. */
bool parser_expect(struct parser *parser, enum token_kind kind, const char *what);
bool parser_expect_string(struct parser *parser, const char *what, struct token *token_r);

/* An error: "this" stands where `what` belongs; proposes the nearest of `near`, unless NULL. */
void parser_unexpected(struct parser *parser, const char *what, const char *const *near);

void parser_error(struct parser *parser, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The name that a statement defines, or `as` binds. */
bool parser_name(struct parser *parser, const char *what, struct token *token_r);

/* Is this word one that can't be a name? */
bool parser_is_reserved(struct slice word);

const char *const *parse_action_words(struct arena *arena);

/* Each gives NULL, or false, after an error that was reported. */
struct expr *parse_expr(struct parser *parser);
struct operand *parse_operand(struct parser *parser, const char *what);
bool parse_items(struct parser *parser, struct item **items_r);
bool parse_regex(struct parser *parser, struct pattern *pattern_r);
struct action *parse_action(struct parser *parser);
struct text *parse_action_text(struct parser *parser, const struct token *token);
bool parse_statement(struct parser *parser, struct statement *statement);
bool parse_test(struct parser *parser, struct statement *statement);

#endif
