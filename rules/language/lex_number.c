/* What begins with a digit: numbers, sizes, times, enhanced status codes. */
#include "lex.h"

static const struct unit {
    const char *name;
    enum token_kind kind;
    int64_t factor;
} units[] = {
    {"", TOKEN_NUMBER, 1},
    {"KB", TOKEN_SIZE, 1 << 10},
    {"MB", TOKEN_SIZE, 1 << 20},
    {"GB", TOKEN_SIZE, 1 << 30},
    {"ms", TOKEN_TIME, 1},
    {"s", TOKEN_TIME, 1000},
    {"min", TOKEN_TIME, 60 * 1000},
    {"h", TOKEN_TIME, 60 * 60 * 1000},
    {"d", TOKEN_TIME, 24 * 60 * 60 * 1000},
};

static size_t
digits_at(struct slice word)
{
    size_t count = 0;

    while (count < word.len && ascii_is_digit(word.at[count]))
        count++;
    return count;
}

/* RFC 3463 section 2: one digit, then two numbers of at most three digits. */
static bool
is_enhanced(struct slice word)
{
    static const size_t longest[] = {1, 3, 3};

    for (size_t i = 0; i < 3; i++) {
        size_t digits = digits_at(word);
        bool more = digits < word.len;

        if (digits == 0 || digits > longest[i] || more != (i < 2))
            return false;
        if (more && word.at[digits] != '.')
            return false;
        word = slice_from(word, digits + 1);
    }
    return true;
}

static const struct unit *
find_unit(struct slice word)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (slice_equal(word, slice_of(units[i].name)))
            return &units[i];
    return NULL;
}

enum token_kind
lex_number(struct slice word, int64_t *number_r)
{
    size_t digits = digits_at(word);
    const struct unit *unit = find_unit(slice_from(word, digits));
    int64_t number;

    if (is_enhanced(word))
        return TOKEN_ENHANCED;
    if (unit == NULL || !slice_number(slice_first(word, digits), &number) ||
        __builtin_mul_overflow(number, unit->factor, number_r))
        return TOKEN_WORD;
    return unit->kind;
}

bool
lex_number_is_large(struct slice word)
{
    size_t digits = digits_at(word);

    return digits > 0 && find_unit(slice_from(word, digits)) != NULL;
}
