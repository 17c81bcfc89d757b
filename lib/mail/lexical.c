/* Comments and quoted strings. Comments are counted, not descended into. */
#include "lexical.h"

size_t
lexical_comment(struct slice s, bool *closed_r)
{
    size_t depth = 0;
    size_t i = 0;

    do {
        depth += s.at[i] == '(';
        depth -= s.at[i] == ')';
        i = lexical_step(s, i);
    } while (depth > 0 && i < s.len);
    *closed_r = depth == 0;
    return i;
}

size_t
lexical_enclosed(struct slice s, char close, bool *closed_r)
{
    size_t i = 1;

    while (i < s.len && s.at[i] != close)
        i = lexical_step(s, i);
    *closed_r = i < s.len;
    return *closed_r ? i + 1 : s.len;
}

size_t
lexical_space(struct slice s)
{
    size_t i = 0;
    bool closed;

    while (i < s.len) {
        if (s.at[i] == '(')
            i += lexical_comment(slice_from(s, i), &closed);
        else if (ascii_is_space(s.at[i]))
            i++;
        else
            break;
    }
    return i;
}

size_t
lexical_find(struct slice s, char octet)
{
    size_t i = 0;
    bool closed;

    while (i < s.len && s.at[i] != octet) {
        if (s.at[i] == '(')
            i += lexical_comment(slice_from(s, i), &closed);
        else if (s.at[i] == '"')
            i += lexical_enclosed(slice_from(s, i), '"', &closed);
        else
            i = lexical_step(s, i);
    }
    return i;
}

struct slice
lexical_unquote(struct arena *arena, struct slice quoted)
{
    bool closed;
    size_t end = lexical_enclosed(quoted, '"', &closed) - closed;
    char *to = arena_alloc(arena, quoted.len + 1);
    size_t len = 0;

    for (size_t i = 1; i < end; i++) {
        if (quoted.at[i] == '\\' && i + 1 < end)
            i++;
        if (quoted.at[i] != '\r' && quoted.at[i] != '\n')
            to[len++] = quoted.at[i];
    }
    return (struct slice){to, len};
}
