/* Runs of octets: comparing, finding, cutting. Knows ASCII and nothing of mail. */
#include "base/slice.h"

bool
slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool
slice_equal_nocase(struct slice a, struct slice b)
{
    return a.len == b.len && slice_starts_nocase(a, b);
}

bool
slice_starts_nocase(struct slice s, struct slice prefix)
{
    if (s.len < prefix.len)
        return false;
    for (size_t i = 0; i < prefix.len; i++)
        if (ascii_lower(s.at[i]) != ascii_lower(prefix.at[i]))
            return false;
    return true;
}

int
slice_compare(struct slice a, struct slice b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? memcmp(a.at, b.at, shorter) : 0;

    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

size_t
slice_find(struct slice s, char octet)
{
    const char *found = s.len ? memchr(s.at, octet, s.len) : NULL;

    return found ? (size_t)(found - s.at) : s.len;
}

size_t
slice_find_last(struct slice s, char octet)
{
    for (size_t i = s.len; i > 0; i--)
        if (s.at[i - 1] == octet)
            return i - 1;
    return s.len;
}

struct slice
slice_trim(struct slice s)
{
    while (s.len > 0 && ascii_is_space(s.at[0]))
        s = slice_from(s, 1);
    while (s.len > 0 && ascii_is_space(s.at[s.len - 1]))
        s.len--;
    return s;
}

static bool
is_one_of(char octet, const char *set)
{
    return octet != '\0' && strchr(set, octet) != NULL;
}

bool
slice_word(struct slice *rest, const char *separators, struct slice *word_r)
{
    size_t end = 0;

    while (rest->len > 0 && is_one_of(rest->at[0], separators))
        *rest = slice_from(*rest, 1);
    if (rest->len == 0)
        return false;
    while (end < rest->len && !is_one_of(rest->at[end], separators))
        end++;
    *word_r = slice_first(*rest, end);
    *rest = slice_from(*rest, end);
    return true;
}

bool
slice_has_word_nocase(const char *words, struct slice word)
{
    struct slice rest = slice_of(words), one;

    while (slice_word(&rest, " ", &one))
        if (slice_equal_nocase(one, word))
            return true;
    return false;
}

bool
slice_number(struct slice s, int64_t *number_r)
{
    int64_t number = 0;

    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (!ascii_is_digit(s.at[i]))
            return false;
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, s.at[i] - '0', &number))
            return false;
    }
    *number_r = number;
    return true;
}

bool
slice_is_folded(struct slice s)
{
    size_t i = 0;

    while (i < s.len && s.at[i] > ' ' && s.at[i] <= '~' && (s.at[i] < 'A' || s.at[i] > 'Z'))
        i++;
    return i == s.len;
}

bool
slice_is_ascii(struct slice s)
{
    const uint64_t high = UINT64_C(0x8080808080808080);
    uint64_t eight, seen = 0;
    size_t i = 0;

    for (; s.len - i >= sizeof eight; i += sizeof eight) {
        memcpy(&eight, s.at + i, sizeof eight);
        if (eight & high)
            return false;
    }
    for (; i < s.len; i++)
        seen |= (unsigned char)s.at[i];
    return (seen & high) == 0;
}
