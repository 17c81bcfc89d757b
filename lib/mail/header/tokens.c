/* Comments are counted, not descended into. */
#include "tokens.h"

#include "text/atext.h"

size_t
token_comment_length(struct slice s, bool *closed_r)
{
    size_t depth = 0;
    size_t i = 0;

    do {
        depth += s.at[i] == '(';
        depth -= s.at[i] == ')';
        i = token_step(s, i);
    } while (depth > 0 && i < s.len);
    *closed_r = depth == 0;
    return i;
}

size_t
token_enclosed_length(struct slice s, char close, bool *closed_r)
{
    size_t i = 1;

    while (i < s.len && s.at[i] != close)
        i = token_step(s, i);
    *closed_r = i < s.len;
    return *closed_r ? i + 1 : s.len;
}

static size_t
token_white_length(struct slice s)
{
    size_t i = 0;

    while (i < s.len && ascii_is_space(s.at[i]))
        i++;
    return i;
}

static size_t
token_atom_length(struct slice s)
{
    size_t i = 0;

    while (i < s.len && is_atext(s.at[i]))
        i++;
    return i;
}

/* One that begins with brackets or quotes. */
static size_t
token_take_enclosed(struct slice s, struct token *token)
{
    bool closed;
    size_t len;

    if (s.at[0] == '(') {
        token->kind = TOKEN_COMMENT;
        len = token_comment_length(s, &closed);
        token->defect = closed ? NULL : "a comment has no end";
    } else if (s.at[0] == '"') {
        token->kind = TOKEN_QUOTED;
        len = token_enclosed_length(s, '"', &closed);
        token->defect = closed ? NULL : "a quoted string has no end";
    } else {
        token->kind = TOKEN_LITERAL;
        len = token_enclosed_length(s, ']', &closed);
        token->defect = closed ? NULL : "\"[\" has no \"]\"";
    }
    return len;
}

static size_t
token_take(struct slice s, struct token *token)
{
    size_t len;

    if (s.at[0] == '(' || s.at[0] == '"' || s.at[0] == '[')
        return token_take_enclosed(s, token);
    len = token_atom_length(s);
    if (len == 0) {
        token->kind = TOKEN_SPECIAL;
        token->special = s.at[0];
        return 1;
    }
    token->kind = TOKEN_ATOM;
    return len;
}

struct token
token_next(struct slice *rest)
{
    size_t white = token_white_length(*rest);
    struct token token = {.kind = TOKEN_END, .gap = slice_first(*rest, white)};
    struct slice s = slice_from(*rest, white);
    size_t len = s.len > 0 ? token_take(s, &token) : 0;

    token.text = slice_first(s, len);
    *rest = slice_from(s, len);
    return token;
}

struct token
token_next_word(struct slice *rest)
{
    const char *begin = rest->at;
    const char *defect = NULL;
    struct token token;

    while (token = token_next(rest), token.kind == TOKEN_COMMENT)
        defect = token.defect ? token.defect : defect;
    token.gap = (struct slice){begin, (size_t)(token.text.at - begin)};
    token.defect = defect ? defect : token.defect;
    return token;
}

bool
token_is_special(const struct token *token, const char *set)
{
    return token->special != '\0' && strchr(set, token->special) != NULL;
}

bool
token_is_word(const struct token *token)
{
    return token->kind == TOKEN_ATOM || token->kind == TOKEN_QUOTED;
}

static size_t
token_undo_pairs_to(char *to, struct slice s)
{
    size_t len = 0;

    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '\\' && i + 1 < s.len)
            i++;
        if (s.at[i] != '\r' && s.at[i] != '\n')
            to[len++] = s.at[i];
    }
    return len;
}

size_t
token_unquote_to(char *to, struct slice quoted)
{
    char close = quoted.at[0] == '"' ? '"' : quoted.at[0] == '[' ? ']' : ')';
    bool closed;
    size_t end;

    if (close == ')')
        end = token_comment_length(quoted, &closed);
    else
        end = token_enclosed_length(quoted, close, &closed);
    return token_undo_pairs_to(to, slice_from(slice_first(quoted, end - closed), 1));
}

struct slice
token_unquote(struct arena *arena, struct slice quoted)
{
    char *to = arena_alloc(arena, quoted.len + 1);

    return (struct slice){to, token_unquote_to(to, quoted)};
}

struct slice
token_undo_pairs(struct arena *arena, struct slice text)
{
    char *to = arena_alloc(arena, text.len + 1);

    return (struct slice){to, token_undo_pairs_to(to, text)};
}

size_t
token_space_length(struct slice s)
{
    size_t i = 0;
    bool closed;

    while (i < s.len) {
        if (s.at[i] == '(')
            i += token_comment_length(slice_from(s, i), &closed);
        else if (ascii_is_space(s.at[i]))
            i++;
        else
            break;
    }
    return i;
}

size_t
token_skip(struct slice s, size_t i, bool *closed_r)
{
    *closed_r = true;
    if (s.at[i] == '(')
        return i + token_comment_length(slice_from(s, i), closed_r);
    if (s.at[i] == '"')
        return i + token_enclosed_length(slice_from(s, i), '"', closed_r);
    return token_step(s, i);
}

size_t
token_find(struct slice s, char octet)
{
    size_t i = 0;
    bool closed;

    while (i < s.len && s.at[i] != octet)
        i = token_skip(s, i, &closed);
    return i;
}
