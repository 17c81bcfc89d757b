/* What is UTF-8 and what isn't, whole and in two pieces cut anywhere. */
#include "mail/utf8.h"

#include "../unit/tap.h"

static const struct {
    struct slice in;
    bool valid;
    const char *what;
} cases[] = {
    {SLICE("\x41"), true, "ASCII"},
    {SLICE("\xC3\xA9"), true, "U+00E9"},
    {SLICE("\xE2\x82\xAC"), true, "U+20AC"},
    {SLICE("\xF0\x9F\x91\x8D"), true, "U+1F44D"},
    {SLICE("\xF4\x8F\xBF\xBF"), true, "U+10FFFF (noncharacter, valid UTF-8)"},
    {SLICE("\xEF\xBF\xBF"), true, "U+FFFF noncharacter, valid UTF-8"},
    {SLICE("\xEF\xBB\xBF"), true, "U+FEFF BOM"},
    {SLICE("\xC2\x80"), true, "U+0080 C1"},
    {SLICE("\xC2\x85"), true, "U+0085 NEL"},
    {SLICE("\xDF\xBF"), true, "U+07FF"},
    {SLICE("\xE0\xA0\x80"), true, "U+0800"},
    {SLICE("\xED\x9F\xBF"), true, "U+D7FF"},
    {SLICE("\xEE\x80\x80"), true, "U+E000 private use"},
    {SLICE("\xF0\x90\x80\x80"), true, "U+10000"},
    {SLICE("\x80"), false, "lone continuation"},
    {SLICE("\xC3"), false, "truncated 2"},
    {SLICE("\xE2\x82"), false, "truncated 3"},
    {SLICE("\xF0\x9F\x91"), false, "truncated 4"},
    {SLICE("\xC0\x80"), false, "overlong NUL"},
    {SLICE("\xC1\xBF"), false, "overlong"},
    {SLICE("\xC0\xAE"), false, "overlong ."},
    {SLICE("\xE0\x80\x80"), false, "overlong 3"},
    {SLICE("\xE0\x9F\xBF"), false, "overlong 3 of 07FF"},
    {SLICE("\xF0\x80\x80\x80"), false, "overlong 4"},
    {SLICE("\xF0\x8F\xBF\xBF"), false, "overlong 4 of FFFF"},
    {SLICE("\xED\xA0\x80"), false, "surrogate D800"},
    {SLICE("\xED\xBF\xBF"), false, "surrogate DFFF"},
    {SLICE("\xED\xA0\xBD\xED\xB0\x8D"), false, "CESU-8 pair"},
    {SLICE("\xF4\x90\x80\x80"), false, "U+110000"},
    {SLICE("\xF5\x80\x80\x80"), false, "F5 lead"},
    {SLICE("\xF8\x88\x80\x80"), false, "5-byte lead"},
    {SLICE("\xFE"), false, "FE"},
    {SLICE("\xFF"), false, "FF"},
    {SLICE("\xE9"), false, "Latin-1 e-acute"},
    {SLICE("\xA4\xA2"), false, "Big5-ish"},
    {SLICE("\xC3\xA9\xC3"), false, "valid then truncated"},
    {SLICE("\xC3\x28"), false, "bad second"},
    {SLICE("\xE2\x28\xA1"), false, "bad second of 3"},
    {SLICE("\xE2\x82\x28"), false, "bad third"},
};

static bool
valid_in_pieces(struct slice s, size_t cut)
{
    struct utf8_check check = {0};

    utf8_check_more(&check, slice_first(s, cut));
    utf8_check_more(&check, slice_from(s, cut));
    return utf8_check_end(&check);
}

/* Every string of one or two octets, against the table of RFC 3629 section 4. */
static void
test_short(void)
{
    unsigned wrong = 0;

    for (unsigned a = 0; a < 256; a++)
        for (unsigned b = 0; b < 256; b++) {
            const char text[] = {(char)a, (char)b};
            bool pair = a >= 0xC2 && a <= 0xDF && b >= 0x80 && b <= 0xBF;

            wrong += utf8_is_valid((struct slice){text, 2}) != (pair || (a < 0x80 && b < 0x80));
            wrong += utf8_is_valid((struct slice){text, 1}) != (a < 0x80);
        }
    tap_check(wrong == 0, "RFC 3629 4: all strings of one and two octets");
}

int
main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice in = cases[i].in;

        tap_check(utf8_is_valid(in) == cases[i].valid, "RFC 3629 4: %s", cases[i].what);
        for (size_t cut = 0; cut <= in.len; cut++)
            tap_check(valid_in_pieces(in, cut) == cases[i].valid, "RFC 3629 4: %s, cut behind %zu",
                      cases[i].what, cut);
    }
    test_short();
    return tap_done();
}
