/* UTF-8 by hand where it is about octets; what needs Unicode's tables goes through libunistring. */
#include "mail/utf8.h"

#include <stdlib.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include "mail/unicode.h"

enum { REPLACEMENT = 0xFFFD, CAPITAL_I_WITH_DOT = 0x130 };

/* Octets of the character at the front, 0 where none begins (RFC 3629 section 4). */
static size_t
character_length(struct slice s)
{
    const unsigned char *octet = (const unsigned char *)s.at;
    unsigned char lead = octet[0];
    size_t len = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;

    if (lead > 0xF4 || len > s.len)
        return 0;
    if (len > 1 && (octet[1] < low || octet[1] > high))
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((octet[i] & 0xC0) != 0x80)
            return 0;
    return len;
}

/* One octet more: the first of a character says how many follow, and the bounds of the second. */
static void
check_octet(struct utf8_check *check, unsigned char octet)
{
    if (check->due > 0) {
        check->bad = check->bad || octet < check->low || octet > check->high;
        check->due--;
    } else if (octet >= 0x80) {
        check->bad = check->bad || octet < 0xC2 || octet > 0xF4;
        check->due = octet < 0xE0 ? 1 : octet < 0xF0 ? 2 : 3;
        check->low = octet == 0xE0 ? 0xA0 : octet == 0xF0 ? 0x90 : 0x80;
        check->high = octet == 0xED ? 0x9F : octet == 0xF4 ? 0x8F : 0xBF;
        return;
    }
    check->low = 0x80;
    check->high = 0xBF;
}

void
utf8_check_more(struct utf8_check *check, struct slice s)
{
    for (size_t i = 0; i < s.len && !check->bad; i++)
        check_octet(check, (unsigned char)s.at[i]);
}

bool
utf8_check_end(const struct utf8_check *check)
{
    return !check->bad && check->due == 0;
}

bool
utf8_is_valid(struct slice s)
{
    struct utf8_check check = {0};

    utf8_check_more(&check, s);
    return utf8_check_end(&check);
}

uint32_t
utf8_next(struct slice *rest)
{
    size_t len = character_length(*rest);
    unsigned char lead = (unsigned char)rest->at[0];
    uint32_t character = len < 2 ? lead : lead & (0xFFu >> (len + 1));

    for (size_t i = 1; i < len; i++)
        character = character << 6 | ((unsigned char)rest->at[i] & 0x3F);
    *rest = slice_from(*rest, len ? len : 1);
    return len ? character : REPLACEMENT;
}

static bool
has_upper(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] >= 'A' && s.at[i] <= 'Z')
            return true;
    return false;
}

/* True when all white space is single spaces between words. */
static bool
is_squeezed(struct slice s)
{
    bool after_space = true;

    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] >= 9 && s.at[i] <= 13)
            return false;
        if (s.at[i] == ' ' && after_space)
            return false;
        after_space = s.at[i] == ' ';
    }
    return s.len == 0 || !after_space;
}

static struct slice
squeeze(struct arena *arena, struct slice s)
{
    char *to = arena_alloc(arena, s.len + 1);
    size_t len = 0;
    bool gap = false;

    while (s.len > 0) {
        struct slice character = s;

        if (unicode_is_white(utf8_next(&s))) {
            gap = len > 0;
            continue;
        }
        if (gap)
            to[len++] = ' ';
        gap = false;
        character.len -= s.len;
        memcpy(to + len, character.at, character.len);
        len += character.len;
    }
    return (struct slice){to, len};
}

static struct slice
lower_ascii(struct arena *arena, struct slice s)
{
    char *to;

    if (!has_upper(s))
        return s;
    to = arena_alloc(arena, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        to[i] = ascii_lower(s.at[i]);
    return (struct slice){to, s.len};
}

/* What libunistring wrote into our memory. It takes its own only where that was too small, which
 * the sizes below rule out: NFC makes UTF-8 at most three times as long, and so does full folding.
 */
static struct slice
result(const uint8_t *given, const uint8_t *to, const size_t *len)
{
    if (given != to)
        abort();
    return (struct slice){(const char *)to, *len};
}

static struct slice
normalize(struct arena *arena, struct slice s)
{
    size_t len = 3 * s.len + 8;
    uint8_t *to = arena_alloc(arena, len + 1);

    return result(u8_normalize(UNINORM_NFC, (const uint8_t *)s.at, s.len, to, &len), to, &len);
}

struct slice
utf8_nfc(struct arena *arena, struct slice s)
{
    return slice_is_ascii(s) || !utf8_is_valid(s) ? s : normalize(arena, s);
}

struct slice
utf8_fold(struct arena *arena, struct slice s)
{
    size_t len = 9 * s.len + 8;
    uint8_t *to;

    if (slice_is_folded(s))
        return s;
    if (slice_is_ascii(s) && is_squeezed(s))
        return lower_ascii(arena, s);
    if (slice_is_ascii(s) || !utf8_is_valid(s))
        return squeeze(arena, lower_ascii(arena, s));
    to = arena_alloc(arena, len + 1);
    s = result(u8_casefold((const uint8_t *)s.at, s.len, NULL, UNINORM_NFC, to, &len), to, &len);
    return squeeze(arena, s);
}

/* Unicode's simple case folding: the full folding where that is one character, else the lower-case
 * letter; but a dotted capital I has none, and must not become "i". */
static uint32_t
fold_character(struct slice character, uint32_t c)
{
    uint8_t to[64];
    size_t len = sizeof to;
    struct slice folded;
    uint32_t first;

    if (c < 0x80)
        return (unsigned char)ascii_lower((char)c);
    folded = result(u8_casefold((const uint8_t *)character.at, character.len, NULL, NULL, to, &len),
                    to, &len);
    first = utf8_next(&folded);
    if (folded.len == 0)
        return first;
    return c == CAPITAL_I_WITH_DOT ? c : uc_tolower(c);
}

struct slice
utf8_fold_case(struct arena *arena, struct slice s)
{
    uint8_t *to;
    size_t len = 0;

    if (slice_is_ascii(s) || !utf8_is_valid(s))
        return lower_ascii(arena, s);
    s = normalize(arena, s);
    to = arena_alloc(arena, 4 * s.len + 1);
    while (s.len > 0) {
        struct slice character = s;
        uint32_t c = utf8_next(&s);

        character.len -= s.len;
        len += (size_t)u8_uctomb(to + len, fold_character(character, c), 4);
    }
    return normalize(arena, (struct slice){(const char *)to, len});
}

_Static_assert(UC_DECOMPOSITION_MAX_LENGTH <= UTF8_COMPATIBLE_MAX, "what libunistring writes");

size_t
utf8_compatible(uint32_t c, uint32_t *to)
{
    int kind;
    int count = uc_decomposition(c, &kind, to);

    return count < 0 || kind == UC_DECOMP_CANONICAL ? 0 : (size_t)count;
}

size_t
utf8_put(char *to, uint32_t c)
{
    int len = u8_uctomb((uint8_t *)to, c, 4);

    return len < 0 ? 0 : (size_t)len;
}
