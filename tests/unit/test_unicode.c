/* Classes of characters: what is seen of them. */
#include "mail/unicode.h"

#include "tap.h"

enum class {
    INVISIBLE = 1,
    WHITE = 2,
    DIRECTION = 4,
    OVERRIDE = 8,
    CONTROL = 16,
    GRAPHIC = 32,
};

static unsigned
class_of(uint32_t c)
{
    return (unicode_is_invisible(c) ? INVISIBLE : 0) | (unicode_is_white(c) ? WHITE : 0) |
           (unicode_is_direction(c) ? DIRECTION : 0) | (unicode_is_override(c) ? OVERRIDE : 0) |
           (unicode_is_control(c) ? CONTROL : 0) | (unicode_is_graphic(c) ? GRAPHIC : 0);
}

static const struct {
    uint32_t c;
    unsigned classes;
    const char *what;
} cases[] = {
    {0, INVISIBLE | CONTROL, "NUL"},
    {'\t', WHITE | CONTROL, "tab"},
    {' ', WHITE, "space"},
    {'a', GRAPHIC, "a letter"},
    {'@', GRAPHIC, "an at sign"},
    {0x7F, CONTROL, "DEL"},
    {0x85, WHITE | CONTROL, "next line"},
    {0x9B, CONTROL, "CSI, which begins sequences of terminals"},
    {0xA0, WHITE, "no-break space"},
    {0xAD, INVISIBLE, "soft hyphen"},
    {0xFC, GRAPHIC, "u with diaeresis"},
    {0x34F, INVISIBLE, "combining grapheme joiner"},
    {0x301, GRAPHIC, "combining acute accent"},
    {0x61C, INVISIBLE | DIRECTION, "Arabic letter mark"},
    {0x115F, INVISIBLE, "Hangul choseong filler"},
    {0x1680, WHITE, "Ogham space mark"},
    {0x17B4, INVISIBLE, "Khmer vowel inherent AQ"},
    {0x180E, INVISIBLE, "Mongolian vowel separator"},
    {0x2003, WHITE, "em space"},
    {0x200B, INVISIBLE, "zero width space"},
    {0x200C, INVISIBLE, "zero width non-joiner"},
    {0x200D, INVISIBLE, "zero width joiner"},
    {0x200E, INVISIBLE | DIRECTION, "left-to-right mark"},
    {0x2028, WHITE | CONTROL, "line separator"},
    {0x2029, WHITE | CONTROL, "paragraph separator"},
    {0x202A, INVISIBLE | DIRECTION, "left-to-right embedding"},
    {0x202D, INVISIBLE | DIRECTION | OVERRIDE, "left-to-right override"},
    {0x202E, INVISIBLE | DIRECTION | OVERRIDE, "right-to-left override"},
    {0x202F, WHITE, "narrow no-break space"},
    {0x2060, INVISIBLE, "word joiner"},
    {0x2066, INVISIBLE | DIRECTION, "left-to-right isolate"},
    {0x206F, INVISIBLE, "nominal digit shapes"},
    {0x2764, GRAPHIC, "heavy black heart"},
    {0x2800, INVISIBLE, "empty pattern of Braille"},
    {0x3000, WHITE, "ideographic space"},
    {0x3164, INVISIBLE, "Hangul filler"},
    {0x4E2D, GRAPHIC, "a Han character"},
    {0xFE0F, INVISIBLE, "variation selector 16"},
    {0xFEFF, INVISIBLE, "zero width no-break space"},
    {0xFFA0, INVISIBLE, "halfwidth Hangul filler"},
    {0xFFF9, INVISIBLE, "interlinear annotation anchor"},
    {0xFFFD, GRAPHIC, "replacement character"},
    {0xFFFF, 0, "a noncharacter"},
    {0x1D173, INVISIBLE, "musical symbol begin beam"},
    {0x1F600, GRAPHIC, "a face"},
    {0xE0041, INVISIBLE, "tag A"},
    {0xE0100, INVISIBLE, "variation selector 17"},
    {0xE000, 0, "private use"},
};

int
main(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned is = class_of(cases[i].c);

        tap_check(is == cases[i].classes, "U+%04X, %s (%x)", (unsigned)cases[i].c, cases[i].what,
                  is);
    }
    return tap_done();
}
