/* What begins with a digit: numbers, sizes, times, enhanced status codes. Behind a minus only a
 * time means anything. */
#include "lex.h"
#include "values/measure.h"

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

enum token_kind
lex_number(struct slice word, int64_t *number_r)
{
    static const enum token_kind kinds[] = {
        [MEASURE_NUMBER] = TOKEN_NUMBER, [MEASURE_SIZE] = TOKEN_SIZE, [MEASURE_TIME] = TOKEN_TIME};
    enum measure kind;

    if (is_enhanced(word))
        return TOKEN_ENHANCED;
    if (word.at[0] == '-' && measure_parse(slice_from(word, 1), &kind, number_r) &&
        kind == MEASURE_TIME) {
        *number_r = -*number_r;
        return TOKEN_TIME;
    }
    return measure_parse(word, &kind, number_r) ? kinds[kind] : TOKEN_WORD;
}
