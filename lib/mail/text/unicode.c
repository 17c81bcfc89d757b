/* Characters as Unicode's tables class them, with the few that these leave out. */
#include "mail/unicode.h"

#include <unictype.h>

enum { BRAILLE_BLANK = 0x2800, LINE_SEPARATOR = 0x2028, PARAGRAPH_SEPARATOR = 0x2029 };

/* Interlinear annotation: its anchor, separator and end. */
static bool
is_annotation(uint32_t c)
{
    return c >= 0xFFF9 && c <= 0xFFFB;
}

bool
unicode_is_invisible(uint32_t c)
{
    return c == 0 || c == BRAILLE_BLANK || is_annotation(c) ||
           uc_is_property_default_ignorable_code_point(c);
}

bool
unicode_is_white(uint32_t c)
{
    return uc_is_property_white_space(c);
}

bool
unicode_is_direction(uint32_t c)
{
    return uc_is_property_bidi_control(c);
}

bool
unicode_is_override(uint32_t c)
{
    return c == 0x202D || c == 0x202E;
}

bool
unicode_is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == LINE_SEPARATOR || c == PARAGRAPH_SEPARATOR;
}

bool
unicode_is_graphic(uint32_t c)
{
    return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M |
                                                   UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_P |
                                                   UC_CATEGORY_MASK_S) &&
           !unicode_is_invisible(c) && !unicode_is_white(c);
}

bool
unicode_is_letter_or_digit(uint32_t c)
{
    return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M |
                                                   UC_CATEGORY_MASK_N);
}

enum bidi
unicode_bidi(uint32_t c)
{
    switch (uc_bidi_category(c)) {
    case UC_BIDI_L:
        return BIDI_LEFT;
    case UC_BIDI_R:
    case UC_BIDI_AL:
        return BIDI_RIGHT;
    case UC_BIDI_EN:
        return BIDI_EUROPEAN_DIGIT;
    case UC_BIDI_AN:
        return BIDI_ARABIC_DIGIT;
    case UC_BIDI_NSM:
        return BIDI_MARK;
    case UC_BIDI_ES:
    case UC_BIDI_CS:
    case UC_BIDI_ET:
    case UC_BIDI_ON:
    case UC_BIDI_BN:
        return BIDI_NEUTRAL;
    default:
        return BIDI_OTHER;
    }
}

bool
unicode_is_virama(uint32_t c)
{
    return uc_combining_class(c) == UC_CCC_VR;
}

bool
unicode_joins_left(uint32_t c)
{
    int type = uc_joining_type(c);

    return type == UC_JOINING_TYPE_R || type == UC_JOINING_TYPE_D;
}

bool
unicode_joins_right(uint32_t c)
{
    int type = uc_joining_type(c);

    return type == UC_JOINING_TYPE_L || type == UC_JOINING_TYPE_D;
}

bool
unicode_joins_through(uint32_t c)
{
    return uc_joining_type(c) == UC_JOINING_TYPE_T;
}
