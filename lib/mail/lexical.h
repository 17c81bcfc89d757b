/* What structured fields are written with (RFC 5322 section 3.2): comments, quoted strings, and
 * what stands between them. */
#ifndef POSTERN_LIB_MAIL_LEXICAL_H
#define POSTERN_LIB_MAIL_LEXICAL_H

#include "base/arena.h"

/* The index behind octet i, or behind the quoted-pair that begins there. */
static inline size_t
lexical_step(struct slice s, size_t i)
{
    return s.at[i] == '\\' && i + 1 < s.len ? i + 2 : i + 1;
}

/* What a hexadecimal digit says, or -1. */
static inline int
lexical_hex(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Length of the comment at the front, of what is nested in it too; one that has no end goes on to
 * the end of s, and leaves closed_r false. */
size_t lexical_comment(struct slice s, bool *closed_r);

/* The same from an opening octet to the `close` that isn't escaped. */
size_t lexical_enclosed(struct slice s, char close, bool *closed_r);

/* Length of the white space and comments at the front. */
size_t lexical_space(struct slice s);

/* Index of the first `octet` outside comments and quoted strings, or s.len. */
size_t lexical_find(struct slice s, char octet);

/* The contents of a quoted string, closed or not: quoted-pairs undone, line ends left out. */
struct slice lexical_unquote(struct arena *arena, struct slice quoted);

#endif
