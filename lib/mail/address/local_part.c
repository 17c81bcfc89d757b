/* Local parts: atoms, quoted strings, and the characters that the grammar allows and nobody should
 * have in an address. */
#include "address_inside.h"
#include "mail/unicode.h"
#include "mail/utf8.h"
#include "text/atext.h"

enum { LOCAL_MAX = 64, NON_JOINER = 0x200C, JOINER = 0x200D };

/* What is read as "@" or "." and is none. */
static bool
is_false_delimiter(uint32_t c)
{
    return c == 0x2024 || c == 0x3002 || c == 0xFE52 || c == 0xFE6B || c == 0xFF0E || c == 0xFF20 ||
           c == 0xFF61;
}

static bool
is_noncharacter(uint32_t c)
{
    return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
}

/* Joiners are judged by what stands beside them, and ASCII by the grammar. */
static enum address_defect
doubt_of(uint32_t c)
{
    if (c < 0x80 || c == JOINER || c == NON_JOINER)
        return ADDRESS_FINE;
    if (is_noncharacter(c))
        return ADDRESS_NONCHARACTER;
    if (is_false_delimiter(c))
        return ADDRESS_FALSE_DELIMITER;
    if (unicode_is_control(c))
        return ADDRESS_C1_CONTROL;
    if (unicode_is_white(c))
        return ADDRESS_FOREIGN_SPACE;
    return unicode_is_invisible(c) ? ADDRESS_INVISIBLE : ADDRESS_FINE;
}

/* RFC 5892 appendices A.1 and A.2: behind a virama both may stand, and a non-joiner also between
 * letters that would join. */
static bool
joiner_is_needed(const uint32_t *text, size_t count, size_t at)
{
    size_t before = at;
    size_t after = at + 1;

    if (at == 0)
        return false;
    if (unicode_is_virama(text[at - 1]))
        return true;
    while (before > 0 && unicode_joins_through(text[before - 1]))
        before--;
    while (after < count && unicode_joins_through(text[after]))
        after++;
    return text[at] == NON_JOINER && before > 0 && unicode_joins_right(text[before - 1]) &&
           after < count && unicode_joins_left(text[after]);
}

static void
check_joiners(struct arena *arena, struct address *address, struct slice local)
{
    uint32_t *text = ARENA_ARRAY(arena, local.len + 1, uint32_t);
    size_t count = 0;

    while (local.len > 0)
        text[count++] = utf8_next(&local);
    for (size_t i = 0; i < count; i++)
        if (text[i] == JOINER || text[i] == NON_JOINER)
            address_note(address, !joiner_is_needed(text, count, i), ADDRESS_BAD_JOINER);
}

static void
check_doubts(struct arena *arena, struct address *address, struct slice local)
{
    struct slice rest = local;
    bool joiners = false;

    while (rest.len > 0) {
        uint32_t c = utf8_next(&rest);
        enum address_defect defect = doubt_of(c);

        address_note(address, defect != ADDRESS_FINE, defect);
        joiners = joiners || c == JOINER || c == NON_JOINER;
    }
    if (joiners)
        check_joiners(arena, address, local);
}

/* Atoms with single dots between them (RFC 5321 section 4.1.2, Dot-string). */
static bool
is_dot_string(struct slice s)
{
    bool in_atom = false;

    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '.' ? !in_atom : !is_atext(s.at[i]))
            return false;
        in_atom = s.at[i] != '.';
    }
    return in_atom;
}

static void
check_atoms(struct address *address, struct slice s)
{
    bool atext = true;

    if (is_dot_string(s))
        return;
    for (size_t i = 0; i < s.len; i++)
        atext = atext && (s.at[i] == '.' || is_atext(s.at[i]));
    address_note(address, s.len == 0, ADDRESS_NO_LOCAL);
    address_note(address, !atext, ADDRESS_BAD_LOCAL);
    address_note(address, s.len > 0 && atext, ADDRESS_BAD_DOTS);
}

/* The contents of a quoted string, which ends where `s` does. */
static enum address_defect
unquote(struct arena *arena, struct slice s, struct slice *text_r)
{
    struct slice inner = slice_first(slice_from(s, 1), s.len - 2);
    char *to;
    size_t len = 0;

    if (s.len < 2 || s.at[s.len - 1] != '"')
        return ADDRESS_BAD_QUOTING;
    *text_r = inner;
    if (slice_find(inner, '\\') == inner.len)
        return slice_find(inner, '"') == inner.len ? ADDRESS_FINE : ADDRESS_BAD_QUOTING;
    to = arena_alloc(arena, inner.len + 1);
    for (size_t i = 0; i < inner.len; i++) {
        bool pair = inner.at[i] == '\\';

        if (inner.at[i] == '"' || (pair && ++i == inner.len))
            return ADDRESS_BAD_QUOTING;
        if (pair && (unsigned char)inner.at[i] > 127)
            return ADDRESS_BAD_QUOTED_PAIR;
        to[len++] = inner.at[i];
    }
    *text_r = (struct slice){to, len};
    return ADDRESS_FINE;
}

void
address_read_local(struct arena *arena, struct address *address, struct slice written)
{
    enum address_defect defect = ADDRESS_FINE;

    address->local = written;
    if (written.len > 0 && written.at[0] == '"')
        defect = unquote(arena, written, &address->local);
    else if (slice_find(written, '"') < written.len)
        defect = ADDRESS_BAD_QUOTING;
    else
        check_atoms(address, written);
    address_note(address, defect != ADDRESS_FINE, defect);
    address_note(address, written.len > LOCAL_MAX, ADDRESS_LOCAL_TOO_LONG);
    if (!slice_is_ascii(address->local) && utf8_is_valid(address->local))
        check_doubts(arena, address, address->local);
}

struct slice
local_part_text(struct arena *arena, struct slice local)
{
    char *to;
    size_t len = 0;

    if (is_dot_string(local))
        return local;
    to = arena_alloc(arena, 2 * local.len + 3);
    to[len++] = '"';
    for (size_t i = 0; i < local.len; i++) {
        if (local.at[i] == '"' || local.at[i] == '\\')
            to[len++] = '\\';
        to[len++] = local.at[i];
    }
    to[len++] = '"';
    return (struct slice){to, len};
}

bool
local_part_detail(struct slice local, const char *delimiters, struct slice *base_r,
                  struct slice *detail_r)
{
    for (size_t i = 0; i < local.len; i++) {
        if (local.at[i] == '\0' || strchr(delimiters, local.at[i]) == NULL)
            continue;
        *base_r = slice_first(local, i);
        *detail_r = slice_from(local, i + 1);
        return i > 0;
    }
    return false;
}
