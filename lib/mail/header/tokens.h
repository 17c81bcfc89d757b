/* Structured fields, octet by octet (RFC 5322 section 3.2): atoms, quoted strings, domain literals,
 * comments, and the white space between them. Takes no memory but where an arena is given, and
 * looks at each octet once. */
#ifndef POSTERN_LIB_MAIL_HEADER_TOKENS_H
#define POSTERN_LIB_MAIL_HEADER_TOKENS_H

#include "base/arena.h"

enum token_kind {
    TOKEN_END,
    TOKEN_ATOM,    /* section 3.2.3, with what RFC 6532 section 3.2 adds; encoded words are atoms
                    * too (RFC 2047 section 5) */
    TOKEN_QUOTED,  /* with its quotes */
    TOKEN_LITERAL, /* with its brackets */
    TOKEN_COMMENT, /* with all that is nested in it */
    TOKEN_SPECIAL, /* any other octet */
};

struct token {
    enum token_kind kind;
    char special;       /* of TOKEN_SPECIAL: the octet; else NUL */
    struct slice gap;   /* the white space before it */
    struct slice text;  /* as written */
    const char *defect; /* "a comment has no end" and its like, or NULL */
};

/* Takes the next token off the front of rest. At the end gap is the white space there. */
struct token token_next(struct slice *rest);

/* The same without comments: they belong to the gap, and so does their defect. */
struct token token_next_word(struct slice *rest);

/* A special that is one of `set`. */
bool token_is_special(const struct token *token, const char *set);

/* An atom, or a quoted string. */
bool token_is_word(const struct token *token);

/* What stands within quotes or brackets, whether these are closed or not: quoted-pairs undone, line
 * ends left out. Writes at most quoted.len octets. */
size_t token_unquote_to(char *to, struct slice quoted);
struct slice token_unquote(struct arena *arena, struct slice quoted);

/* The same of text without brackets. */
struct slice token_undo_pairs(struct arena *arena, struct slice text);

/* The index behind octet i, or behind the quoted-pair that begins there. */
static inline size_t
token_step(struct slice s, size_t i)
{
    return s.at[i] == '\\' && i + 1 < s.len ? i + 2 : i + 1;
}

/* Length of the comment at the front, of what is nested in it too; one that has no end goes on to
 * the end of s, and leaves closed_r false. */
size_t token_comment_length(struct slice s, bool *closed_r);

/* The same from an opening octet to the `close` that isn't escaped. */
size_t token_enclosed_length(struct slice s, char close, bool *closed_r);

/* Length of the white space and comments at the front. */
size_t token_space_length(struct slice s);

/* The index behind octet i, or behind the comment, quoted string or quoted-pair that begins there;
 * closed_r is false where that has no end. */
size_t token_skip(struct slice s, size_t i, bool *closed_r);

/* Index of the first `octet` outside comments and quoted strings, or s.len. */
size_t token_find(struct slice s, char octet);

#endif
