/* Properties of characters, where Unicode's tables are needed. */
#ifndef POSTERN_LIB_MAIL_UNICODE_H
#define POSTERN_LIB_MAIL_UNICODE_H

#include "base/slice.h"

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

enum bidi unicode_bidi(uint32_t c);

/* What RFC 5892 appendices A.1 and A.2 tell apart. */
bool unicode_is_virama(uint32_t c);
bool unicode_joins_left(uint32_t c);  /* joining type R or D: joins what stands before it */
bool unicode_joins_right(uint32_t c); /* L or D */
bool unicode_joins_through(uint32_t c);

#endif
