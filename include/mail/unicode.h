/* Classes of characters: the one place that knows what is seen of them, and how they join. */
#ifndef POSTERN_MAIL_UNICODE_H
#define POSTERN_MAIL_UNICODE_H

#include "base/slice.h"

/* Nothing is seen of it: Unicode's Default_Ignorable_Code_Point (soft hyphen, zero width, fillers,
 * direction marks, selectors of variants, tags), the marks around annotations, the empty pattern of
 * Braille, and NUL. */
bool unicode_is_invisible(uint32_t c);

/* Unicode's White_Space. */
bool unicode_is_white(uint32_t c);

/* Says or changes the direction of writing: Unicode's Bidi_Control. All are invisible too. */
bool unicode_is_direction(uint32_t c);

/* Of these the overrides, which turn the order of what follows (UAX #9 section 2.2). */
bool unicode_is_override(uint32_t c);

/* C0, DEL and C1, and what parts lines and paragraphs. */
bool unicode_is_control(uint32_t c);

/* Its letters, digits, marks and signs are seen: assigned, and none of the above. */
bool unicode_is_graphic(uint32_t c);

/* A letter, mark or digit: what words are made of. */
bool unicode_is_letter_or_digit(uint32_t c);

/* What RFC 5893 section 2 tells apart. */
enum bidi {
    BIDI_LEFT,
    BIDI_RIGHT, /* R and AL */
    BIDI_EUROPEAN_DIGIT,
    BIDI_ARABIC_DIGIT,
    BIDI_MARK,    /* NSM */
    BIDI_NEUTRAL, /* ES, CS, ET, ON, BN */
    BIDI_OTHER,
};

/* How it takes part in text that runs both ways (UAX #9 table 4). */
enum bidi unicode_bidi(uint32_t c);

/* What RFC 5892 appendices A.1 and A.2 tell apart. */
bool unicode_is_virama(uint32_t c);
bool unicode_joins_left(uint32_t c);  /* joining type R or D: joins what stands before it */
bool unicode_joins_right(uint32_t c); /* L or D */
bool unicode_joins_through(uint32_t c);

#endif
