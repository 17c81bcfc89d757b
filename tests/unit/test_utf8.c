/* UTF-8: what is valid, one character at a time, and the foldings. */
#include "mail/utf8.h"

#include "tap.h"

static void
test_validity(void)
{
    const struct {
        struct slice in;
        bool valid;
        const char *what;
    } cases[] = {
        {SLICE(""), true, "nothing"},
        {SLICE("A\0"), true, "ASCII with NUL"},
        {SLICE("\xC3\xA9"), true, "U+00E9"},
        {SLICE("\xE2\x82\xAC"), true, "U+20AC"},
        {SLICE("\xF0\x9F\x91\x8D"), true, "U+1F44D"},
        {SLICE("\xF4\x8F\xBF\xBF"), true, "U+10FFFF"},
        {SLICE("\xEF\xBF\xBF"), true, "U+FFFF"},
        {SLICE("\xC2\x80"), true, "U+0080"},
        {SLICE("\xDF\xBF"), true, "U+07FF"},
        {SLICE("\xE0\xA0\x80"), true, "U+0800"},
        {SLICE("\xED\x9F\xBF"), true, "U+D7FF"},
        {SLICE("\xEE\x80\x80"), true, "U+E000"},
        {SLICE("\xF0\x90\x80\x80"), true, "U+10000"},
        {SLICE("\x80"), false, "lone continuation"},
        {SLICE("\xC3"), false, "truncated 2"},
        {SLICE("\xE2\x82"), false, "truncated 3"},
        {SLICE("\xF0\x9F\x91"), false, "truncated 4"},
        {SLICE("\xC0\x80"), false, "overlong NUL"},
        {SLICE("\xC1\xBF"), false, "overlong 2"},
        {SLICE("\xE0\x9F\xBF"), false, "overlong 3"},
        {SLICE("\xF0\x8F\xBF\xBF"), false, "overlong 4"},
        {SLICE("\xED\xA0\x80"), false, "surrogate D800"},
        {SLICE("\xED\xBF\xBF"), false, "surrogate DFFF"},
        {SLICE("\xF4\x90\x80\x80"), false, "U+110000"},
        {SLICE("\xF5\x80\x80\x80"), false, "lead F5"},
        {SLICE("\xF8\x88\x80\x80\x80"), false, "five octets"},
        {SLICE("\xFE"), false, "FE"},
        {SLICE("\xFF"), false, "FF"},
        {SLICE("\xC3\xA9\xC3"), false, "valid, then truncated"},
        {SLICE("\xC3("), false, "bad second"},
        {SLICE("\xE2\x82("), false, "bad third"},
        {SLICE("\xF0\x9F\x91("), false, "bad fourth"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        tap_check(utf8_is_valid(cases[i].in) == cases[i].valid, "RFC 3629 4: %s", cases[i].what);
}

static void
test_next(void)
{
    struct slice rest = SLICE("a\xC3\xA9\xFF\xE2\x82\xAC\xF0\x9F\x91\x8D\xE2");
    static const uint32_t expected[] = {'a', 0xE9, 0xFFFD, 0x20AC, 0x1F44D, 0xFFFD};
    size_t i = 0;

    while (rest.len > 0 && i < 6) {
        uint32_t c = utf8_next(&rest);

        tap_check(c == expected[i], "RFC 3629 3: character %zu is U+%04X", i, c);
        i++;
    }
    tap_check(i == 6 && rest.len == 0, "RFC 3629 3: always moves on");
}

typedef struct slice folding(struct arena *arena, struct slice s);

static void
test_folding(void)
{
    const struct {
        folding *fold;
        struct slice in, out;
        const char *what;
    } cases[] = {
        {utf8_fold, SLICE("alice"), SLICE("alice"), "fold: plain"},
        {utf8_fold, SLICE("Alice@EXAMPLE"), SLICE("alice@example"), "fold: ASCII case"},
        {utf8_fold, SLICE("  a \t\r\n b  "), SLICE("a b"), "fold: white space"},
        {utf8_fold,
         SLICE("a\xC2\xA0\xE2\x80\x83"
               "b"),
         SLICE("a b"), "fold: other white space"},
        {utf8_fold, SLICE("\xC3\x89"), SLICE("\xC3\xA9"), "fold: U+00C9"},
        {utf8_fold, SLICE("E\xCC\x81"), SLICE("\xC3\xA9"), "fold: NFC"},
        {utf8_fold,
         SLICE("Stra\xC3\x9F"
               "e"),
         SLICE("strasse"), "fold: full folding"},
        {utf8_fold, SLICE("\xCE\xA3\xCF\x82"), SLICE("\xCF\x83\xCF\x83"), "fold: final sigma"},
        {utf8_fold, SLICE("A\xFF B"), SLICE("a\xFF b"), "fold: invalid, ASCII alone"},
        {utf8_fold, SLICE("A\0B"), SLICE("a\0b"), "fold: NUL"},
        {utf8_fold, SLICE("\xC3\xA9\0\xC3\x89"), SLICE("\xC3\xA9\0\xC3\xA9"),
         "fold: NUL among others"},
        {utf8_fold, SLICE(""), SLICE(""), "fold: nothing"},
        {utf8_fold, SLICE("   "), SLICE(""), "fold: space alone"},
        {utf8_nfc, SLICE("jose\xCC\x81"), SLICE("jos\xC3\xA9"), "nfc: composed"},
        {utf8_nfc, SLICE("JOS\xC3\x89"), SLICE("JOS\xC3\x89"), "nfc: case stays"},
        {utf8_nfc, SLICE("\xEF\xBD\x95"), SLICE("\xEF\xBD\x95"), "nfc: fullwidth stays"},
        {utf8_nfc, SLICE("e\xCC\x81\xFF"), SLICE("e\xCC\x81\xFF"), "nfc: invalid as it is"},
        {utf8_fold_case, SLICE("Ab  C"), SLICE("ab  c"), "case: white space stays"},
        {utf8_fold_case, SLICE("JOSE\xCC\x81"), SLICE("jos\xC3\xA9"), "case: and NFC"},
        {utf8_fold_case,
         SLICE("stra\xC3\x9F"
               "E"),
         SLICE("stra\xC3\x9F"
               "e"),
         "case: sharp s stays"},
        {utf8_fold_case, SLICE("\xE1\xBA\x9E"), SLICE("\xC3\x9F"), "case: capital sharp s"},
        {utf8_fold_case, SLICE("\xCE\xA3\xCF\x82"), SLICE("\xCF\x83\xCF\x83"), "case: sigma"},
        {utf8_fold_case, SLICE("\xC4\xB0\xC4\xB1"), SLICE("\xC4\xB0\xC4\xB1"),
         "case: dotted, dotless i"},
        {utf8_fold_case, SLICE("\xEF\xAC\x81"), SLICE("\xEF\xAC\x81"), "case: ligature stays"},
        {utf8_fold_case, SLICE("A\xFF"), SLICE("a\xFF"), "case: invalid, ASCII alone"},
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice out = cases[i].fold(arena, cases[i].in);

        tap_check(slice_equal(out, cases[i].out), "RFC 6532 3.1: %s", cases[i].what);
        tap_check(slice_equal(cases[i].fold(arena, out), out), "RFC 6532 3.1: %s, twice",
                  cases[i].what);
    }
    arena_free(&arena);
}

/* The longest expansions that Unicode knows must fit. */
static void
test_growth(void)
{
    const struct slice units[] = {
        SLICE("\xCE\x90"),         /* U+0390: folds to three characters */
        SLICE("\xE1\xBE\xB7"),     /* U+1FB7 */
        SLICE("\xF0\x9D\x85\xA0"), /* U+1D160: longer in NFC */
        SLICE("\xEF\xAC\x83"),     /* U+FB03 */
        SLICE("\xD6\x87"),         /* U+0587 */
    };
    struct arena *arena = arena_new(SIZE_MAX);

    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        char text[400];
        struct slice s = {text, 100 * units[i].len};

        for (size_t k = 0; k < 100; k++)
            memcpy(text + k * units[i].len, units[i].at, units[i].len);
        tap_check(utf8_is_valid(utf8_fold(arena, s)) && utf8_is_valid(utf8_nfc(arena, s)) &&
                      utf8_is_valid(utf8_fold_case(arena, s)),
                  "RFC 6532 3.1: expansion %zu", i);
    }
    arena_free(&arena);
}

static void
test_untouched(void)
{
    struct arena *arena = arena_new(SIZE_MAX);
    struct slice s = SLICE("an ordinary text");

    tap_check(utf8_fold(arena, s).at == s.at && utf8_nfc(arena, s).at == s.at &&
                  utf8_fold_case(arena, s).at == s.at && arena_used(arena) == 0,
              "RFC 6532 3.1: ordinary ASCII is returned as it is");
    arena_free(&arena);
}

int
main(void)
{
    test_validity();
    test_next();
    test_folding();
    test_growth();
    test_untouched();
    return tap_done();
}
